-- A delivery is one reminder on one device. That pair is its key: an id beside it was a second tree to write for every
-- reminder that goes out, and nothing pointed at it.
CREATE TABLE delivery_of_pair (
    reminder_id BLOB NOT NULL REFERENCES reminder (id),
    device_id BLOB NOT NULL REFERENCES device (id),
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- Why the last attempt failed, in one word.
    reason TEXT,
    -- When the next attempt may start, as in reminder.
    ready_at INTEGER,
    first_tried_at INTEGER NOT NULL,
    last_tried_at INTEGER NOT NULL,
    PRIMARY KEY (reminder_id, device_id)
) STRICT, WITHOUT ROWID;
INSERT INTO delivery_of_pair (reminder_id, device_id, state, attempts, reason, ready_at, first_tried_at, last_tried_at)
SELECT reminder_id, device_id, state, attempts, reason, ready_at, first_tried_at, last_tried_at FROM delivery;
DROP TABLE delivery;
ALTER TABLE delivery_of_pair RENAME TO delivery;
CREATE INDEX delivery_ready ON delivery (ready_at) WHERE ready_at IS NOT NULL;
-- When a device is gone, what still waits for it ends.
CREATE INDEX delivery_waiting_for_device ON delivery (device_id) WHERE ready_at IS NOT NULL;

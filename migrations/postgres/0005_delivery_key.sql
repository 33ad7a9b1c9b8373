-- A delivery is one reminder on one device. That pair is its key: an id beside it was a second tree to write for every
-- reminder that goes out, and nothing pointed at it.
ALTER TABLE delivery DROP COLUMN id;
ALTER TABLE delivery DROP CONSTRAINT delivery_reminder_id_device_id_key;
ALTER TABLE delivery ADD PRIMARY KEY (reminder_id, device_id);
-- When a device is gone, what still waits for it ends.
CREATE INDEX delivery_waiting_for_device ON delivery (device_id) WHERE ready_at IS NOT NULL;

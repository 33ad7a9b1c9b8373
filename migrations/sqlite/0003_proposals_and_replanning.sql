-- Several times offered for one appointment, and reminders to be planned again.

-- `set` by staff, `offered` (none is agreed on yet) or `chosen` among those offered. While times are offered, the appointment's
-- own time columns repeat the first of them, so that lists have something to sort by.
ALTER TABLE appointment ADD COLUMN time_origin TEXT NOT NULL DEFAULT 'set';

-- The times that are offered now. They hold nobody's time: several people may be offered the same hour, and whoever chooses
-- first gets it.
CREATE TABLE appointment_slot (
    id BLOB NOT NULL PRIMARY KEY,
    appointment_id BLOB NOT NULL REFERENCES appointment (id),
    local_start TEXT NOT NULL,
    local_end TEXT NOT NULL,
    zone TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    CONSTRAINT appointment_slot_ends_after_start CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX appointment_slot_by_appointment ON appointment_slot (appointment_id, starts_at);

-- Appointments whose reminders are to be planned again, since what they were planned from has changed. Without foreign keys:
-- their locks would let those who change a centre and an appointment at once wait for each other.
CREATE TABLE replanning (
    appointment_id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL
) STRICT;
CREATE INDEX replanning_by_centre ON replanning (centre_id, appointment_id);

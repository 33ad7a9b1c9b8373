-- Appointments whose instant could not be derived from their time on the wall with the zone data in use, or whose reminders could not
-- be planned by it. They keep what they had; somebody has to look. Made anew whenever the zone data changes.
CREATE TABLE unresolved_time (
    appointment_id UUID NOT NULL PRIMARY KEY,
    -- What could not be done, in a few words; nothing personal.
    reason TEXT NOT NULL,
    noted_at TIMESTAMPTZ NOT NULL
);

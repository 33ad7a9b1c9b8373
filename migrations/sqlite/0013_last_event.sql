-- What happened to an appointment last is kept on its row. It was read back from the reminders that told of it, so that a policy which tells
-- nobody had no memory. Rows from before have none; there the reminders still tell.
ALTER TABLE appointment ADD COLUMN last_event TEXT;
ALTER TABLE appointment ADD COLUMN last_event_at INTEGER;
ALTER TABLE appointment ADD COLUMN former_start INTEGER;
ALTER TABLE appointment ADD COLUMN handed_over_at INTEGER;

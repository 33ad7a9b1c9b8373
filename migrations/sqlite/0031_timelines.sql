-- Timelines go from the newest to the oldest, by when something was and then by its id.
CREATE INDEX assignment_begun ON assignment (participant_id, started_at, id);
CREATE INDEX assignment_ended ON assignment (participant_id, ended_at, id) WHERE ended_at IS NOT NULL;

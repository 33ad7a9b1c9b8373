-- A new authenticator's secret waits for its first code for a while and for a few tries. NULL is what a node of the former version
-- wrote: it waits without an end, but not for more tries.
ALTER TABLE staff ADD COLUMN authenticator_pending_until TIMESTAMPTZ;
ALTER TABLE staff ADD COLUMN authenticator_pending_tries BIGINT NOT NULL DEFAULT 0;

-- A participant has one open enrolment code. Where two were made at the same moment, the newer stays.
UPDATE enrolment_code SET closed_at = created_at
WHERE closed_at IS NULL AND EXISTS (
    SELECT 1 FROM enrolment_code AS newer
    WHERE newer.participant_id = enrolment_code.participant_id AND newer.closed_at IS NULL AND newer.id > enrolment_code.id);
DROP INDEX enrolment_code_by_participant;
CREATE UNIQUE INDEX enrolment_code_one_open ON enrolment_code (participant_id) WHERE closed_at IS NULL;

-- What has served its time is found by an index, in batches. Sessions and devices of long ago whose other rows must stay are emptied
-- of what tells which phone it was, and then are in these indexes no more.
CREATE INDEX session_by_expiry ON session (expires_at) WHERE ended_at IS NULL;
CREATE INDEX session_by_end ON session (ended_at) WHERE ended_at IS NOT NULL AND label <> '';
CREATE INDEX enrolment_code_by_expiry ON enrolment_code (expires_at) WHERE closed_at IS NULL;
CREATE INDEX enrolment_code_by_closing ON enrolment_code (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX used_action_by_use ON used_action (used_at);
CREATE INDEX throttle_by_last_failure ON throttle (last_failure_at);
CREATE INDEX device_of_session ON device (session_id);
CREATE INDEX device_by_going ON device (gone_at) WHERE gone_at IS NOT NULL AND (endpoint <> '' OR fcm_token <> '');

-- The files of a centre by where they stand.
CREATE INDEX participant_by_centre_and_status ON participant (centre_id, status, active, id);

-- Timelines: where a file stood, and what became of placements, by when the service learnt of it.
CREATE INDEX status_change_by_time ON status_change (participant_id, at, version);
ALTER TABLE placement_stage ADD COLUMN participant_id BLOB REFERENCES participant (id);
UPDATE placement_stage SET participant_id =
    (SELECT placement.participant_id FROM placement WHERE placement.id = placement_stage.placement_id);
CREATE INDEX placement_stage_by_time ON placement_stage (participant_id, recorded_at, placement_id, number);
ALTER TABLE milestone ADD COLUMN participant_id BLOB REFERENCES participant (id);
UPDATE milestone SET participant_id =
    (SELECT placement.participant_id FROM placement WHERE placement.id = milestone.placement_id);
CREATE INDEX milestone_by_time ON milestone (participant_id, verified_at, placement_id) WHERE verified_at IS NOT NULL;
ALTER TABLE placement ADD COLUMN end_recorded_at INTEGER;
ALTER TABLE placement ADD COLUMN end_recorded_by BLOB;
-- Of an end from before, what is known is when the placement changed last.
UPDATE placement SET end_recorded_at = changed_at WHERE ended IS NOT NULL;
CREATE INDEX placement_by_end ON placement (participant_id, end_recorded_at, id) WHERE end_recorded_at IS NOT NULL;

-- Who said it: while somebody is under age, their guardian must agree as well. What the guardian said last stands beside what they said.
ALTER TABLE consent_entry ADD COLUMN given_by TEXT NOT NULL DEFAULT 'participant';
ALTER TABLE consent_entry ADD COLUMN guardian_sealed BLOB;
ALTER TABLE consent ADD COLUMN guardian_state TEXT;
ALTER TABLE consent ADD COLUMN guardian_since INTEGER;
ALTER TABLE consent ADD COLUMN guardian_expires_at INTEGER;

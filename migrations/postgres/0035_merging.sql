-- The files of a centre by where they stand.
CREATE INDEX participant_by_centre_and_status ON participant (centre_id, status, active, id);
-- Few files have a status that does not go with whether they are open; without this the planner takes the two for unrelated.
CREATE STATISTICS participant_standing (mcv) ON status, active FROM participant;

-- Timelines: where a file stood, and what became of placements, by when the service learnt of it.
CREATE INDEX status_change_by_time ON status_change (participant_id, at, version);
ALTER TABLE placement_stage ADD COLUMN participant_id UUID REFERENCES participant (id);
UPDATE placement_stage SET participant_id =
    (SELECT placement.participant_id FROM placement WHERE placement.id = placement_stage.placement_id);
CREATE INDEX placement_stage_by_time ON placement_stage (participant_id, recorded_at, placement_id, number);
ALTER TABLE milestone ADD COLUMN participant_id UUID REFERENCES participant (id);
UPDATE milestone SET participant_id =
    (SELECT placement.participant_id FROM placement WHERE placement.id = milestone.placement_id);
CREATE INDEX milestone_by_time ON milestone (participant_id, verified_at, placement_id) WHERE verified_at IS NOT NULL;
ALTER TABLE placement ADD COLUMN end_recorded_at TIMESTAMPTZ;
ALTER TABLE placement ADD COLUMN end_recorded_by UUID;
-- Of an end from before, what is known is when the placement changed last.
UPDATE placement SET end_recorded_at = changed_at WHERE ended IS NOT NULL;
CREATE INDEX placement_by_end ON placement (participant_id, end_recorded_at, id) WHERE end_recorded_at IS NOT NULL;

-- Who said it: while somebody is under age, their guardian must agree as well. What the guardian said last stands beside what they said.
ALTER TABLE consent_entry ADD COLUMN given_by TEXT NOT NULL DEFAULT 'participant';
ALTER TABLE consent_entry ADD COLUMN guardian_sealed BYTEA;
ALTER TABLE consent ADD COLUMN guardian_state TEXT;
ALTER TABLE consent ADD COLUMN guardian_since TIMESTAMPTZ;
ALTER TABLE consent ADD COLUMN guardian_expires_at TIMESTAMPTZ;

-- Into which file this one was merged: its history stays where it is, and is read through that one. A node of the former version sees a file
-- that is closed.
ALTER TABLE participant ADD COLUMN merged_into UUID REFERENCES participant (id);
CREATE INDEX participant_merged ON participant (merged_into, id) WHERE merged_into IS NOT NULL;

-- Each time that two files were found to be one person's. None is ever deleted.
CREATE TABLE file_merge (
    id UUID NOT NULL PRIMARY KEY,
    -- The file that goes on, and the one that was merged into it.
    survivor_id UUID NOT NULL REFERENCES participant (id),
    merged_id UUID NOT NULL REFERENCES participant (id),
    merged_at TIMESTAMPTZ NOT NULL,
    merged_by UUID NOT NULL REFERENCES staff (id),
    -- Where the merged file stood.
    from_status TEXT NOT NULL,
    -- What the file that goes on said before, and what it took from the other, under its own key.
    taken_sealed BYTEA,
    unmerged_at TIMESTAMPTZ,
    unmerged_by UUID REFERENCES staff (id)
);
CREATE UNIQUE INDEX file_merge_merged_id_key ON file_merge (merged_id) WHERE unmerged_at IS NULL;

-- What was open on the merged file, or who may read it, and goes on elsewhere: what undoing it puts back unless it has changed since.
CREATE TABLE file_merge_move (
    merge_id UUID NOT NULL REFERENCES file_merge (id),
    kind TEXT NOT NULL,
    -- What was made, and its version then.
    made_id UUID NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (merge_id, kind, made_id)
);

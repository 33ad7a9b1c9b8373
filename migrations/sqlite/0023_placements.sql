-- Employers of a centre. Their texts are sealed under the service's own key: they belong to no person of the service.
CREATE TABLE employer (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    name_sealed BLOB NOT NULL,
    contact_sealed BLOB,
    sector TEXT NOT NULL,
    province TEXT,
    recorded_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX employer_by_centre ON employer (centre_id, id);

-- What somebody works at, or was on the way to.
CREATE TABLE placement (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    participant_id BLOB NOT NULL REFERENCES participant (id),
    author_id BLOB NOT NULL REFERENCES staff (id),
    employer_id BLOB REFERENCES employer (id),
    kind TEXT NOT NULL,
    hours_a_week INTEGER,
    -- What the employer may know, on which day that was agreed, and who witnessed it.
    employer_knowledge TEXT NOT NULL,
    agreed_on TEXT,
    witness_id BLOB,
    state TEXT NOT NULL,
    -- The first and the last day, as precisely as they are known.
    started TEXT,
    ended TEXT,
    -- The reason as whoever accompanies the participant may read it, and as it was; one of the reasons is for managers alone.
    end_reason TEXT,
    end_reason_sealed BLOB,
    withdrawn_at INTEGER,
    withdrawn_by BLOB,
    withdrawal_sealed BLOB,
    recorded_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    corrected_at INTEGER,
    -- The version that changed the placement itself last; what a milestone came to is none of that.
    facts_version INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX placement_by_participant ON placement (participant_id, recorded_at, id);
-- Those whose milestones may still fall due.
CREATE INDEX placement_with_milestones ON placement (centre_id, id) WHERE state IN ('running', 'ended');

-- The way to it, stage by stage.
CREATE TABLE placement_stage (
    placement_id BLOB NOT NULL REFERENCES placement (id),
    number INTEGER NOT NULL,
    stage TEXT NOT NULL,
    outcome TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB NOT NULL,
    PRIMARY KEY (placement_id, number)
) STRICT, WITHOUT ROWID;

-- How long it was held.
CREATE TABLE milestone (
    placement_id BLOB NOT NULL REFERENCES placement (id),
    milestone TEXT NOT NULL,
    state TEXT NOT NULL,
    -- On the wall of the centre, and derived.
    local_due TEXT NOT NULL,
    zone TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    -- Since when somebody is asked whether it was held.
    asked_at INTEGER,
    -- Why it was closed without being held.
    closed_for TEXT,
    evidence TEXT,
    confidence TEXT,
    held_on TEXT,
    verified_at INTEGER,
    verified_by BLOB,
    PRIMARY KEY (placement_id, milestone)
) STRICT, WITHOUT ROWID;

-- What a placement said before it was corrected.
CREATE TABLE placement_correction (
    placement_id BLOB NOT NULL REFERENCES placement (id),
    -- The version that said it.
    version INTEGER NOT NULL,
    corrected_at INTEGER NOT NULL,
    corrected_by BLOB NOT NULL,
    reason_sealed BLOB NOT NULL,
    employer_id BLOB,
    kind TEXT NOT NULL,
    hours_a_week INTEGER,
    started TEXT,
    ended TEXT,
    end_reason TEXT,
    end_reason_sealed BLOB,
    -- Whether it tells of a reason that is for managers alone, sealed in every row: its being there tells nothing.
    for_managers_sealed BLOB,
    PRIMARY KEY (placement_id, version)
) STRICT, WITHOUT ROWID;

-- What the employer was to know, since when, and before whom that was agreed: the latest stands in the placement.
CREATE TABLE placement_agreement (
    placement_id BLOB NOT NULL REFERENCES placement (id),
    -- The version that said it.
    version INTEGER NOT NULL,
    employer_knowledge TEXT NOT NULL,
    agreed_on TEXT,
    witness_id BLOB,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB NOT NULL,
    PRIMARY KEY (placement_id, version)
) STRICT, WITHOUT ROWID;

-- The versions that changed the placement itself, by which a phone knows whether it saw what stands.
CREATE TABLE placement_fact (
    placement_id BLOB NOT NULL REFERENCES placement (id),
    version INTEGER NOT NULL,
    PRIMARY KEY (placement_id, version)
) STRICT, WITHOUT ROWID;

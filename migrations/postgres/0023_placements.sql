-- Employers of a centre. Their texts are sealed under the service's own key: they belong to no person of the service.
CREATE TABLE employer (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    name_sealed BYTEA NOT NULL,
    contact_sealed BYTEA,
    sector TEXT NOT NULL,
    province TEXT,
    recorded_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX employer_by_centre ON employer (centre_id, id);

-- What somebody works at, or was on the way to.
CREATE TABLE placement (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    author_id UUID NOT NULL REFERENCES staff (id),
    employer_id UUID REFERENCES employer (id),
    kind TEXT NOT NULL,
    hours_a_week BIGINT,
    -- What the employer may know, on which day that was agreed, and who witnessed it.
    employer_knowledge TEXT NOT NULL,
    agreed_on TEXT,
    witness_id UUID,
    state TEXT NOT NULL,
    -- The first and the last day, as precisely as they are known.
    started TEXT,
    ended TEXT,
    -- The reason as whoever accompanies the participant may read it, and as it was; one of the reasons is for managers alone.
    end_reason TEXT,
    end_reason_sealed BYTEA,
    withdrawn_at TIMESTAMPTZ,
    withdrawn_by UUID,
    withdrawal_sealed BYTEA,
    recorded_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    corrected_at TIMESTAMPTZ,
    -- The version that changed the placement itself last; what a milestone came to is none of that.
    facts_version BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX placement_by_participant ON placement (participant_id, recorded_at, id);
-- Those whose milestones may still fall due.
CREATE INDEX placement_with_milestones ON placement (centre_id, id) WHERE state IN ('running', 'ended');

-- The way to it, stage by stage.
CREATE TABLE placement_stage (
    placement_id UUID NOT NULL REFERENCES placement (id),
    number BIGINT NOT NULL,
    stage TEXT NOT NULL,
    outcome TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    PRIMARY KEY (placement_id, number)
);

-- How long it was held.
CREATE TABLE milestone (
    placement_id UUID NOT NULL REFERENCES placement (id),
    milestone TEXT NOT NULL,
    state TEXT NOT NULL,
    -- On the wall of the centre, and derived.
    local_due TEXT NOT NULL,
    zone TEXT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    -- Since when somebody is asked whether it was held.
    asked_at TIMESTAMPTZ,
    -- Why it was closed without being held.
    closed_for TEXT,
    evidence TEXT,
    confidence TEXT,
    held_on TEXT,
    verified_at TIMESTAMPTZ,
    verified_by UUID,
    PRIMARY KEY (placement_id, milestone)
);

-- What a placement said before it was corrected.
CREATE TABLE placement_correction (
    placement_id UUID NOT NULL REFERENCES placement (id),
    -- The version that said it.
    version BIGINT NOT NULL,
    corrected_at TIMESTAMPTZ NOT NULL,
    corrected_by UUID NOT NULL,
    reason_sealed BYTEA NOT NULL,
    employer_id UUID,
    kind TEXT NOT NULL,
    hours_a_week BIGINT,
    started TEXT,
    ended TEXT,
    end_reason TEXT,
    end_reason_sealed BYTEA,
    -- Whether it tells of a reason that is for managers alone, sealed in every row: its being there tells nothing.
    for_managers_sealed BYTEA,
    PRIMARY KEY (placement_id, version)
);

-- What the employer was to know, since when, and before whom that was agreed: the latest stands in the placement.
CREATE TABLE placement_agreement (
    placement_id UUID NOT NULL REFERENCES placement (id),
    -- The version that said it.
    version BIGINT NOT NULL,
    employer_knowledge TEXT NOT NULL,
    agreed_on TEXT,
    witness_id UUID,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    PRIMARY KEY (placement_id, version)
);

-- The versions that changed the placement itself, by which a phone knows whether it saw what stands.
CREATE TABLE placement_fact (
    placement_id UUID NOT NULL REFERENCES placement (id),
    version BIGINT NOT NULL,
    PRIMARY KEY (placement_id, version)
);

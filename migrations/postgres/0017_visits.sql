-- What somebody who accompanies a participant logs of having met them.
CREATE TABLE visit (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    author_id UUID NOT NULL REFERENCES staff (id),
    kind TEXT NOT NULL,
    -- As its author read it on the wall; the instant is derived from it.
    local_start TEXT NOT NULL,
    zone TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    duration_minutes BIGINT NOT NULL,
    -- Who may read what is written.
    readers TEXT NOT NULL,
    narrative_sealed BYTEA NOT NULL,
    next_step_sealed BYTEA,
    -- When the next step is due, on the wall of the same zone, and derived.
    next_step_local TEXT,
    next_step_at TIMESTAMPTZ,
    next_step_done_at TIMESTAMPTZ,
    next_step_done_by UUID,
    -- The version of the visit that set it.
    next_step_version BIGINT,
    -- When the service learnt of it.
    recorded_at TIMESTAMPTZ NOT NULL,
    corrected_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE INDEX visit_by_participant ON visit (participant_id, starts_at, id);
-- Few of all: what is still to be done.
CREATE INDEX visit_with_next_step ON visit (centre_id, id) WHERE next_step_at IS NOT NULL AND next_step_done_at IS NULL;
CREATE INDEX visit_with_next_step_of_author ON visit (author_id) WHERE next_step_at IS NOT NULL AND next_step_done_at IS NULL;

-- What a visit said before it was corrected, as it was sealed then.
CREATE TABLE visit_correction (
    visit_id UUID NOT NULL REFERENCES visit (id),
    -- The version that said it.
    version BIGINT NOT NULL,
    corrected_at TIMESTAMPTZ NOT NULL,
    corrected_by UUID NOT NULL,
    reason_sealed BYTEA NOT NULL,
    kind TEXT NOT NULL,
    local_start TEXT NOT NULL,
    zone TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    duration_minutes BIGINT NOT NULL,
    readers TEXT NOT NULL,
    narrative_sealed BYTEA NOT NULL,
    next_step_sealed BYTEA,
    next_step_local TEXT,
    next_step_done_at TIMESTAMPTZ,
    next_step_done_by UUID,
    -- Who could read what took its place: the reason for it was written for them.
    readers_after TEXT NOT NULL,
    PRIMARY KEY (visit_id, version)
);

-- What somebody needs. Of which area of life it is lies sealed: health and faith among them, and nothing in the open may tell one need from
-- another but how far it has come.
CREATE TABLE need (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    area_sealed BYTEA NOT NULL,
    what_sealed BYTEA NOT NULL,
    state TEXT NOT NULL,
    found_by UUID NOT NULL REFERENCES staff (id),
    found_on TEXT NOT NULL,
    in_hand_by UUID,
    in_hand_on TEXT,
    closed_by UUID,
    closed_on TEXT,
    -- What helped, or why not.
    helped_sealed BYTEA,
    noted_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ NOT NULL,
    -- When its state became what it is, by the clock of the phone that recorded it if it was sent later.
    changed_at TIMESTAMPTZ NOT NULL,
    -- It was entered by mistake.
    withdrawn_at TIMESTAMPTZ,
    withdrawn_by UUID,
    withdrawal_sealed BYTEA,
    version BIGINT NOT NULL
);
CREATE INDEX need_by_participant ON need (participant_id, id);
-- The timeline.
CREATE INDEX need_by_time ON need (participant_id, recorded_at, id);

-- How a need stood before each change, as it was sealed then.
CREATE TABLE need_history (
    need_id UUID NOT NULL REFERENCES need (id),
    -- The version that stood so.
    version BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    changed_by UUID NOT NULL,
    -- What was done to it.
    command TEXT NOT NULL,
    reason_sealed BYTEA,
    area_sealed BYTEA NOT NULL,
    what_sealed BYTEA NOT NULL,
    state TEXT NOT NULL,
    found_on TEXT NOT NULL,
    in_hand_by UUID,
    in_hand_on TEXT,
    closed_by UUID,
    closed_on TEXT,
    helped_sealed BYTEA,
    PRIMARY KEY (need_id, version)
);

-- What somebody is good at or can lean on.
CREATE TABLE strength (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    area_sealed BYTEA NOT NULL,
    what_sealed BYTEA NOT NULL,
    author_id UUID NOT NULL REFERENCES staff (id),
    noted_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ,
    withdrawn_by UUID,
    withdrawal_sealed BYTEA,
    version BIGINT NOT NULL
);
CREATE INDEX strength_by_participant ON strength (participant_id, id);

-- In which areas somebody was asked and needed nothing: one sealed text a person.
CREATE TABLE need_answers (
    participant_id UUID NOT NULL PRIMARY KEY REFERENCES participant (id),
    centre_id UUID NOT NULL REFERENCES centre (id),
    answers_sealed BYTEA,
    version BIGINT NOT NULL
);

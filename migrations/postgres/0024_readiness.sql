-- Whether somebody looks for work; each participant about whom something was said has one row, which counts the changes of the whole list.
CREATE TABLE readiness (
    participant_id UUID NOT NULL PRIMARY KEY REFERENCES participant (id),
    centre_id UUID NOT NULL REFERENCES centre (id),
    willingness TEXT,
    reason TEXT,
    change_sealed BYTEA,
    willing_at TIMESTAMPTZ,
    willing_by UUID,
    -- The version of the list that said it.
    willing_version BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

-- Where each paper or thing stands. One of them is sealed, and its open column says nothing.
CREATE TABLE readiness_item (
    participant_id UUID NOT NULL REFERENCES participant (id),
    centre_id UUID NOT NULL REFERENCES centre (id),
    item TEXT NOT NULL,
    state TEXT,
    state_sealed BYTEA,
    since TEXT NOT NULL,
    moved_at TIMESTAMPTZ NOT NULL,
    -- When somebody is to act, until they were told.
    stuck_at TIMESTAMPTZ,
    recorded_by UUID NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (participant_id, item)
);
CREATE INDEX readiness_item_missing ON readiness_item (centre_id, item, participant_id) WHERE state IN ('missing', 'being_obtained');

-- What was done about each, and when.
CREATE TABLE readiness_step (
    participant_id UUID NOT NULL REFERENCES participant (id),
    item TEXT NOT NULL,
    number BIGINT NOT NULL,
    state TEXT,
    state_sealed BYTEA,
    happened_on TEXT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    PRIMARY KEY (participant_id, item, number)
);

-- What was said of whether somebody looks for work, each time: the latest stands in the list.
CREATE TABLE readiness_willingness (
    participant_id UUID NOT NULL REFERENCES participant (id),
    -- The version of the list that said it.
    version BIGINT NOT NULL,
    willingness TEXT NOT NULL,
    reason TEXT,
    change_sealed BYTEA,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID NOT NULL,
    PRIMARY KEY (participant_id, version)
);

-- Bodies outside the service that a centre sends people to.
CREATE TABLE partner (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    name TEXT NOT NULL,
    offers TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX partner_by_centre ON partner (centre_id, id);

-- What is asked of a partner for a participant, and what became of it.
CREATE TABLE referral (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    partner_id UUID NOT NULL REFERENCES partner (id),
    asked_by UUID NOT NULL REFERENCES staff (id),
    state TEXT NOT NULL,
    -- What the partner is told, and nothing else.
    given_name_sealed BYTEA NOT NULL,
    request_sealed BYTEA NOT NULL,
    -- Why it was asked without consent, for danger to life.
    override_reason_sealed BYTEA,
    asked_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    link_expires_at TIMESTAMPTZ,
    answered_at TIMESTAMPTZ,
    answered_through TEXT,
    refusal TEXT,
    met_on TEXT,
    outcome TEXT,
    ended_at TIMESTAMPTZ,
    ended_because TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX referral_by_participant ON referral (participant_id, id);
CREATE INDEX referral_by_time ON referral (participant_id, asked_at, id);

-- The one-time link by which a partner answers: keyed hashes of its secret and of the code that opens it.
CREATE TABLE referral_link (
    referral_id UUID NOT NULL PRIMARY KEY REFERENCES referral (id),
    secret_hash BYTEA NOT NULL UNIQUE,
    code_hash BYTEA NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    tries_left BIGINT NOT NULL
);

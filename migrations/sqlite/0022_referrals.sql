-- Bodies outside the service that a centre sends people to.
CREATE TABLE partner (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    name TEXT NOT NULL,
    offers TEXT NOT NULL,
    active INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX partner_by_centre ON partner (centre_id, id);

-- What is asked of a partner for a participant, and what became of it.
CREATE TABLE referral (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    participant_id BLOB NOT NULL REFERENCES participant (id),
    partner_id BLOB NOT NULL REFERENCES partner (id),
    asked_by BLOB NOT NULL REFERENCES staff (id),
    state TEXT NOT NULL,
    -- What the partner is told, and nothing else.
    given_name_sealed BLOB NOT NULL,
    request_sealed BLOB NOT NULL,
    -- Why it was asked without consent, for danger to life.
    override_reason_sealed BLOB,
    asked_at INTEGER NOT NULL,
    sent_at INTEGER,
    link_expires_at INTEGER,
    answered_at INTEGER,
    answered_through TEXT,
    refusal TEXT,
    met_on TEXT,
    outcome TEXT,
    ended_at INTEGER,
    ended_because TEXT,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX referral_by_participant ON referral (participant_id, id);
CREATE INDEX referral_by_time ON referral (participant_id, asked_at, id);

-- The one-time link by which a partner answers: keyed hashes of its secret and of the code that opens it.
CREATE TABLE referral_link (
    referral_id BLOB NOT NULL PRIMARY KEY REFERENCES referral (id),
    secret_hash BLOB NOT NULL UNIQUE,
    code_hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    tries_left INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

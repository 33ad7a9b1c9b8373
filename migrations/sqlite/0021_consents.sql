-- What participants agreed to, and what they took back: how each stands now, and, beside it, everything that was said.
CREATE TABLE consent (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    participant_id BLOB NOT NULL REFERENCES participant (id),
    purpose TEXT NOT NULL,
    -- What exactly it is for, where a purpose has several; else the nil id.
    subject_id BLOB NOT NULL,
    whom_sealed BLOB,
    -- What follows from the entries; `consent::rules` says how.
    state TEXT NOT NULL,
    since INTEGER NOT NULL,
    wording_version TEXT,
    language TEXT,
    expires_at INTEGER,
    -- Counts the entries.
    version INTEGER NOT NULL,
    UNIQUE (participant_id, purpose, subject_id)
) STRICT;
CREATE INDEX consent_by_participant ON consent (participant_id, id);
CREATE INDEX consent_by_time ON consent (participant_id, since, id);

CREATE TABLE consent_entry (
    consent_id BLOB NOT NULL REFERENCES consent (id),
    number INTEGER NOT NULL,
    act TEXT NOT NULL,
    -- When the service learnt of it, and when it was said: earlier, if the phone had no network.
    recorded_at INTEGER NOT NULL,
    said_at INTEGER NOT NULL,
    recorded_by_kind TEXT NOT NULL,
    recorded_by BLOB,
    wording_version TEXT,
    language TEXT,
    witness_sealed BLOB,
    expires_at INTEGER,
    PRIMARY KEY (consent_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER consent_entry_is_not_changed BEFORE UPDATE ON consent_entry
BEGIN
    SELECT RAISE(ABORT, 'consent_entry_append_only');
END;
CREATE TRIGGER consent_entry_is_not_deleted BEFORE DELETE ON consent_entry
BEGIN
    SELECT RAISE(ABORT, 'consent_entry_append_only');
END;

-- To whom nothing may be pushed, whatever they prefer: a row while that is so. Few of all.
CREATE TABLE push_forbidden (
    person_id BLOB NOT NULL PRIMARY KEY REFERENCES participant (id)
) STRICT, WITHOUT ROWID;

-- What participants agreed to, and what they took back: how each stands now, and, beside it, everything that was said.
CREATE TABLE consent (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    purpose TEXT NOT NULL,
    -- What exactly it is for, where a purpose has several; else the nil id.
    subject_id UUID NOT NULL,
    whom_sealed BYTEA,
    -- What follows from the entries; `consent::rules` says how.
    state TEXT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    wording_version TEXT,
    language TEXT,
    expires_at TIMESTAMPTZ,
    -- Counts the entries.
    version BIGINT NOT NULL,
    UNIQUE (participant_id, purpose, subject_id)
);
CREATE INDEX consent_by_participant ON consent (participant_id, id);
CREATE INDEX consent_by_time ON consent (participant_id, since, id);

CREATE TABLE consent_entry (
    consent_id UUID NOT NULL REFERENCES consent (id),
    number BIGINT NOT NULL,
    act TEXT NOT NULL,
    -- When the service learnt of it, and when it was said: earlier, if the phone had no network.
    recorded_at TIMESTAMPTZ NOT NULL,
    said_at TIMESTAMPTZ NOT NULL,
    recorded_by_kind TEXT NOT NULL,
    recorded_by UUID,
    wording_version TEXT,
    language TEXT,
    witness_sealed BYTEA,
    expires_at TIMESTAMPTZ,
    PRIMARY KEY (consent_id, number)
);
CREATE FUNCTION consent_entry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'consent_entry_append_only' USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_entry_append_only';
END;
$$;
CREATE TRIGGER consent_entry_is_not_changed BEFORE UPDATE OR DELETE ON consent_entry
    FOR EACH ROW EXECUTE FUNCTION consent_entry_refuse_change();

-- To whom nothing may be pushed, whatever they prefer: a row while that is so. Few of all.
CREATE TABLE push_forbidden (
    person_id UUID NOT NULL PRIMARY KEY REFERENCES participant (id)
);

-- The first schema of Muwakaba. The same tables lie in the other database's folder; a test compares the two.
--
-- Conventions: ids are UUID version 7. Instants are UTC, truncated to microseconds. Columns named *_sealed hold text that was
-- encrypted before it reached SQL, bound to its table, column and row. Words (state, kind, role, …) are those of the
-- contract's vocabulary. `version` counts the changes of a row and is its entity tag.

-- Exclusion constraints over a UUID and a time range need it; it ships with PostgreSQL.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE centre (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    -- Opening hours and closed days, as JSON.
    calendar TEXT NOT NULL,
    -- Lead times, quiet hours and escalation, as JSON; NULL for the service's own.
    reminder_policy TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE staff (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    -- This person's data key, itself sealed under the master key.
    data_key BYTEA NOT NULL,
    name_sealed BYTEA NOT NULL,
    email_sealed BYTEA NOT NULL,
    -- A keyed hash of the address: finds an account without telling who has one.
    email_lookup BYTEA NOT NULL,
    password_hash TEXT NOT NULL,
    password_change_due BOOLEAN NOT NULL,
    -- When a one-time password stops working; NULL for one that the person chose.
    password_expires_at TIMESTAMPTZ,
    authenticator_sealed BYTEA,
    -- A new secret that has not been confirmed by a code yet.
    authenticator_pending_sealed BYTEA,
    -- The last 30-second step whose code was used: a code works once.
    authenticator_step BIGINT,
    active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT staff_email_lookup_key UNIQUE (email_lookup)
);
CREATE INDEX staff_by_centre ON staff (centre_id, id);

CREATE TABLE participant (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    language TEXT NOT NULL,
    zone TEXT NOT NULL,
    data_key BYTEA NOT NULL,
    name_sealed BYTEA NOT NULL,
    phone_sealed BYTEA,
    email_sealed BYTEA,
    -- The edition of the programme; it tells of a conviction and is shown to managers only.
    edition_sealed BYTEA,
    -- Whether reminders are pushed, or wait in the app.
    push_wanted BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX participant_by_centre ON participant (centre_id, id);

CREATE TABLE assignment (
    id UUID NOT NULL PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    staff_id UUID NOT NULL REFERENCES staff (id),
    started_at TIMESTAMPTZ NOT NULL,
    started_by UUID NOT NULL,
    ended_at TIMESTAMPTZ,
    ended_by UUID,
    version BIGINT NOT NULL
);
-- Scope asks "is this participant assigned to this person now?" in almost every statement.
CREATE UNIQUE INDEX assignment_staff_id_participant_id_key ON assignment (staff_id, participant_id) WHERE ended_at IS NULL;
CREATE INDEX assignment_by_participant ON assignment (participant_id, started_at);

CREATE TABLE enrolment_code (
    id UUID NOT NULL PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    -- The first characters of the typed code; they find the row, the rest proves it.
    selector TEXT NOT NULL,
    verifier_hash TEXT NOT NULL,
    -- SHA-256 of the secret in the QR code, which is long enough not to need more.
    secret_hash BYTEA NOT NULL,
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    failed_tries BIGINT NOT NULL,
    -- When it was used, replaced, withdrawn or tried too often.
    closed_at TIMESTAMPTZ,
    CONSTRAINT enrolment_code_secret_hash_key UNIQUE (secret_hash)
);
CREATE UNIQUE INDEX enrolment_code_selector_key ON enrolment_code (selector) WHERE closed_at IS NULL;
CREATE INDEX enrolment_code_by_participant ON enrolment_code (participant_id) WHERE closed_at IS NULL;

CREATE TABLE session (
    id UUID NOT NULL PRIMARY KEY,
    person_kind TEXT NOT NULL,
    staff_id UUID REFERENCES staff (id),
    participant_id UUID REFERENCES participant (id),
    -- What the person sees in the list of their sessions, such as "Android phone".
    label TEXT NOT NULL,
    -- The RFC 7638 thumbprint of the device's key; refreshing needs a proof made with it.
    device_key TEXT,
    -- Counts the refresh tokens given out; only the newest one works.
    generation BIGINT NOT NULL,
    rotated_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    ended_reason TEXT,
    CONSTRAINT session_has_one_person CHECK ((staff_id IS NULL) <> (participant_id IS NULL))
);
CREATE INDEX session_by_staff ON session (staff_id) WHERE ended_at IS NULL;
CREATE INDEX session_by_participant ON session (participant_id) WHERE ended_at IS NULL;

-- Failed tries, by a keyed hash of the account or of the source.
CREATE TABLE throttle (
    subject BYTEA NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_failure_at TIMESTAMPTZ NOT NULL,
    blocked_until TIMESTAMPTZ NOT NULL
);

-- A proof of possession works once (RFC 9449 §11.1).
CREATE TABLE used_proof (
    digest BYTEA NOT NULL PRIMARY KEY,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX used_proof_by_expiry ON used_proof (expires_at);

CREATE TABLE device (
    id UUID NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES session (id),
    person_kind TEXT NOT NULL,
    -- The participant or staff member who carries it.
    person_id UUID NOT NULL,
    channel TEXT NOT NULL,
    endpoint TEXT,
    agreement_key BYTEA,
    authentication_secret BYTEA,
    fcm_token TEXT,
    state TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    refreshed_at TIMESTAMPTZ NOT NULL,
    gone_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    CONSTRAINT device_has_one_address CHECK ((endpoint IS NULL) <> (fcm_token IS NULL))
);
CREATE INDEX device_by_person ON device (person_id) WHERE gone_at IS NULL;
CREATE UNIQUE INDEX device_endpoint_key ON device (endpoint) WHERE gone_at IS NULL;
CREATE UNIQUE INDEX device_fcm_token_key ON device (fcm_token) WHERE gone_at IS NULL;
CREATE INDEX device_by_session ON device (session_id) WHERE gone_at IS NULL;

CREATE TABLE appointment (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    host_id UUID NOT NULL REFERENCES staff (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    -- What was agreed on: wall-clock times in a zone. The instants are derived from them.
    local_start TEXT NOT NULL,
    local_end TEXT NOT NULL,
    zone TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    -- Whether it takes its time in the calendars of host and participant.
    holds_time BOOLEAN NOT NULL,
    place_kind TEXT NOT NULL,
    place_sealed BYTEA,
    -- What the participant should know or bring.
    guidance_sealed BYTEA,
    -- The wish of a participant who asked for another time.
    change_wish_sealed BYTEA,
    reason_sealed BYTEA,
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT appointment_ends_after_start CHECK (ends_at > starts_at),
    -- No double booking: the database refuses it, whatever the service believed.
    CONSTRAINT appointment_host_is_free
        EXCLUDE USING gist (host_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (holds_time),
    CONSTRAINT appointment_participant_is_free
        EXCLUDE USING gist (participant_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (holds_time)
);
CREATE INDEX appointment_by_participant ON appointment (participant_id, starts_at, id);
CREATE INDEX appointment_by_host ON appointment (host_id, starts_at, id);
CREATE INDEX appointment_by_centre ON appointment (centre_id, starts_at, id);
CREATE INDEX appointment_by_start ON appointment (starts_at) WHERE holds_time;

-- Every outcome that was ever recorded; the last one counts, none is erased.
CREATE TABLE appointment_outcome (
    id UUID NOT NULL PRIMARY KEY,
    appointment_id UUID NOT NULL REFERENCES appointment (id),
    outcome TEXT NOT NULL,
    reason_sealed BYTEA,
    recorded_by UUID NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX appointment_outcome_by_appointment ON appointment_outcome (appointment_id, id);

CREATE TABLE appointment_note (
    id UUID NOT NULL PRIMARY KEY,
    appointment_id UUID NOT NULL REFERENCES appointment (id),
    author_id UUID NOT NULL REFERENCES staff (id),
    visibility TEXT NOT NULL,
    body_sealed BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX appointment_note_by_appointment ON appointment_note (appointment_id, id);

CREATE TABLE reminder (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    -- The participant whom the subject is about; the recipient may be somebody who accompanies them.
    participant_id UUID NOT NULL REFERENCES participant (id),
    recipient_kind TEXT NOT NULL,
    recipient_id UUID NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    -- The agreed wall-clock time and zone it speaks of: a moved subject makes it another reminder, changed zone data does not.
    occasion TEXT NOT NULL,
    -- The facts its text is made from, as JSON; nothing personal.
    facts TEXT NOT NULL,
    urgency TEXT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    state TEXT NOT NULL,
    -- When a dispatcher may take it: the due time, then the end of a lease. NULL once nothing is left to do.
    ready_at TIMESTAMPTZ,
    settled_at TIMESTAMPTZ,
    seen_at TIMESTAMPTZ,
    acted_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX reminder_ready ON reminder (ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX reminder_by_subject ON reminder (subject_id, recipient_id);
CREATE INDEX reminder_by_recipient ON reminder (recipient_id, due_at);

CREATE TABLE delivery (
    id UUID NOT NULL PRIMARY KEY,
    reminder_id UUID NOT NULL REFERENCES reminder (id),
    device_id UUID NOT NULL REFERENCES device (id),
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    -- Why the last attempt failed, in one word.
    reason TEXT,
    -- When the next attempt may start, as in reminder.
    ready_at TIMESTAMPTZ,
    first_tried_at TIMESTAMPTZ NOT NULL,
    last_tried_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT delivery_reminder_id_device_id_key UNIQUE (reminder_id, device_id)
);
CREATE INDEX delivery_ready ON delivery (ready_at) WHERE ready_at IS NOT NULL;

-- A button of a notification works once.
CREATE TABLE used_action (
    reminder_id UUID NOT NULL REFERENCES reminder (id),
    action TEXT NOT NULL,
    used_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (reminder_id, action)
);

-- The last number given out in each centre's change feed.
CREATE TABLE change_counter (
    centre_id UUID NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);

CREATE TABLE change (
    centre_id UUID NOT NULL,
    position BIGINT NOT NULL,
    participant_id UUID,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    operation TEXT NOT NULL,
    PRIMARY KEY (centre_id, position)
);

-- Who did or read what, and when. Nothing personal: people are named by id. Rows are added, never touched.
CREATE TABLE audit (
    id UUID NOT NULL PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    centre_id UUID,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    session_id UUID,
    request_id TEXT,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID,
    participant_id UUID,
    -- What changed, by the names of fields and the words of the vocabulary, as JSON.
    details TEXT NOT NULL
);
CREATE INDEX audit_by_participant ON audit (participant_id, id) WHERE participant_id IS NOT NULL;
CREATE INDEX audit_by_actor ON audit (actor_id, id);
CREATE INDEX audit_by_centre ON audit (centre_id, id);
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_append_only' USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_append_only';
END;
$$;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_is_not_truncated BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

-- The first answer to a request with an Idempotency-Key, to be given again to its repetition.
CREATE TABLE idempotency (
    actor_id UUID NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_digest BYTEA NOT NULL,
    -- Whom the answer is about: a caller who may no longer see them does not get it again.
    participant_id UUID,
    status BIGINT NOT NULL,
    headers TEXT NOT NULL,
    body_sealed BYTEA,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (actor_id, idempotency_key)
);
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

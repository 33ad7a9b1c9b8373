-- The first schema of Muwakaba. The same tables lie in the other database's folder; a test compares the two.
--
-- Conventions: ids are UUID version 7. Instants are UTC, truncated to microseconds. Columns named *_sealed hold text that was
-- encrypted before it reached SQL, bound to its table, column and row. Words (state, kind, role, …) are those of the
-- contract's vocabulary. `version` counts the changes of a row and is its entity tag.


CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE centre (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    -- Opening hours and closed days, as JSON.
    calendar TEXT NOT NULL,
    -- Lead times, quiet hours and escalation, as JSON; NULL for the service's own.
    reminder_policy TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE staff (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    -- This person's data key, itself sealed under the master key.
    data_key BLOB NOT NULL,
    name_sealed BLOB NOT NULL,
    email_sealed BLOB NOT NULL,
    -- A keyed hash of the address: finds an account without telling who has one.
    email_lookup BLOB NOT NULL,
    password_hash TEXT NOT NULL,
    password_change_due INTEGER NOT NULL,
    -- When a one-time password stops working; NULL for one that the person chose.
    password_expires_at INTEGER,
    authenticator_sealed BLOB,
    -- A new secret that has not been confirmed by a code yet.
    authenticator_pending_sealed BLOB,
    -- The last 30-second step whose code was used: a code works once.
    authenticator_step INTEGER,
    active INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT staff_email_lookup_key UNIQUE (email_lookup)
) STRICT;
CREATE INDEX staff_by_centre ON staff (centre_id, id);

CREATE TABLE participant (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    language TEXT NOT NULL,
    zone TEXT NOT NULL,
    data_key BLOB NOT NULL,
    name_sealed BLOB NOT NULL,
    phone_sealed BLOB,
    email_sealed BLOB,
    -- The edition of the programme; it tells of a conviction and is shown to managers only.
    edition_sealed BLOB,
    -- Whether reminders are pushed, or wait in the app.
    push_wanted INTEGER NOT NULL,
    active INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX participant_by_centre ON participant (centre_id, id);

CREATE TABLE assignment (
    id BLOB NOT NULL PRIMARY KEY,
    participant_id BLOB NOT NULL REFERENCES participant (id),
    staff_id BLOB NOT NULL REFERENCES staff (id),
    started_at INTEGER NOT NULL,
    started_by BLOB NOT NULL,
    ended_at INTEGER,
    ended_by BLOB,
    version INTEGER NOT NULL
) STRICT;
-- Scope asks "is this participant assigned to this person now?" in almost every statement.
CREATE UNIQUE INDEX assignment_staff_id_participant_id_key ON assignment (staff_id, participant_id) WHERE ended_at IS NULL;
CREATE INDEX assignment_by_participant ON assignment (participant_id, started_at);

CREATE TABLE enrolment_code (
    id BLOB NOT NULL PRIMARY KEY,
    participant_id BLOB NOT NULL REFERENCES participant (id),
    -- The first characters of the typed code; they find the row, the rest proves it.
    selector TEXT NOT NULL,
    verifier_hash TEXT NOT NULL,
    -- SHA-256 of the secret in the QR code, which is long enough not to need more.
    secret_hash BLOB NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    failed_tries INTEGER NOT NULL,
    -- When it was used, replaced, withdrawn or tried too often.
    closed_at INTEGER,
    CONSTRAINT enrolment_code_secret_hash_key UNIQUE (secret_hash)
) STRICT;
CREATE UNIQUE INDEX enrolment_code_selector_key ON enrolment_code (selector) WHERE closed_at IS NULL;
CREATE INDEX enrolment_code_by_participant ON enrolment_code (participant_id) WHERE closed_at IS NULL;

CREATE TABLE session (
    id BLOB NOT NULL PRIMARY KEY,
    person_kind TEXT NOT NULL,
    staff_id BLOB REFERENCES staff (id),
    participant_id BLOB REFERENCES participant (id),
    -- What the person sees in the list of their sessions, such as "Android phone".
    label TEXT NOT NULL,
    -- The RFC 7638 thumbprint of the device's key; refreshing needs a proof made with it.
    device_key TEXT,
    -- Counts the refresh tokens given out; only the newest one works.
    generation INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_reason TEXT,
    CONSTRAINT session_has_one_person CHECK ((staff_id IS NULL) <> (participant_id IS NULL))
) STRICT;
CREATE INDEX session_by_staff ON session (staff_id) WHERE ended_at IS NULL;
CREATE INDEX session_by_participant ON session (participant_id) WHERE ended_at IS NULL;

-- Failed tries, by a keyed hash of the account or of the source.
CREATE TABLE throttle (
    subject BLOB NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_failure_at INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL
) STRICT;

-- A proof of possession works once (RFC 9449 §11.1).
CREATE TABLE used_proof (
    digest BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX used_proof_by_expiry ON used_proof (expires_at);

CREATE TABLE device (
    id BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES session (id),
    person_kind TEXT NOT NULL,
    -- The participant or staff member who carries it.
    person_id BLOB NOT NULL,
    channel TEXT NOT NULL,
    endpoint TEXT,
    agreement_key BLOB,
    authentication_secret BLOB,
    fcm_token TEXT,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    refreshed_at INTEGER NOT NULL,
    gone_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT device_has_one_address CHECK ((endpoint IS NULL) <> (fcm_token IS NULL))
) STRICT;
CREATE INDEX device_by_person ON device (person_id) WHERE gone_at IS NULL;
CREATE UNIQUE INDEX device_endpoint_key ON device (endpoint) WHERE gone_at IS NULL;
CREATE UNIQUE INDEX device_fcm_token_key ON device (fcm_token) WHERE gone_at IS NULL;
CREATE INDEX device_by_session ON device (session_id) WHERE gone_at IS NULL;

CREATE TABLE appointment (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    participant_id BLOB NOT NULL REFERENCES participant (id),
    host_id BLOB NOT NULL REFERENCES staff (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    -- What was agreed on: wall-clock times in a zone. The instants are derived from them.
    local_start TEXT NOT NULL,
    local_end TEXT NOT NULL,
    zone TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    -- Whether it takes its time in the calendars of host and participant.
    holds_time INTEGER NOT NULL,
    place_kind TEXT NOT NULL,
    place_sealed BLOB,
    -- What the participant should know or bring.
    guidance_sealed BLOB,
    -- The wish of a participant who asked for another time.
    change_wish_sealed BLOB,
    reason_sealed BLOB,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT appointment_ends_after_start CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX appointment_by_participant ON appointment (participant_id, starts_at, id);
CREATE INDEX appointment_by_host ON appointment (host_id, starts_at, id);
CREATE INDEX appointment_by_centre ON appointment (centre_id, starts_at, id);
CREATE INDEX appointment_by_start ON appointment (starts_at) WHERE holds_time;

-- No double booking: the database refuses it, whatever the service believed.
CREATE TRIGGER appointment_host_is_free_on_insert BEFORE INSERT ON appointment
WHEN NEW.holds_time AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.host_id = NEW.host_id AND other.holds_time
      AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN
    SELECT RAISE(ABORT, 'appointment_host_is_free');
END;
CREATE TRIGGER appointment_host_is_free_on_update BEFORE UPDATE OF host_id, starts_at, ends_at, holds_time ON appointment
WHEN NEW.holds_time AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.host_id = NEW.host_id AND other.id <> NEW.id AND other.holds_time
      AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN
    SELECT RAISE(ABORT, 'appointment_host_is_free');
END;
CREATE TRIGGER appointment_participant_is_free_on_insert BEFORE INSERT ON appointment
WHEN NEW.holds_time AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.participant_id = NEW.participant_id AND other.holds_time
      AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN
    SELECT RAISE(ABORT, 'appointment_participant_is_free');
END;
CREATE TRIGGER appointment_participant_is_free_on_update BEFORE UPDATE OF participant_id, starts_at, ends_at, holds_time ON appointment
WHEN NEW.holds_time AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.participant_id = NEW.participant_id AND other.id <> NEW.id AND other.holds_time
      AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN
    SELECT RAISE(ABORT, 'appointment_participant_is_free');
END;

-- Every outcome that was ever recorded; the last one counts, none is erased.
CREATE TABLE appointment_outcome (
    id BLOB NOT NULL PRIMARY KEY,
    appointment_id BLOB NOT NULL REFERENCES appointment (id),
    outcome TEXT NOT NULL,
    reason_sealed BLOB,
    recorded_by BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX appointment_outcome_by_appointment ON appointment_outcome (appointment_id, id);

CREATE TABLE appointment_note (
    id BLOB NOT NULL PRIMARY KEY,
    appointment_id BLOB NOT NULL REFERENCES appointment (id),
    author_id BLOB NOT NULL REFERENCES staff (id),
    visibility TEXT NOT NULL,
    body_sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX appointment_note_by_appointment ON appointment_note (appointment_id, id);

CREATE TABLE reminder (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    -- The participant whom the subject is about; the recipient may be somebody who accompanies them.
    participant_id BLOB NOT NULL REFERENCES participant (id),
    recipient_kind TEXT NOT NULL,
    recipient_id BLOB NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    purpose TEXT NOT NULL,
    -- The agreed wall-clock time and zone it speaks of: a moved subject makes it another reminder, changed zone data does not.
    occasion TEXT NOT NULL,
    -- The facts its text is made from, as JSON; nothing personal.
    facts TEXT NOT NULL,
    urgency TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    -- When a dispatcher may take it: the due time, then the end of a lease. NULL once nothing is left to do.
    ready_at INTEGER,
    settled_at INTEGER,
    seen_at INTEGER,
    acted_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_ready ON reminder (ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX reminder_by_subject ON reminder (subject_id, recipient_id);
CREATE INDEX reminder_by_recipient ON reminder (recipient_id, due_at);

CREATE TABLE delivery (
    id BLOB NOT NULL PRIMARY KEY,
    reminder_id BLOB NOT NULL REFERENCES reminder (id),
    device_id BLOB NOT NULL REFERENCES device (id),
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- Why the last attempt failed, in one word.
    reason TEXT,
    -- When the next attempt may start, as in reminder.
    ready_at INTEGER,
    first_tried_at INTEGER NOT NULL,
    last_tried_at INTEGER NOT NULL,
    CONSTRAINT delivery_reminder_id_device_id_key UNIQUE (reminder_id, device_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_ready ON delivery (ready_at) WHERE ready_at IS NOT NULL;

-- A button of a notification works once.
CREATE TABLE used_action (
    reminder_id BLOB NOT NULL REFERENCES reminder (id),
    action TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (reminder_id, action)
) STRICT, WITHOUT ROWID;

-- The last number given out in each centre's change feed.
CREATE TABLE change_counter (
    centre_id BLOB NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT;

CREATE TABLE change (
    centre_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    participant_id BLOB,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    operation TEXT NOT NULL,
    PRIMARY KEY (centre_id, position)
) STRICT, WITHOUT ROWID;

-- Who did or read what, and when. Nothing personal: people are named by id. Rows are added, never touched.
CREATE TABLE audit (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    centre_id BLOB,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    session_id BLOB,
    request_id TEXT,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB,
    participant_id BLOB,
    -- What changed, by the names of fields and the words of the vocabulary, as JSON.
    details TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_participant ON audit (participant_id, id) WHERE participant_id IS NOT NULL;
CREATE INDEX audit_by_actor ON audit (actor_id, id);
CREATE INDEX audit_by_centre ON audit (centre_id, id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit_append_only');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit_append_only');
END;

-- The first answer to a request with an Idempotency-Key, to be given again to its repetition.
CREATE TABLE idempotency (
    actor_id BLOB NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    -- Whom the answer is about: a caller who may no longer see them does not get it again.
    participant_id BLOB,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body_sealed BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (actor_id, idempotency_key)
) STRICT;
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

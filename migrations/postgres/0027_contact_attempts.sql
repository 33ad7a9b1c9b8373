-- When the phone of its author recorded it, by its own clock, beside when the service learnt of it.
ALTER TABLE visit ADD COLUMN noted_at TIMESTAMPTZ;
-- After how many days without contact somebody is to be looked for; as the service has it if the centre says nothing.
ALTER TABLE centre ADD COLUMN no_contact_days BIGINT;

-- An attempt to reach somebody that reached nobody.
CREATE TABLE contact_attempt (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    author_id UUID NOT NULL REFERENCES staff (id),
    kind TEXT NOT NULL,
    aim TEXT NOT NULL,
    -- As its author read it on the wall; the instant is derived from it.
    local_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    note_sealed BYTEA,
    noted_at TIMESTAMPTZ,
    -- When the service learnt of it.
    recorded_at TIMESTAMPTZ NOT NULL,
    -- It was entered by mistake.
    withdrawn_at TIMESTAMPTZ,
    withdrawn_by UUID,
    withdrawal_sealed BYTEA,
    version BIGINT NOT NULL
);
CREATE INDEX contact_attempt_by_participant ON contact_attempt (participant_id, at, id);

-- Since when each of those who are accompanied was not met or spoken to: what one statement finds in visits and appointments, kept so that
-- whoever was not for long is found by an index.
CREATE TABLE contact (
    participant_id UUID NOT NULL PRIMARY KEY REFERENCES participant (id),
    centre_id UUID NOT NULL REFERENCES centre (id),
    -- Since when they are accompanied: nobody is counted as out of contact from before.
    opened_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ,
    last_kind TEXT,
    last_id UUID,
    -- The later of the two.
    counted_from TIMESTAMPTZ NOT NULL,
    -- When somebody was called last to look for them, since they were met.
    called_at TIMESTAMPTZ,
    -- When another attempt is due, and who made the last one.
    try_again_at TIMESTAMPTZ,
    try_again_for UUID
);
CREATE INDEX contact_by_centre ON contact (centre_id, counted_from, participant_id);
CREATE INDEX contact_by_author ON contact (try_again_for) WHERE try_again_for IS NOT NULL;
-- The last check-in that was answered is one look.
CREATE INDEX check_in_answered ON check_in (participant_id, answered_at, id) WHERE submitted_at IS NOT NULL;

INSERT INTO contact (participant_id, centre_id, opened_at, counted_from)
    SELECT id, centre_id, created_at, created_at FROM participant WHERE active;
-- Each is looked at at once, and what is known of them is found then.
INSERT INTO agenda (subject_kind, subject_id, centre_id, ready_at, claims)
    SELECT 'contact', participant_id, centre_id, TIMESTAMPTZ '1970-01-01 00:00:00+00', 0 FROM contact;

-- What was recorded together with a visit, in one go.
CREATE TABLE visit_part (
    id UUID NOT NULL PRIMARY KEY,
    visit_id UUID NOT NULL REFERENCES visit (id),
    operation TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX visit_part_by_visit ON visit_part (visit_id, id);

-- What a manager asks the author of a visit, and what they answer.
CREATE TABLE visit_question (
    id UUID NOT NULL PRIMARY KEY,
    visit_id UUID NOT NULL REFERENCES visit (id),
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    asked_by UUID NOT NULL REFERENCES staff (id),
    asked_at TIMESTAMPTZ NOT NULL,
    question_sealed BYTEA NOT NULL,
    answered_by UUID,
    answered_at TIMESTAMPTZ,
    answer_sealed BYTEA,
    version BIGINT NOT NULL
);
CREATE INDEX visit_question_by_visit ON visit_question (visit_id, id);
CREATE INDEX visit_question_by_participant ON visit_question (participant_id, id);

-- How somebody wants to be reached, in order; whoever has no row is reached by the app, and then by the number in their file.
CREATE TABLE contact_preference (
    participant_id UUID NOT NULL PRIMARY KEY REFERENCES participant (id),
    centre_id UUID NOT NULL REFERENCES centre (id),
    -- Words with commas between them, and the first of them by itself: reminders ask for that.
    preference TEXT NOT NULL,
    first TEXT NOT NULL,
    -- Counts the changes of all that is kept of how to reach them.
    version BIGINT NOT NULL
);

-- A number, or a person who passes on what is said. The number in the file has a row here only for what is said of it besides, under the id of
-- its participant: the number itself stays where it is, so that there is one.
CREATE TABLE contact_way (
    participant_id UUID NOT NULL REFERENCES participant (id),
    id UUID NOT NULL,
    centre_id UUID NOT NULL REFERENCES centre (id),
    kind TEXT NOT NULL,
    whose TEXT NOT NULL,
    name_sealed BYTEA,
    number_sealed BYTEA,
    -- Times of day, HH:MM.
    good_from TEXT,
    good_until TEXT,
    may_leave_message BOOLEAN NOT NULL,
    -- The last day on which it is used.
    valid_until TEXT,
    recorded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (participant_id, id)
);

-- What is never called again: replaced, removed, or somebody else's.
CREATE TABLE former_number (
    id UUID NOT NULL PRIMARY KEY,
    participant_id UUID NOT NULL REFERENCES participant (id),
    way_id UUID NOT NULL,
    whose TEXT NOT NULL,
    number_sealed BYTEA NOT NULL,
    why TEXT NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX former_number_by_participant ON former_number (participant_id, ended_at);

-- That somebody was told what a reminder says, otherwise than by the app.
CREATE TABLE reminder_call (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    -- Without a foreign key: it outlasts the reminder.
    reminder_id UUID NOT NULL,
    staff_id UUID NOT NULL REFERENCES staff (id),
    how TEXT NOT NULL,
    local_at TEXT NOT NULL,
    zone TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    noted_at TIMESTAMPTZ,
    recorded_at TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ,
    withdrawn_by UUID,
    version BIGINT NOT NULL
);
CREATE INDEX reminder_call_by_reminder ON reminder_call (reminder_id) WHERE withdrawn_at IS NULL;
CREATE INDEX reminder_call_by_participant ON reminder_call (participant_id, at, id);

-- When the last phone of somebody went is one look.
CREATE INDEX device_gone_by_person ON device (person_id, gone_at) WHERE gone_at IS NOT NULL;

-- Each who is accompanied is looked at, whether a phone of theirs is reached.
INSERT INTO agenda (subject_kind, subject_id, centre_id, ready_at, claims)
    SELECT 'device_wanted', id, centre_id, TIMESTAMPTZ '1970-01-01 00:00:00+00', 0 FROM participant WHERE active;

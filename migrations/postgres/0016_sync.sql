-- What a phone asks for since it last synchronised. Whoever speaks to one staff member alone is found by them.
CREATE INDEX change_by_audience ON change (audience, position) WHERE audience IS NOT NULL;

-- Each start of the service begins an epoch of the database. What a phone was told in an epoch that is not there, or later in one than the
-- next of them began, was told by a database in whose place an older copy was put.
CREATE TABLE epoch (
    number BIGINT PRIMARY KEY,
    id UUID NOT NULL,
    began_at TIMESTAMPTZ NOT NULL
);
-- How far the feed of each centre had come when an epoch began.
CREATE TABLE epoch_position (
    epoch BIGINT NOT NULL REFERENCES epoch (number),
    centre_id UUID NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (epoch, centre_id)
);

-- Whom the phone of which session was told about on which day, and in which line of the audit log the last time of it is. Without foreign
-- keys: a session is forgotten earlier than what was told in it.
CREATE TABLE sync_seen (
    session_id UUID NOT NULL,
    participant_id UUID NOT NULL,
    staff_id UUID NOT NULL,
    line_id UUID NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    -- Days since 1970.
    day BIGINT NOT NULL,
    PRIMARY KEY (session_id, participant_id, day)
);
CREATE INDEX sync_seen_by_participant ON sync_seen (participant_id, line_id);
CREATE INDEX sync_seen_by_staff ON sync_seen (staff_id, seen_at);

-- What phones recorded without network and the service accepted, by the id that the phone gave it: sent again, it changes nothing, for as
-- long as its subject lives.
CREATE TABLE mutation (
    person_id UUID NOT NULL,
    id UUID NOT NULL,
    -- A keyed hash of all that it said.
    digest BYTEA NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    participant_id UUID,
    -- The subject's version afterwards, if it has versions.
    version BIGINT,
    -- By the phone's clock.
    recorded_at TIMESTAMPTZ NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (person_id, id)
);
CREATE INDEX mutation_by_subject ON mutation (subject_id);
CREATE INDEX mutation_by_participant ON mutation (participant_id) WHERE participant_id IS NOT NULL;
-- The versions at which an appointment's time, place and host changed last, as JSON, and the version that this is true of. At any other
-- version, such as of a node of a former version that writes none, all of them are as new as the row.
ALTER TABLE appointment ADD COLUMN group_versions TEXT;

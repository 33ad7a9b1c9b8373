-- What a phone asks for since it last synchronised. Whoever speaks to one staff member alone is found by them.
CREATE INDEX change_by_audience ON change (audience, position) WHERE audience IS NOT NULL;

-- Each start of the service begins an epoch of the database. What a phone was told in an epoch that is not there, or later in one than the
-- next of them began, was told by a database in whose place an older copy was put.
CREATE TABLE epoch (
    number INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL,
    began_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- How far the feed of each centre had come when an epoch began.
CREATE TABLE epoch_position (
    epoch INTEGER NOT NULL REFERENCES epoch (number),
    centre_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (epoch, centre_id)
) STRICT, WITHOUT ROWID;

-- Whom the phone of which session was told about on which day, and in which line of the audit log the last time of it is. Without foreign
-- keys: a session is forgotten earlier than what was told in it.
CREATE TABLE sync_seen (
    session_id BLOB NOT NULL,
    participant_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    line_id BLOB NOT NULL,
    seen_at INTEGER NOT NULL,
    -- Days since 1970.
    day INTEGER NOT NULL,
    PRIMARY KEY (session_id, participant_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX sync_seen_by_participant ON sync_seen (participant_id, line_id);
CREATE INDEX sync_seen_by_staff ON sync_seen (staff_id, seen_at);

-- What phones recorded without network and the service accepted, by the id that the phone gave it: sent again, it changes nothing, for as
-- long as its subject lives.
CREATE TABLE mutation (
    person_id BLOB NOT NULL,
    id BLOB NOT NULL,
    -- A keyed hash of all that it said.
    digest BLOB NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    participant_id BLOB,
    -- The subject's version afterwards, if it has versions.
    version INTEGER,
    -- By the phone's clock.
    recorded_at INTEGER NOT NULL,
    applied_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mutation_by_subject ON mutation (subject_id);
CREATE INDEX mutation_by_participant ON mutation (participant_id) WHERE participant_id IS NOT NULL;
-- The versions at which an appointment's time, place and host changed last, as JSON, and the version that this is true of. At any other
-- version, such as of a node of a former version that writes none, all of them are as new as the row.
ALTER TABLE appointment ADD COLUMN group_versions TEXT;

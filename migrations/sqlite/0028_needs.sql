-- What somebody needs. Of which area of life it is lies sealed: health and faith among them, and nothing in the open may tell one need from
-- another but how far it has come.
CREATE TABLE need (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    participant_id BLOB NOT NULL REFERENCES participant (id),
    area_sealed BLOB NOT NULL,
    what_sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    found_by BLOB NOT NULL REFERENCES staff (id),
    found_on TEXT NOT NULL,
    in_hand_by BLOB,
    in_hand_on TEXT,
    closed_by BLOB,
    closed_on TEXT,
    -- What helped, or why not.
    helped_sealed BLOB,
    noted_at INTEGER,
    recorded_at INTEGER NOT NULL,
    -- When its state became what it is, by the clock of the phone that recorded it if it was sent later.
    changed_at INTEGER NOT NULL,
    -- It was entered by mistake.
    withdrawn_at INTEGER,
    withdrawn_by BLOB,
    withdrawal_sealed BLOB,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX need_by_participant ON need (participant_id, id);
-- The timeline.
CREATE INDEX need_by_time ON need (participant_id, recorded_at, id);

-- How a need stood before each change, as it was sealed then.
CREATE TABLE need_history (
    need_id BLOB NOT NULL REFERENCES need (id),
    -- The version that stood so.
    version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by BLOB NOT NULL,
    -- What was done to it.
    command TEXT NOT NULL,
    reason_sealed BLOB,
    area_sealed BLOB NOT NULL,
    what_sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    found_on TEXT NOT NULL,
    in_hand_by BLOB,
    in_hand_on TEXT,
    closed_by BLOB,
    closed_on TEXT,
    helped_sealed BLOB,
    PRIMARY KEY (need_id, version)
) STRICT, WITHOUT ROWID;

-- What somebody is good at or can lean on.
CREATE TABLE strength (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    participant_id BLOB NOT NULL REFERENCES participant (id),
    area_sealed BLOB NOT NULL,
    what_sealed BLOB NOT NULL,
    author_id BLOB NOT NULL REFERENCES staff (id),
    noted_at INTEGER,
    recorded_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    withdrawn_by BLOB,
    withdrawal_sealed BLOB,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX strength_by_participant ON strength (participant_id, id);

-- In which areas somebody was asked and needed nothing: one sealed text a person.
CREATE TABLE need_answers (
    participant_id BLOB NOT NULL PRIMARY KEY REFERENCES participant (id),
    centre_id BLOB NOT NULL REFERENCES centre (id),
    answers_sealed BLOB,
    version INTEGER NOT NULL
) STRICT;

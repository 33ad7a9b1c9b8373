-- Whether somebody looks for work; each participant about whom something was said has one row, which counts the changes of the whole list.
CREATE TABLE readiness (
    participant_id BLOB NOT NULL PRIMARY KEY REFERENCES participant (id),
    centre_id BLOB NOT NULL REFERENCES centre (id),
    willingness TEXT,
    reason TEXT,
    change_sealed BLOB,
    willing_at INTEGER,
    willing_by BLOB,
    -- The version of the list that said it.
    willing_version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;

-- Where each paper or thing stands. One of them is sealed, and its open column says nothing.
CREATE TABLE readiness_item (
    participant_id BLOB NOT NULL REFERENCES participant (id),
    centre_id BLOB NOT NULL REFERENCES centre (id),
    item TEXT NOT NULL,
    state TEXT,
    state_sealed BLOB,
    since TEXT NOT NULL,
    moved_at INTEGER NOT NULL,
    -- When somebody is to act, until they were told.
    stuck_at INTEGER,
    recorded_by BLOB NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (participant_id, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX readiness_item_missing ON readiness_item (centre_id, item, participant_id) WHERE state IN ('missing', 'being_obtained');

-- What was done about each, and when.
CREATE TABLE readiness_step (
    participant_id BLOB NOT NULL REFERENCES participant (id),
    item TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT,
    state_sealed BLOB,
    happened_on TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB NOT NULL,
    PRIMARY KEY (participant_id, item, number)
) STRICT, WITHOUT ROWID;

-- What was said of whether somebody looks for work, each time: the latest stands in the list.
CREATE TABLE readiness_willingness (
    participant_id BLOB NOT NULL REFERENCES participant (id),
    -- The version of the list that said it.
    version INTEGER NOT NULL,
    willingness TEXT NOT NULL,
    reason TEXT,
    change_sealed BLOB,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB NOT NULL,
    PRIMARY KEY (participant_id, version)
) STRICT, WITHOUT ROWID;

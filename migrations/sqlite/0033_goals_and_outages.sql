-- What somebody wants to reach, in their own words: at most five are open at a time. Nothing in the open tells one from another but how far
-- it has come. Wherever somebody is named who did something, nobody is the participant themself.
CREATE TABLE goal (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB NOT NULL REFERENCES centre (id),
    participant_id BLOB NOT NULL REFERENCES participant (id),
    what_sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    -- A word of the list, of what is set aside.
    set_aside_because TEXT,
    -- The ids of its steps in the order in which they are to stand, as JSON.
    step_order TEXT,
    written_by BLOB REFERENCES staff (id),
    closed_at INTEGER,
    closed_by BLOB REFERENCES staff (id),
    noted_at INTEGER,
    recorded_at INTEGER NOT NULL,
    -- It was entered by mistake.
    withdrawn_at INTEGER,
    withdrawn_by BLOB REFERENCES staff (id),
    withdrawal_sealed BLOB,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX goal_by_participant ON goal (participant_id, id);
-- The timeline.
CREATE INDEX goal_by_time ON goal (participant_id, recorded_at, id);

-- How a goal stood before each change, as it was sealed then.
CREATE TABLE goal_history (
    goal_id BLOB NOT NULL REFERENCES goal (id),
    -- The version that stood so.
    version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by BLOB,
    -- What was done to it.
    command TEXT NOT NULL,
    reason_sealed BLOB,
    what_sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    set_aside_because TEXT,
    closed_at INTEGER,
    closed_by BLOB,
    PRIMARY KEY (goal_id, version)
) STRICT, WITHOUT ROWID;

-- The small steps towards a goal, at most seven.
CREATE TABLE goal_step (
    id BLOB NOT NULL PRIMARY KEY,
    goal_id BLOB NOT NULL REFERENCES goal (id),
    centre_id BLOB NOT NULL REFERENCES centre (id),
    participant_id BLOB NOT NULL REFERENCES participant (id),
    what_sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    marked_at INTEGER,
    marked_by BLOB REFERENCES staff (id),
    written_by BLOB REFERENCES staff (id),
    noted_at INTEGER,
    recorded_at INTEGER NOT NULL,
    -- It was entered by mistake.
    withdrawn_at INTEGER,
    withdrawn_by BLOB REFERENCES staff (id),
    withdrawal_sealed BLOB,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX goal_step_by_goal ON goal_step (goal_id, id);
CREATE INDEX goal_step_by_participant ON goal_step (participant_id, id);

-- How a step stood before each change, as it was sealed then.
CREATE TABLE goal_step_history (
    step_id BLOB NOT NULL REFERENCES goal_step (id),
    -- The version that stood so.
    version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by BLOB,
    -- What was done to it.
    command TEXT NOT NULL,
    reason_sealed BLOB,
    what_sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    marked_at INTEGER,
    marked_by BLOB,
    PRIMARY KEY (step_id, version)
) STRICT, WITHOUT ROWID;

-- One row a person: the ids of their goals in the order in which they are to stand, as JSON. Whoever sets or opens a goal holds it, so that no
-- two at once are the sixth.
CREATE TABLE goal_list (
    participant_id BLOB NOT NULL PRIMARY KEY REFERENCES participant (id),
    centre_id BLOB NOT NULL REFERENCES centre (id),
    goal_order TEXT,
    version INTEGER NOT NULL
) STRICT;

-- The service was out, at a centre or, without one, everywhere: what was to be answered within that time gets it back.
CREATE TABLE outage (
    id BLOB NOT NULL PRIMARY KEY,
    centre_id BLOB REFERENCES centre (id),
    cause TEXT NOT NULL,
    -- On the wall; the instants are derived. From the first until before the last.
    local_starts TEXT NOT NULL,
    local_ends TEXT NOT NULL,
    zone TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    declared_at INTEGER NOT NULL,
    -- Absent: at the command line of the machine.
    declared_by BLOB REFERENCES staff (id),
    -- It was declared by mistake. Who got time back by then keeps it.
    withdrawn_at INTEGER,
    withdrawn_by BLOB REFERENCES staff (id),
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX outage_by_end ON outage (ends_at, id);
CREATE INDEX outage_by_centre ON outage (centre_id, id);

-- Which outages a check-in got time back for: each once.
CREATE TABLE check_in_outage (
    check_in_id BLOB NOT NULL REFERENCES check_in (id),
    outage_id BLOB NOT NULL REFERENCES outage (id),
    -- What of it was counted, and when.
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    given_at INTEGER NOT NULL,
    PRIMARY KEY (check_in_id, outage_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX check_in_outage_by_outage ON check_in_outage (outage_id);

-- By how much outages moved the end of a window, in microseconds.
ALTER TABLE check_in ADD COLUMN outage_micros INTEGER NOT NULL DEFAULT 0;
-- Whose window an outage may have cut into.
CREATE INDEX check_in_by_closing ON check_in (centre_id, closes_at, id);

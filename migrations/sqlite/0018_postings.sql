-- A mentor or counsellor who works at another centre than their own as well, from one day to another. None is ever deleted: the history says
-- who could be assigned where.
CREATE TABLE posting (
    id BLOB NOT NULL PRIMARY KEY,
    staff_id BLOB NOT NULL REFERENCES staff (id),
    -- The other centre.
    centre_id BLOB NOT NULL REFERENCES centre (id),
    -- The first and the last day on the calendar of that centre: what was agreed on. The instants are derived from them.
    from_day TEXT NOT NULL,
    until_day TEXT,
    starts_at INTEGER NOT NULL,
    -- When the last day is over.
    ends_at INTEGER,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    -- When it ended, whether somebody ended it or its time had run out.
    ended_at INTEGER,
    -- Nobody if its time had run out.
    ended_by BLOB,
    version INTEGER NOT NULL
) STRICT;
-- With the centre, so that a list of one person's at one centre reads no row of another.
CREATE INDEX posting_by_staff ON posting (staff_id, id, centre_id);
CREATE INDEX posting_by_centre ON posting (centre_id, id);
-- Every request of staff asks whether they are posted anywhere.
CREATE INDEX posting_that_lasts ON posting (staff_id, starts_at) WHERE ended_at IS NULL;

-- The week of a centre in figures, made on its first open morning: one for each centre and week, on any number of nodes. None is ever changed.
CREATE TABLE digest (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    -- The Monday of the week in which it was made, on the calendar of the centre.
    week TEXT NOT NULL,
    zone TEXT NOT NULL,
    local_made TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    -- What came and went is counted from then on, and until then: the week before.
    counted_from TIMESTAMPTZ NOT NULL,
    counted_until TIMESTAMPTZ NOT NULL,
    -- Numbers, causes and ids of staff, as JSON.
    figures TEXT NOT NULL,
    CONSTRAINT digest_centre_id_week_key UNIQUE (centre_id, week)
);

-- Who came, and whose file was closed, is found by when.
CREATE INDEX participant_by_registration ON participant (centre_id, created_at);
CREATE INDEX status_change_of_all_by_time ON status_change (at, participant_id);

-- Each centre has its row on the agenda. One that a node of the former version registers gets it when its calendar or zone is changed here.
INSERT INTO agenda (subject_kind, subject_id, centre_id, ready_at, claims)
SELECT 'digest', id, id, TIMESTAMPTZ '1970-01-01 00:00:00+00', 0 FROM centre;

-- What is a whole centre's and about nobody, such as its partners, is found in the feed by whoever works there and has some of its people alone.
CREATE INDEX change_of_centre ON change (centre_id, subject_kind, position) WHERE participant_id IS NULL AND audience IS NULL;

-- Whether anybody accompanies somebody is asked of all of a centre at once. With the state in the index SQLite takes this one, which holds only
-- what lasts, and not that of all assignments there ever were; and with whom, it need not look at the rows.
DROP INDEX assignment_that_lasts;
CREATE INDEX assignment_that_lasts ON assignment (participant_id, ended_at, staff_id) WHERE ended_at IS NULL;

-- Somebody asks that somebody else accompanies a participant from now on: a colleague, or another centre. Until they accept, nothing about the
-- participant is theirs to see but what is asked.
CREATE TABLE hand_over (
    id BLOB NOT NULL PRIMARY KEY,
    -- To a colleague (`companion`), or to another centre (`centre`).
    kind TEXT NOT NULL,
    participant_id BLOB NOT NULL REFERENCES participant (id),
    state TEXT NOT NULL,
    asked_by BLOB NOT NULL REFERENCES staff (id),
    -- Whose participant they were when it was asked. It stays when they move.
    from_centre_id BLOB NOT NULL REFERENCES centre (id),
    -- In whose place, and by which assignment; of a colleague alone.
    from_staff_id BLOB REFERENCES staff (id),
    from_assignment_id BLOB REFERENCES assignment (id),
    -- Who is asked: a staff member, or the managers of a centre.
    to_staff_id BLOB REFERENCES staff (id),
    to_centre_id BLOB REFERENCES centre (id),
    -- What follows from a colleague's yes.
    takes_lead INTEGER NOT NULL,
    ends_former INTEGER NOT NULL,
    note_sealed BLOB,
    asked_at INTEGER NOT NULL,
    -- When it was answered, withdrawn or ended; by nobody if that followed from something else.
    decided_at INTEGER,
    decided_by BLOB REFERENCES staff (id),
    refusal TEXT,
    ended_because TEXT,
    version INTEGER NOT NULL
) STRICT;
-- One at a time for each who is handed over, and one other centre at a time.
CREATE UNIQUE INDEX hand_over_from_assignment_id_key ON hand_over (from_assignment_id) WHERE state = 'asked';
CREATE UNIQUE INDEX hand_over_participant_id_key ON hand_over (participant_id) WHERE state = 'asked' AND kind = 'centre';
CREATE INDEX hand_over_open ON hand_over (participant_id) WHERE state = 'asked';
CREATE INDEX hand_over_open_from ON hand_over (from_staff_id) WHERE state = 'asked';
CREATE INDEX hand_over_open_to ON hand_over (to_staff_id) WHERE state = 'asked';
CREATE INDEX hand_over_by_asking ON hand_over (participant_id, asked_at, id);
CREATE INDEX hand_over_by_decision ON hand_over (participant_id, decided_at, id) WHERE decided_at IS NOT NULL;

-- Who sees which: the centres between which it is asked, by their managers, and the two colleagues. The state is that of the hand-over.
CREATE TABLE hand_over_side (
    -- A centre or a staff member.
    side_id BLOB NOT NULL,
    hand_over_id BLOB NOT NULL REFERENCES hand_over (id),
    state TEXT NOT NULL,
    PRIMARY KEY (side_id, hand_over_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX hand_over_side_by_state ON hand_over_side (side_id, state, hand_over_id);

-- Who is told what of one without having the participant: whoever is asked, and whoever asked, when it was answered. What they are sent asks
-- it again before it is sent or shown.
CREATE VIEW hand_over_told (hand_over_id, purpose, staff_id) AS
    SELECT h.id, 'hand_over_asked', s.id
    FROM hand_over AS h JOIN staff AS s ON s.id = h.to_staff_id
    WHERE h.state = 'asked' AND s.active
    UNION ALL
    SELECT h.id, 'hand_over_asked', s.id
    FROM hand_over AS h JOIN staff AS s ON s.centre_id = h.to_centre_id
    WHERE h.state = 'asked' AND s.active AND s.role = 'manager'
    UNION ALL
    SELECT h.id, 'hand_over_answered', s.id
    FROM hand_over AS h JOIN staff AS s ON s.id = h.asked_by
    WHERE h.state IN ('accepted', 'refused') AND s.active;

-- How a meeting ended, on whose side it lay if there was none, and what was tried. The words that the first release knows stay in
-- appointment.state and appointment_outcome.outcome and are written beside these (docs/decisions/outcomes.md).
ALTER TABLE appointment ADD COLUMN outcome TEXT;
ALTER TABLE appointment ADD COLUMN outcome_side TEXT;
ALTER TABLE appointment ADD COLUMN outcome_cause TEXT;
ALTER TABLE appointment ADD COLUMN outcome_late BOOLEAN;
-- A JSON list of words.
ALTER TABLE appointment ADD COLUMN outcome_tried TEXT;
-- The version of the appointment that these were written with. A node of the first release that corrects the outcome counts the version
-- and leaves them as they were: then they say nothing any more.
ALTER TABLE appointment ADD COLUMN outcome_version BIGINT;

-- What the list of a centre is asked for: few of all.
CREATE INDEX appointment_not_come_to ON appointment (centre_id, starts_at, id, state) WHERE state IN ('no_show', 'excused');
CREATE INDEX appointment_not_held ON appointment (centre_id, starts_at, id, state)
    WHERE state = 'excused' AND outcome = 'did_not_take_place';

-- The same in what was recorded before; absent where the first release wrote it.
ALTER TABLE appointment_outcome ADD COLUMN ended TEXT;
ALTER TABLE appointment_outcome ADD COLUMN side TEXT;
ALTER TABLE appointment_outcome ADD COLUMN cause TEXT;
ALTER TABLE appointment_outcome ADD COLUMN late BOOLEAN;
ALTER TABLE appointment_outcome ADD COLUMN tried TEXT;

-- How participants say that a session was. Which session and whose is nowhere in the clear: the id is a keyed hash of the appointment's,
-- and the rest is sealed under a key of the service.
CREATE TABLE impression (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    -- The month of the session on the wall, as 2026-11.
    month TEXT NOT NULL,
    said_sealed BYTEA NOT NULL
);
CREATE INDEX impression_by_month ON impression (centre_id, month);

-- What is agreed on or offered already is looked at once, and from then on when that is due: whether somebody has answered, and how it went.
INSERT INTO agenda (subject_kind, subject_id, centre_id, ready_at, claims)
SELECT 'appointment_follow_up', id, centre_id, created_at, 0 FROM appointment
WHERE state IN ('proposed', 'scheduled', 'confirmed', 'change_requested');

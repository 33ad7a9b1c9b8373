-- The files of a centre by where they stand.
CREATE INDEX participant_by_centre_and_status ON participant (centre_id, status, active, id);

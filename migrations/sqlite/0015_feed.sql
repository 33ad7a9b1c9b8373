-- The change feed holds the latest change of each thing: a newer one takes the place of the older. `audience` names the one staff member to
-- whom it speaks, such as somebody who no longer has the person: nobody else is told.
ALTER TABLE change ADD COLUMN audience BLOB;
CREATE INDEX change_by_subject ON change (subject_id, subject_kind, centre_id, position);
CREATE INDEX change_by_participant ON change (participant_id, position) WHERE participant_id IS NOT NULL;
DELETE FROM change WHERE EXISTS (
    SELECT 1 FROM change AS later
    WHERE later.subject_id = change.subject_id AND later.subject_kind = change.subject_kind
      AND later.centre_id = change.centre_id AND later.position > change.position
);

-- What is no more is told for 400 days; how far the feed had come on each of them says which that is. Whoever comes with an older position
-- than was forgotten must start again.
CREATE INDEX change_of_what_is_no_more ON change (centre_id, position) WHERE operation <> 'upsert';
CREATE TABLE change_day (
    centre_id BLOB NOT NULL,
    -- Days since 1970.
    day INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (centre_id, day)
) STRICT, WITHOUT ROWID;
ALTER TABLE change_counter ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;

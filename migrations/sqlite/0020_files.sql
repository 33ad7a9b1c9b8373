-- A participant's file, whole. A node of the former version beside this one writes none of these columns: each can be empty or has a
-- default that means what that version meant.

-- The name in each script; `name_sealed` stays how they want to be called.
ALTER TABLE participant ADD COLUMN name_arabic_sealed BLOB;
ALTER TABLE participant ADD COLUMN name_latin_sealed BLOB;
-- The centre's own number of the file, and a keyed hash of it; the same of the number that another centre gave it.
ALTER TABLE participant ADD COLUMN file_number_sealed BLOB;
ALTER TABLE participant ADD COLUMN file_number_lookup BLOB;
ALTER TABLE participant ADD COLUMN former_file_number_sealed BLOB;
ALTER TABLE participant ADD COLUMN former_file_number_lookup BLOB;
ALTER TABLE participant ADD COLUMN birth_year INTEGER;
ALTER TABLE participant ADD COLUMN sex TEXT;
-- Whether they wish to be received by a woman or a man.
ALTER TABLE participant ADD COLUMN host_wish TEXT;
ALTER TABLE participant ADD COLUMN province TEXT;
-- Words with blanks between them.
ALTER TABLE participant ADD COLUMN reads TEXT;
ALTER TABLE participant ADD COLUMN speaks TEXT;
ALTER TABLE participant ADD COLUMN interpreter_wanted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE participant ADD COLUMN need_hearing_sealed BLOB;
ALTER TABLE participant ADD COLUMN need_seeing_sealed BLOB;
ALTER TABLE participant ADD COLUMN need_moving_sealed BLOB;
-- Until when somebody is under age, and who stands for them.
ALTER TABLE participant ADD COLUMN minor_until TEXT;
ALTER TABLE participant ADD COLUMN guardian_name_sealed BLOB;
ALTER TABLE participant ADD COLUMN guardian_phone_sealed BLOB;
-- Of what discloses a conviction only the quarter is plain, for figures.
ALTER TABLE participant ADD COLUMN release_date_sealed BLOB;
ALTER TABLE participant ADD COLUMN release_kind_sealed BLOB;
ALTER TABLE participant ADD COLUMN release_quarter TEXT;
ALTER TABLE participant ADD COLUMN axes_sealed BLOB;
-- Where the file stands. `active` stays whether somebody is accompanied and may sign in, and is the truth of that.
ALTER TABLE participant ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
UPDATE participant SET status = 'withdrawn' WHERE NOT active;

-- By the number first: whoever looks for one need not know the centre.
-- Many files have none.
CREATE UNIQUE INDEX participant_file_number_lookup_centre_id_key ON participant (file_number_lookup, centre_id)
    WHERE file_number_lookup IS NOT NULL;
CREATE INDEX participant_by_former_file_number ON participant (former_file_number_lookup) WHERE former_file_number_lookup IS NOT NULL;

-- Each time that a file came to stand otherwise. None is ever changed, so that who was accompanied when stays right.
CREATE TABLE status_change (
    participant_id BLOB NOT NULL REFERENCES participant (id),
    -- That of the file, which it made.
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    -- Why it was closed or opened again, and by whose side.
    reason TEXT,
    side TEXT,
    -- In vain, before somebody was given up.
    attempts INTEGER,
    -- Why it rests: one of these reasons discloses what only managers may know.
    pause_reason_sealed BLOB,
    note_sealed BLOB,
    author_id BLOB NOT NULL REFERENCES staff (id),
    author_role TEXT NOT NULL,
    PRIMARY KEY (participant_id, version)
) STRICT, WITHOUT ROWID;

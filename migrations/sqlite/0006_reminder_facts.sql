-- The facts a reminder's text is made from, apart from the reminder. A claim and a settlement write the reminder's row anew, and the
-- facts, which they do not change, were most of what they wrote.
CREATE TABLE reminder_facts (
    reminder_id BLOB NOT NULL PRIMARY KEY REFERENCES reminder (id),
    -- As JSON; nothing personal.
    facts TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO reminder_facts (reminder_id, facts) SELECT id, facts FROM reminder;
ALTER TABLE reminder DROP COLUMN facts;

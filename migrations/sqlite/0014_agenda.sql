-- What is to be looked at again, and when: plans to be made anew, states that change as time passes. A row is one thing; its `ready_at` is
-- moved by whoever takes it, which is the lease and the fence at once, as with reminders. Without foreign keys: their locks would let those
-- who change a centre and an appointment at once wait for each other.
CREATE TABLE agenda (
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    centre_id BLOB NOT NULL,
    -- Absent: set aside, since it failed again and again.
    ready_at INTEGER,
    -- Of what is unfolded in pages: how far that has come.
    progress TEXT,
    -- How often it was taken since it was noted.
    claims INTEGER NOT NULL,
    -- Why it was set aside.
    fault TEXT,
    CONSTRAINT agenda_pkey PRIMARY KEY (subject_id, subject_kind)
) STRICT, WITHOUT ROWID;
-- Of what is ready at one moment, a page's appointments come before the centre that goes on behind them: so the words have this order.
CREATE INDEX agenda_ready ON agenda (ready_at, subject_kind) WHERE ready_at IS NOT NULL;

-- A node of the former version notes appointments in `replanning`, so that table stays for one version more.
INSERT INTO agenda (subject_kind, subject_id, centre_id, ready_at, claims)
SELECT 'appointment', appointment_id, centre_id, 0, 0 FROM replanning;
DELETE FROM replanning;

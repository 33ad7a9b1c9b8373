-- A visit that was entered by mistake.
ALTER TABLE visit ADD COLUMN withdrawn_at INTEGER;
ALTER TABLE visit ADD COLUMN withdrawn_by BLOB;
ALTER TABLE visit ADD COLUMN withdrawal_sealed BLOB;

-- When the answers of a check-in were corrected last.
ALTER TABLE check_in ADD COLUMN corrected_at INTEGER;

-- What was answered before it was corrected, as it was sealed then, and why.
CREATE TABLE check_in_correction (
    check_in_id BLOB NOT NULL REFERENCES check_in (id),
    -- The version that said it.
    version INTEGER NOT NULL,
    corrected_at INTEGER NOT NULL,
    -- Absent: the participant themself.
    corrected_by BLOB REFERENCES staff (id),
    why_sealed BLOB NOT NULL,
    answers_sealed BLOB NOT NULL,
    answered_at INTEGER,
    answered_by BLOB REFERENCES staff (id),
    PRIMARY KEY (check_in_id, version)
) STRICT, WITHOUT ROWID;

-- How the participant's consent stood to which an attempt through their family, or an employer as evidence, rests: by the ledger, as of when it
-- was recorded.
ALTER TABLE contact_attempt ADD COLUMN relative_id BLOB;
ALTER TABLE contact_attempt ADD COLUMN consent TEXT;
ALTER TABLE milestone ADD COLUMN evidence_consent TEXT;

-- When a consent ended because of which the employer may know nothing from this version on.
ALTER TABLE placement_agreement ADD COLUMN consent_ended_at INTEGER;

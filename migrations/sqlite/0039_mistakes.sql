-- The version of a placement that said last whether a milestone was held, by which a phone knows whether it saw what was said.
ALTER TABLE milestone ADD COLUMN said_version INTEGER;

-- What was recorded of a milestone before it was put right, or withdrawn; nothing where the placement itself was corrected.
ALTER TABLE placement_correction ADD COLUMN milestone TEXT;
ALTER TABLE placement_correction ADD COLUMN evidence TEXT;
ALTER TABLE placement_correction ADD COLUMN evidence_consent TEXT;
ALTER TABLE placement_correction ADD COLUMN confidence TEXT;
ALTER TABLE placement_correction ADD COLUMN held_on TEXT;
ALTER TABLE placement_correction ADD COLUMN verified_at INTEGER;
ALTER TABLE placement_correction ADD COLUMN verified_by BLOB;

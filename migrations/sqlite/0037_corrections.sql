-- A visit that was entered by mistake.
ALTER TABLE visit ADD COLUMN withdrawn_at INTEGER;
ALTER TABLE visit ADD COLUMN withdrawn_by BLOB;
ALTER TABLE visit ADD COLUMN withdrawal_sealed BLOB;

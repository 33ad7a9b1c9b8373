-- A visit that was entered by mistake.
ALTER TABLE visit ADD COLUMN withdrawn_at TIMESTAMPTZ;
ALTER TABLE visit ADD COLUMN withdrawn_by UUID;
ALTER TABLE visit ADD COLUMN withdrawal_sealed BYTEA;

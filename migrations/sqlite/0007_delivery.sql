-- What a reminder that went out does not say any more is recalled: from then on no device that still waits for it is sent it.
ALTER TABLE reminder ADD COLUMN recalled_at INTEGER;
-- How often it was taken up to be sent. The second time it may lie on the phone already, and must not ring once more.
ALTER TABLE reminder ADD COLUMN claims INTEGER NOT NULL DEFAULT 0;
-- Whether an attempt ended without an answer, so that the message may have arrived.
ALTER TABLE delivery ADD COLUMN may_have_arrived INTEGER NOT NULL DEFAULT 0;
-- How often in a row its push service refused a message to it. A message that is taken begins the count anew.
ALTER TABLE device ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;
CREATE INDEX device_refused ON device (refusals) WHERE gone_at IS NULL AND refusals > 0;
-- When it was last put at another time or place, whether or not anybody was told: a button of an older notification would answer
-- for something that its reader has not read about.
ALTER TABLE appointment ADD COLUMN moved_at INTEGER;

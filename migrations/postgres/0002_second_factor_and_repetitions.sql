-- The phones and browsers that are a staff member's second factor: a row is trust, and deleting it ends the trust.
CREATE TABLE enrolled_device (
    staff_id UUID NOT NULL REFERENCES staff (id),
    -- The RFC 7638 thumbprint of the key that the device proves.
    device_key TEXT NOT NULL,
    enrolled_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (staff_id, device_key)
);

-- Until now a device was known by its sessions. Those stay that were not cut off since, one by one or all together.
INSERT INTO enrolled_device (staff_id, device_key, enrolled_at)
SELECT session.staff_id, session.device_key, min(session.created_at) FROM session
WHERE session.staff_id IS NOT NULL AND session.device_key IS NOT NULL
  AND (session.ended_reason IS NULL OR session.ended_reason IN ('signed_out', 'expired', 'factor_changed'))
  AND NOT EXISTS (
      SELECT 1 FROM session AS cut
      WHERE cut.staff_id = session.staff_id AND cut.ended_at >= session.created_at
        AND (cut.ended_reason IN ('ended_by_staff', 'factors_reset', 'account_closed')
             OR (cut.ended_reason IN ('ended_by_owner', 'reuse') AND cut.device_key = session.device_key)))
GROUP BY session.staff_id, session.device_key;

-- What a caller chooses as Idempotency-Key is theirs to know: here lies a keyed hash of it. Rows live for a day, and a
-- repetition across this step is carried out anew at worst, so those that there are go.
DROP TABLE idempotency;
CREATE TABLE idempotency (
    actor_id UUID NOT NULL,
    key_hash BYTEA NOT NULL,
    request_digest BYTEA NOT NULL,
    -- Whom the answer is about: a caller who may no longer see them does not get it again.
    participant_id UUID,
    status BIGINT NOT NULL,
    headers TEXT NOT NULL,
    body_sealed BYTEA,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (actor_id, key_hash)
);
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

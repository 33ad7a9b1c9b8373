-- Emergency access, the one definition of who is in whose caseload, and devices by when they were last heard of.

-- A manager may, for a reason and a short time, read what counsellors wrote for themselves alone about one participant.
CREATE TABLE emergency_access (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    -- The manager who opened it, and who alone reads by it.
    staff_id UUID NOT NULL REFERENCES staff (id),
    -- Sealed under the participant's key: it goes when the participant's data go.
    reason_sealed BYTEA NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    -- It ends by itself then.
    ends_at TIMESTAMPTZ NOT NULL,
    -- When somebody ended it before that, or it was noticed that it had run out.
    ended_at TIMESTAMPTZ,
    ended_by UUID,
    version BIGINT NOT NULL
);
-- One at a time; it is what a reading looks for.
CREATE UNIQUE INDEX emergency_access_staff_id_participant_id_key ON emergency_access (staff_id, participant_id) WHERE ended_at IS NULL;
CREATE INDEX emergency_access_by_centre ON emergency_access (centre_id, id);
CREATE INDEX emergency_access_by_staff ON emergency_access (staff_id, started_at);

-- Which staff member may see which participant now. What staff are sent about a participant asks it again before it is sent or
-- shown; the scope in the service's own statements says the same.
CREATE VIEW caseload (staff_id, participant_id) AS
    SELECT assignment.staff_id, assignment.participant_id
    FROM assignment JOIN staff ON staff.id = assignment.staff_id
    WHERE assignment.ended_at IS NULL AND staff.active AND staff.role IN ('mentor', 'counsellor')
    UNION ALL
    SELECT staff.id, participant.id
    FROM staff JOIN participant ON participant.centre_id = staff.centre_id
    WHERE staff.active AND staff.role = 'manager';

-- Devices that have been silent for long are found by when they were last heard of.
CREATE INDEX device_by_state ON device (state, refreshed_at) WHERE gone_at IS NULL;

-- Nothing reads more than it has to: every list has an index that holds what it is filtered by.

-- No appointment lasts longer than eight hours. The other database's rule against double booking leans on it, as does whatever
-- asks for overlaps: what overlaps an appointment has begun within eight hours before it. What there is already is not looked
-- at again: the service never made a longer one.
-- kept already by v0.1.0
ALTER TABLE appointment ADD CONSTRAINT appointment_lasts_eight_hours_at_most
    CHECK (ends_at - starts_at <= INTERVAL '8 hours') NOT VALID;

-- The lists of appointments: of a participant, of a host and of a centre, also of those in a certain state. What the first two are
-- narrowed down by stands in the index, too.
DROP INDEX appointment_by_participant;
CREATE INDEX appointment_by_participant ON appointment (participant_id, starts_at, id, state, host_id);
DROP INDEX appointment_by_host;
CREATE INDEX appointment_by_host ON appointment (host_id, starts_at, id, state);
CREATE INDEX appointment_by_centre_and_state ON appointment (centre_id, state, starts_at, id);
-- Nothing asks for the appointments of all centres by their start any more.
DROP INDEX appointment_by_start;

CREATE INDEX participant_by_centre_and_activity ON participant (centre_id, active, id);

DROP INDEX staff_by_centre;
CREATE INDEX staff_by_centre ON staff (centre_id, id, role, active);
CREATE INDEX staff_by_role ON staff (role, id, active);
CREATE INDEX staff_by_activity ON staff (active, id);

DROP INDEX assignment_by_participant;
CREATE INDEX assignment_by_participant ON assignment (participant_id, id);

DROP INDEX session_by_staff;
CREATE INDEX session_by_staff ON session (staff_id, id) WHERE ended_at IS NULL;
DROP INDEX session_by_participant;
CREATE INDEX session_by_participant ON session (participant_id, id) WHERE ended_at IS NULL;

DROP INDEX reminder_by_recipient;
CREATE INDEX reminder_by_recipient ON reminder (recipient_id, due_at, id);

CREATE INDEX emergency_access_by_participant ON emergency_access (participant_id, id);

-- Whether the line says that somebody opened a participant's file: what the hourly quota counts. Lines from before count no more,
-- which is over within the hour.
ALTER TABLE audit ADD COLUMN opens_file BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX audit_of_opened_files ON audit (actor_id, at, participant_id) WHERE opens_file;
DROP INDEX audit_by_participant;
CREATE INDEX audit_by_participant ON audit (participant_id, id, actor_id, centre_id) WHERE participant_id IS NOT NULL;
DROP INDEX audit_by_actor;
CREATE INDEX audit_by_actor ON audit (actor_id, id, centre_id);

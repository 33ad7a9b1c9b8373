-- Nothing reads more than it has to: the rule against double booking does not read a host's whole past, and every list has an
-- index that holds what it is filtered by.

-- No appointment lasts longer than eight hours. The rules below lean on it: whatever overlaps an appointment has begun within
-- eight hours before it, so that only those hours of the host's and the participant's calendar are read.
CREATE TRIGGER appointment_lasts_eight_hours_at_most_on_insert BEFORE INSERT ON appointment
WHEN NEW.ends_at - NEW.starts_at > 28800000000
BEGIN
    SELECT RAISE(ABORT, 'appointment_lasts_eight_hours_at_most');
END;
CREATE TRIGGER appointment_lasts_eight_hours_at_most_on_update BEFORE UPDATE OF starts_at, ends_at ON appointment
WHEN NEW.ends_at - NEW.starts_at > 28800000000
BEGIN
    SELECT RAISE(ABORT, 'appointment_lasts_eight_hours_at_most');
END;

DROP TRIGGER appointment_host_is_free_on_insert;
CREATE TRIGGER appointment_host_is_free_on_insert BEFORE INSERT ON appointment
WHEN NEW.holds_time AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.host_id = NEW.host_id AND other.holds_time
      AND other.starts_at > NEW.starts_at - 28800000000 AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN
    SELECT RAISE(ABORT, 'appointment_host_is_free');
END;
DROP TRIGGER appointment_host_is_free_on_update;
CREATE TRIGGER appointment_host_is_free_on_update BEFORE UPDATE OF host_id, starts_at, ends_at, holds_time ON appointment
WHEN NEW.holds_time AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.host_id = NEW.host_id AND other.id <> NEW.id AND other.holds_time
      AND other.starts_at > NEW.starts_at - 28800000000 AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN
    SELECT RAISE(ABORT, 'appointment_host_is_free');
END;
DROP TRIGGER appointment_participant_is_free_on_insert;
CREATE TRIGGER appointment_participant_is_free_on_insert BEFORE INSERT ON appointment
WHEN NEW.holds_time AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.participant_id = NEW.participant_id AND other.holds_time
      AND other.starts_at > NEW.starts_at - 28800000000 AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN
    SELECT RAISE(ABORT, 'appointment_participant_is_free');
END;
DROP TRIGGER appointment_participant_is_free_on_update;
CREATE TRIGGER appointment_participant_is_free_on_update BEFORE UPDATE OF participant_id, starts_at, ends_at, holds_time ON appointment
WHEN NEW.holds_time AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.participant_id = NEW.participant_id AND other.id <> NEW.id AND other.holds_time
      AND other.starts_at > NEW.starts_at - 28800000000 AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
)
BEGIN
    SELECT RAISE(ABORT, 'appointment_participant_is_free');
END;

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
ALTER TABLE audit ADD COLUMN opens_file INTEGER NOT NULL DEFAULT 0;
CREATE INDEX audit_of_opened_files ON audit (actor_id, at, participant_id) WHERE opens_file;
DROP INDEX audit_by_participant;
CREATE INDEX audit_by_participant ON audit (participant_id, id, actor_id, centre_id) WHERE participant_id IS NOT NULL;
DROP INDEX audit_by_actor;
CREATE INDEX audit_by_actor ON audit (actor_id, id, centre_id);

-- Who leads: of those who accompany somebody, whom a manager named last, and else whoever has accompanied them longest. It follows from the
-- assignments, so that there is exactly one for as long as there is anybody, whoever begins or ends meanwhile.
ALTER TABLE assignment ADD COLUMN lead_since TIMESTAMPTZ;
CREATE INDEX assignment_that_lasts ON assignment (participant_id) WHERE ended_at IS NULL;
CREATE VIEW participant_lead (participant_id, assignment_id, staff_id) AS
    SELECT a.participant_id, a.id, a.staff_id
    FROM assignment AS a
    WHERE a.ended_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM assignment AS other
        WHERE other.participant_id = a.participant_id AND other.ended_at IS NULL AND other.id <> a.id
          AND (COALESCE(other.lead_since, '-infinity') > COALESCE(a.lead_since, '-infinity')
               OR (COALESCE(other.lead_since, '-infinity') = COALESCE(a.lead_since, '-infinity')
                   AND (other.started_at, other.id) < (a.started_at, a.id))));

-- What somebody of the staff must act on, one for each cause however often it comes again. Whose it is follows from the assignments, unless
-- somebody took it.
CREATE TABLE work_item (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    cause TEXT NOT NULL,
    -- What raised it: a check-in, an appointment, a placement.
    subject_id UUID NOT NULL,
    -- For whom it is, where that is not the lead: whoever wrote what is asked about.
    meant_for UUID REFERENCES staff (id),
    state TEXT NOT NULL,
    -- Until when it should be seen to, on the wall of the centre, and derived.
    zone TEXT NOT NULL,
    local_due TEXT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    -- Until when it is out of sight, on the same wall, and derived.
    local_snoozed TEXT,
    snoozed_until TIMESTAMPTZ,
    taken_by UUID REFERENCES staff (id),
    -- To whom it is being handed over, and by whom.
    asked_id UUID REFERENCES staff (id),
    asked_by UUID REFERENCES staff (id),
    asked_at TIMESTAMPTZ,
    opened_at TIMESTAMPTZ NOT NULL,
    -- When its cause came last, and how often it has.
    raised_at TIMESTAMPTZ NOT NULL,
    times BIGINT NOT NULL,
    -- The version by which it last came: whoever saw an earlier one has not seen to it.
    raised_version BIGINT NOT NULL,
    -- When somebody first did something about it.
    responded_at TIMESTAMPTZ,
    -- When it was overdue and rose to the managers: once.
    rose_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    -- Nobody if its cause went away.
    closed_by UUID,
    reason TEXT,
    -- When its cause went away after somebody had closed it: then closing it is not undone any more.
    cause_gone_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX work_item_subject_id_cause_key ON work_item (subject_id, cause) WHERE closed_at IS NULL;
-- Few of all are open.
CREATE INDEX work_item_open ON work_item (participant_id) WHERE closed_at IS NULL;
CREATE INDEX work_item_open_of_centre ON work_item (centre_id, id) WHERE closed_at IS NULL;
-- What somebody took, was meant for them, or is asked of them.
CREATE INDEX work_item_open_taken ON work_item (taken_by) WHERE closed_at IS NULL AND taken_by IS NOT NULL;
CREATE INDEX work_item_open_meant ON work_item (meant_for) WHERE closed_at IS NULL AND meant_for IS NOT NULL;
CREATE INDEX work_item_open_asked ON work_item (asked_id) WHERE closed_at IS NULL AND asked_id IS NOT NULL;
CREATE INDEX work_item_by_subject ON work_item (subject_id, cause, closed_at);

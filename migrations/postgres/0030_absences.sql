-- When a staff member is away, and who stands in for them. None is ever deleted.
CREATE TABLE absence (
    id UUID NOT NULL PRIMARY KEY,
    staff_id UUID NOT NULL REFERENCES staff (id),
    -- Their centre.
    centre_id UUID NOT NULL REFERENCES centre (id),
    -- Who has their people meanwhile; nobody if the managers do.
    stand_in_id UUID REFERENCES staff (id),
    -- The first and the last day on the calendar of their centre: what was said. The instants are derived from them.
    from_day TEXT NOT NULL,
    until_day TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    -- When the last day is over.
    ends_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- When the stand-in took over.
    began_at TIMESTAMPTZ,
    -- When it ended, whether somebody ended it or its time had run out.
    ended_at TIMESTAMPTZ,
    ended_by UUID,
    version BIGINT NOT NULL
);
CREATE INDEX absence_by_staff ON absence (staff_id, id, stand_in_id);
CREATE INDEX absence_by_stand_in ON absence (stand_in_id, id);
CREATE INDEX absence_by_centre ON absence (centre_id, id);
CREATE INDEX absence_of_stand_in_that_runs ON absence (stand_in_id) WHERE began_at IS NOT NULL AND ended_at IS NULL;
-- Whoever asks whose something is asks whether they are away.
CREATE UNIQUE INDEX absence_staff_id_key ON absence (staff_id) WHERE began_at IS NOT NULL AND ended_at IS NULL;

-- The absence for which somebody accompanies a participant; it ends with that.
ALTER TABLE assignment ADD COLUMN absence_id UUID REFERENCES absence (id);
CREATE INDEX assignment_by_absence ON assignment (absence_id) WHERE absence_id IS NOT NULL AND ended_at IS NULL;

-- Whom to turn to about a participant: whoever leads, or, while they are away, their stand-in, if that one is there. Nobody else than the managers
-- where this says nobody.
CREATE VIEW in_charge (participant_id, staff_id) AS
    SELECT lead.participant_id,
           CASE WHEN away.id IS NULL THEN lead.staff_id
                WHEN EXISTS (SELECT 1 FROM assignment AS a WHERE a.staff_id = away.stand_in_id AND a.participant_id = lead.participant_id
                                                             AND a.ended_at IS NULL)
                     AND NOT EXISTS (SELECT 1 FROM absence AS too WHERE too.staff_id = away.stand_in_id
                                                                    AND too.began_at IS NOT NULL AND too.ended_at IS NULL)
                THEN away.stand_in_id END
    FROM participant_lead AS lead
    LEFT JOIN absence AS away ON away.staff_id = lead.staff_id AND away.began_at IS NOT NULL AND away.ended_at IS NULL;

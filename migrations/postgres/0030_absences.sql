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
CREATE INDEX absence_by_staff ON absence (staff_id, id);
CREATE INDEX absence_by_stand_in ON absence (stand_in_id, id);
CREATE INDEX absence_by_centre ON absence (centre_id, id);
-- Whoever asks whose something is asks whether they are away.
CREATE UNIQUE INDEX absence_staff_id_key ON absence (staff_id) WHERE began_at IS NOT NULL AND ended_at IS NULL;

-- The absence for which somebody accompanies a participant; it ends with that.
ALTER TABLE assignment ADD COLUMN absence_id UUID REFERENCES absence (id);
CREATE INDEX assignment_by_absence ON assignment (absence_id) WHERE absence_id IS NOT NULL AND ended_at IS NULL;

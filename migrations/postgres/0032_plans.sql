-- What plans are made from: a centre's, or for all centres. What it says differently from now on is another version; none is ever changed or
-- deleted, since plans follow it.
CREATE TABLE plan_template (
    id UUID NOT NULL PRIMARY KEY,
    -- Absent: for all centres.
    centre_id UUID REFERENCES centre (id),
    -- The version with which plans are started now.
    number BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL REFERENCES staff (id),
    retired_at TIMESTAMPTZ,
    retired_by UUID REFERENCES staff (id),
    version BIGINT NOT NULL
);

CREATE TABLE plan_template_version (
    template_id UUID NOT NULL REFERENCES plan_template (id),
    number BIGINT NOT NULL,
    -- Its name in four languages, phases, series, papers and pathways, as JSON.
    content TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL REFERENCES staff (id),
    PRIMARY KEY (template_id, number)
);

-- What somebody goes through after their release.
CREATE TABLE plan (
    id UUID NOT NULL PRIMARY KEY,
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    -- The version that is followed now.
    number BIGINT NOT NULL,
    -- Its first day, on the wall of the centre.
    starts_on TEXT NOT NULL,
    -- For how many days it rested from which day on, as JSON: what lay behind is so much later.
    pauses TEXT NOT NULL,
    -- Since which day it rests, because the file does.
    paused_on TEXT,
    started_at TIMESTAMPTZ NOT NULL,
    started_by UUID NOT NULL REFERENCES staff (id),
    ended_at TIMESTAMPTZ,
    -- Absent: it followed from something else.
    ended_by UUID REFERENCES staff (id),
    end_reason TEXT,
    version BIGINT NOT NULL
);
-- One runs at a time.
CREATE UNIQUE INDEX plan_participant_id_key ON plan (participant_id) WHERE ended_at IS NULL;
CREATE INDEX plan_by_participant ON plan (participant_id, started_at, id);
CREATE INDEX plan_that_ended ON plan (participant_id, ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX plan_running_of_centre ON plan (centre_id, id) WHERE ended_at IS NULL;

-- What a plan follows since when.
CREATE TABLE plan_version (
    plan_id UUID NOT NULL REFERENCES plan (id),
    number BIGINT NOT NULL,
    participant_id UUID NOT NULL REFERENCES participant (id),
    template_id UUID NOT NULL,
    template_number BIGINT NOT NULL,
    -- What is otherwise for this person than in the template, as JSON.
    adjustments TEXT NOT NULL,
    -- Nothing before this day is planned by it.
    effective_on TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID NOT NULL REFERENCES staff (id),
    PRIMARY KEY (plan_id, number),
    CONSTRAINT plan_version_follows FOREIGN KEY (template_id, template_number) REFERENCES plan_template_version (template_id, number)
);
CREATE INDEX plan_version_by_participant ON plan_version (participant_id, made_at, plan_id);

-- Which check-in came from which day of a plan.
CREATE TABLE plan_check_in (
    check_in_id UUID NOT NULL PRIMARY KEY REFERENCES check_in (id),
    plan_id UUID NOT NULL REFERENCES plan (id),
    -- The day that the recurrence names, which is never changed; and the day on which it opens, after pauses and closed days.
    original_on TEXT NOT NULL,
    planned_on TEXT NOT NULL,
    -- What it was made from, to know whether it is the same still.
    shape TEXT NOT NULL,
    -- When a change of the plan called it off.
    dropped_at TIMESTAMPTZ
);
-- However many nodes plan at once, each day is planned once.
CREATE UNIQUE INDEX plan_check_in_plan_id_original_on_key ON plan_check_in (plan_id, original_on) WHERE dropped_at IS NULL;

-- A conversation that is to be arranged within a week.
CREATE TABLE plan_session (
    id UUID NOT NULL PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plan (id),
    centre_id UUID NOT NULL REFERENCES centre (id),
    participant_id UUID NOT NULL REFERENCES participant (id),
    series TEXT NOT NULL,
    original_on TEXT NOT NULL,
    -- The Monday of its week.
    planned_on TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    shape TEXT NOT NULL,
    -- The appointment at which it is to be.
    appointment_id UUID REFERENCES appointment (id),
    linked_at TIMESTAMPTZ,
    linked_by UUID REFERENCES staff (id),
    -- When somebody said that it is not needed.
    cancelled_at TIMESTAMPTZ,
    cancelled_by UUID REFERENCES staff (id),
    -- When a change or the end of the plan took it away.
    dropped_at TIMESTAMPTZ,
    -- When somebody was first asked to arrange it, for as long as it is not arranged.
    raised_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX plan_session_plan_id_series_original_on_key ON plan_session (plan_id, series, original_on) WHERE dropped_at IS NULL;
-- At one appointment there is one.
CREATE UNIQUE INDEX plan_session_appointment_id_key ON plan_session (appointment_id) WHERE appointment_id IS NOT NULL AND dropped_at IS NULL;
CREATE INDEX plan_session_by_participant ON plan_session (participant_id, id);

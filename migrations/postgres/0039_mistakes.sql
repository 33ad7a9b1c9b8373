-- The version of a placement that said last whether a milestone was held, by which a phone knows whether it saw what was said.
ALTER TABLE milestone ADD COLUMN said_version BIGINT;

-- What was recorded of a milestone before it was put right, or withdrawn; nothing where the placement itself was corrected.
ALTER TABLE placement_correction ADD COLUMN milestone TEXT;
ALTER TABLE placement_correction ADD COLUMN evidence TEXT;
ALTER TABLE placement_correction ADD COLUMN evidence_consent TEXT;
ALTER TABLE placement_correction ADD COLUMN confidence TEXT;
ALTER TABLE placement_correction ADD COLUMN held_on TEXT;
ALTER TABLE placement_correction ADD COLUMN verified_at TIMESTAMPTZ;
ALTER TABLE placement_correction ADD COLUMN verified_by UUID;

-- A question that was asked by mistake, by whoever asked it, and when its answer was corrected last.
ALTER TABLE visit_question ADD COLUMN withdrawn_at TIMESTAMPTZ;
ALTER TABLE visit_question ADD COLUMN withdrawal_sealed BYTEA;
ALTER TABLE visit_question ADD COLUMN corrected_at TIMESTAMPTZ;

-- What was answered before it was corrected, as it was sealed then, and why.
CREATE TABLE visit_question_correction (
    visit_question_id UUID NOT NULL REFERENCES visit_question (id),
    -- The version that said it.
    version BIGINT NOT NULL,
    corrected_at TIMESTAMPTZ NOT NULL,
    corrected_by UUID NOT NULL REFERENCES staff (id),
    reason_sealed BYTEA NOT NULL,
    answer_sealed BYTEA NOT NULL,
    answered_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (visit_question_id, version)
);

-- What was said by mistake of whether somebody looks for work: by whom it was withdrawn, and why.
ALTER TABLE readiness_willingness ADD COLUMN withdrawn_at TIMESTAMPTZ;
ALTER TABLE readiness_willingness ADD COLUMN withdrawn_by UUID;
ALTER TABLE readiness_willingness ADD COLUMN withdrawal_sealed BYTEA;

//! Every work item is there for a cause that is there as well: a law for each cause.

use super::Law;
use db::sql;

/// An open item of this cause whose cause is not there: `$there` is what would have to be.
macro_rules! groundless {
    ($cause:literal, $there:literal) => {
        Law {
            name: concat!("a work item without its cause (", $cause, ")"),
            find: sql!(
                "SELECT w.id FROM work_item AS w WHERE w.closed_at IS NULL AND w.cause = '",
                $cause,
                "' AND NOT EXISTS (",
                $there,
                ")"
            ),
            hours_ago: &[],
            forge: (
                sql!(
                    "UPDATE work_item SET cause = '",
                    $cause,
                    "', subject_id = id, state = 'open', closed_at = NULL
                     WHERE id = (SELECT id FROM work_item ORDER BY id LIMIT 1)"
                ),
                &[],
            ),
        }
    };
}

/// One for each cause.
pub const CAUSES: &[Law] = &[
    groundless!(
        "check_in_missed",
        "SELECT 1 FROM check_in AS c WHERE c.id = w.subject_id AND c.settled = 'unanswered' AND c.stage = 'escalated'"
    ),
    groundless!(
        "check_in_alarm",
        "SELECT 1 FROM check_in AS c WHERE c.id = w.subject_id AND c.alarm_at IS NOT NULL AND c.settled <> 'reviewed'"
    ),
    groundless!(
        "call_wanted",
        "SELECT 1 FROM check_in AS c WHERE c.id = w.subject_id AND c.call_wanted_at IS NOT NULL AND c.settled <> 'reviewed'"
    ),
    groundless!(
        "appointment_unanswered",
        "SELECT 1 FROM appointment AS a WHERE a.id = w.subject_id AND a.state IN ('proposed', 'scheduled', 'change_requested')"
    ),
    groundless!(
        "outcome_not_recorded",
        "SELECT 1 FROM appointment AS a WHERE a.id = w.subject_id AND a.state IN ('scheduled', 'confirmed', 'change_requested')"
    ),
    groundless!("did_not_come", "SELECT 1 FROM appointment AS a WHERE a.id = w.subject_id AND a.state = 'no_show'"),
    groundless!(
        "job_lost",
        "SELECT 1 FROM placement AS x WHERE x.id = w.subject_id AND x.state = 'ended'
         AND NOT EXISTS (SELECT 1 FROM placement AS y WHERE y.participant_id = x.participant_id AND y.state = 'running')"
    ),
    groundless!(
        "milestone_due",
        "SELECT 1 FROM milestone AS m WHERE m.placement_id = w.subject_id AND m.state = 'pending' AND m.due_at <= w.raised_at"
    ),
    groundless!(
        "milestone_missed",
        "SELECT 1 FROM milestone AS m WHERE m.placement_id = w.subject_id AND m.state = 'missed'"
    ),
    groundless!("referral_unanswered", "SELECT 1 FROM referral AS x WHERE x.id = w.subject_id AND x.state = 'sent'"),
    groundless!(
        "no_lead",
        "SELECT 1 FROM participant AS p WHERE p.id = w.subject_id
         AND NOT EXISTS (SELECT 1 FROM assignment AS a WHERE a.participant_id = p.id AND a.ended_at IS NULL)"
    ),
    groundless!("no_contact", "SELECT 1 FROM participant AS p WHERE p.id = w.subject_id AND p.active"),
    groundless!(
        "appointments_of_paused",
        "SELECT 1 FROM participant AS p WHERE p.id = w.subject_id AND p.status = 'paused'"
    ),
    groundless!("person_died", "SELECT 1 FROM participant AS p WHERE p.id = w.subject_id AND p.status = 'deceased'"),
    groundless!(
        "question_back",
        "SELECT 1 FROM visit_question AS q JOIN visit AS v ON v.id = q.visit_id
         WHERE q.visit_id = w.subject_id AND q.answered_at IS NULL AND q.withdrawn_at IS NULL AND v.withdrawn_at IS NULL"
    ),
    groundless!(
        "paper_stuck",
        "SELECT 1 FROM readiness_item AS i WHERE i.participant_id = w.subject_id"
    ),
    groundless!("hand_over_asked", "SELECT 1 FROM hand_over AS h WHERE h.id = w.subject_id AND h.state = 'asked'"),
    groundless!(
        "session_to_arrange",
        "SELECT 1 FROM plan_session AS s JOIN plan AS x ON x.id = s.plan_id JOIN participant AS p ON p.id = s.participant_id
         WHERE s.id = w.subject_id AND x.ended_at IS NULL AND s.dropped_at IS NULL AND s.cancelled_at IS NULL AND s.raised_at IS NOT NULL
           AND (p.status = 'paused' OR NOT EXISTS (
               SELECT 1 FROM appointment AS a WHERE a.id = s.appointment_id
               AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested', 'attended')))"
    ),
    groundless!(
        "help_taken_back",
        "SELECT 1 FROM check_in AS c JOIN check_in_correction AS k ON k.check_in_id = c.id
         WHERE c.id = w.subject_id AND c.corrected_at IS NOT NULL AND c.settled <> 'reviewed'"
    ),
    groundless!(
        "no_device",
        "SELECT 1 FROM participant AS p WHERE p.id = w.subject_id AND p.active AND p.status <> 'paused'
         AND NOT EXISTS (SELECT 1 FROM device AS d WHERE d.person_id = p.id AND d.gone_at IS NULL AND d.state <> 'stale')"
    ),
    groundless!(
        "undeliverable_reminder",
        "SELECT 1 FROM participant AS p WHERE p.id = w.subject_id AND p.active AND p.status <> 'paused'
         AND EXISTS (SELECT 1 FROM reminder AS r WHERE r.recipient_id = p.id AND r.recipient_kind = 'participant' AND r.state = 'failed')"
    ),
    groundless!(
        "employer_consent_ended",
        "SELECT 1 FROM placement_agreement AS g JOIN placement AS x ON x.id = g.placement_id
         WHERE g.placement_id = w.subject_id AND g.consent_ended_at IS NOT NULL AND x.state IN ('on_the_way', 'running')"
    ),
];

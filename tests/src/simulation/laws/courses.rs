//! What must hold of plans, of what is asked of others, and of what goes with whoever moves.

use super::Law;
use db::sql;

/// All of it.
pub const COURSES: &[Law] = &[
    Law {
        name: "the plan of a closed file goes on",
        find: sql!(
            "SELECT x.id FROM plan AS x JOIN participant AS p ON p.id = x.participant_id WHERE x.ended_at IS NULL AND NOT p.active"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE participant SET active = FALSE WHERE id = (
                     SELECT participant_id FROM plan WHERE ended_at IS NULL ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "a plan rests although its file does not",
        find: sql!(
            "SELECT x.id FROM plan AS x JOIN participant AS p ON p.id = x.participant_id
             WHERE x.ended_at IS NULL AND x.paused_on IS NOT NULL AND p.status <> 'paused'"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE plan SET paused_on = starts_on WHERE id = (
                     SELECT x.id FROM plan AS x JOIN participant AS p ON p.id = x.participant_id
                     WHERE x.ended_at IS NULL AND p.status = 'active' ORDER BY x.id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "a check-in that no plan asked for",
        find: sql!(
            "SELECT c.id FROM check_in AS c
             WHERE NOT EXISTS (SELECT 1 FROM plan_check_in AS d WHERE d.check_in_id = c.id)"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "DELETE FROM plan_check_in WHERE check_in_id = (SELECT check_in_id FROM plan_check_in ORDER BY check_in_id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "what a plan asked for outlasts it",
        find: sql!(
            "SELECT c.id FROM check_in AS c JOIN plan_check_in AS d ON d.check_in_id = c.id JOIN plan AS x ON x.id = d.plan_id
             WHERE c.settled = 'unanswered' AND c.opens_at > $1 AND (x.ended_at IS NOT NULL OR d.dropped_at IS NOT NULL)"
        ),
        // Whatever opens on the day on which a plan ends or changes stays.
        hours_ago: &[-24],
        forge: (
            sql!(
                "UPDATE plan_check_in SET dropped_at = $1 WHERE check_in_id = (
                     SELECT d.check_in_id FROM plan_check_in AS d JOIN check_in AS c ON c.id = d.check_in_id
                     WHERE c.settled = 'unanswered' AND c.opens_at > $2 ORDER BY c.id LIMIT 1)"
            ),
            &[0, -24],
        ),
    },
    Law {
        name: "two check-ins of somebody open on one day",
        find: sql!(
            "SELECT c.id FROM check_in AS c JOIN check_in AS other ON other.participant_id = c.participant_id
             WHERE other.id > c.id AND other.opens_at = c.opens_at AND c.settled <> 'cancelled' AND other.settled <> 'cancelled'"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE check_in SET settled = 'unanswered', opens_at = (
                     SELECT min(c.opens_at) FROM check_in AS c
                     WHERE c.participant_id = check_in.participant_id AND c.settled <> 'cancelled')
                 WHERE participant_id = (SELECT c.participant_id FROM check_in AS c WHERE c.settled <> 'cancelled'
                                         GROUP BY c.participant_id HAVING count(*) > 1 ORDER BY c.participant_id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "a conversation is due, and nobody is asked to arrange it",
        find: sql!(
            "SELECT s.id FROM plan_session AS s WHERE s.raised_at IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = s.id AND w.cause = 'session_to_arrange')"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE plan_session SET raised_at = $1 WHERE id = (
                     SELECT s.id FROM plan_session AS s WHERE s.raised_at IS NULL
                     AND NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = s.id AND w.cause = 'session_to_arrange')
                     ORDER BY s.id LIMIT 1)"
            ),
            &[0],
        ),
    },
    Law {
        name: "somebody waits for the answer to a hand-over that is on nobody's list",
        find: sql!(
            "SELECT h.id FROM hand_over AS h WHERE h.state = 'asked'
             AND NOT EXISTS (SELECT 1 FROM work_item AS w
                             WHERE w.subject_id = h.id AND w.cause = 'hand_over_asked' AND w.closed_at IS NULL)"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "INSERT INTO hand_over (id, kind, participant_id, state, asked_by, from_centre_id, takes_lead, ends_former, asked_at, version)
                 SELECT p.id, 'companion', p.id, 'asked', s.id, p.centre_id, FALSE, FALSE, $1, 1
                 FROM participant AS p JOIN staff AS s ON s.centre_id = p.centre_id ORDER BY p.id, s.id LIMIT 1"
            ),
            &[0],
        ),
    },
    Law {
        name: "a hand-over is asked that cannot be any more",
        find: sql!(
            "SELECT h.id FROM hand_over AS h JOIN participant AS p ON p.id = h.participant_id
             WHERE h.state = 'asked' AND (
                 h.from_centre_id <> p.centre_id
                 OR (h.kind = 'companion' AND NOT p.active)
                 OR (h.kind = 'companion' AND NOT EXISTS (
                         SELECT 1 FROM assignment AS a WHERE a.id = h.from_assignment_id AND a.ended_at IS NULL)))"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "INSERT INTO hand_over (id, kind, participant_id, state, asked_by, from_centre_id, takes_lead, ends_former, asked_at, version)
                 SELECT p.id, 'companion', p.id, 'asked', s.id, p.centre_id, FALSE, FALSE, $1, 1
                 FROM participant AS p JOIN staff AS s ON s.centre_id = p.centre_id ORDER BY p.id, s.id LIMIT 1"
            ),
            &[0],
        ),
    },
    Law {
        name: "a plan stayed behind when its participant moved",
        find: sql!(
            "SELECT x.id FROM plan AS x JOIN participant AS p ON p.id = x.participant_id WHERE x.centre_id <> p.centre_id
             UNION SELECT s.id FROM plan_session AS s JOIN participant AS p ON p.id = s.participant_id WHERE s.centre_id <> p.centre_id"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE plan SET centre_id = (SELECT c.id FROM centre AS c WHERE c.id <> plan.centre_id ORDER BY c.id LIMIT 1)
                 WHERE id = (SELECT id FROM plan ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "a check-in stayed behind when its participant moved",
        find: sql!(
            "SELECT c.id FROM check_in AS c JOIN participant AS p ON p.id = c.participant_id WHERE c.centre_id <> p.centre_id
             UNION SELECT r.id FROM reminder_call AS r JOIN participant AS p ON p.id = r.participant_id WHERE r.centre_id <> p.centre_id"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE check_in SET centre_id = (SELECT c.id FROM centre AS c WHERE c.id <> check_in.centre_id ORDER BY c.id LIMIT 1)
                 WHERE id = (SELECT id FROM check_in ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "a window ends later by an outage of which nothing is kept",
        find: sql!(
            "SELECT c.id FROM check_in AS c WHERE c.outage_micros <> 0
             AND NOT EXISTS (SELECT 1 FROM check_in_outage AS g JOIN outage AS o ON o.id = g.outage_id
                             WHERE g.check_in_id = c.id AND g.starts_at >= o.starts_at AND g.ends_at <= o.ends_at)"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE check_in SET outage_micros = 1 WHERE id = (
                     SELECT c.id FROM check_in AS c
                     WHERE NOT EXISTS (SELECT 1 FROM check_in_outage AS g WHERE g.check_in_id = c.id) ORDER BY c.id LIMIT 1)"
            ),
            &[],
        ),
    },
];

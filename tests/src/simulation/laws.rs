//! What must hold of the rows, whatever has happened: each law is a statement that finds what breaks it, and beside it one that breaks it,
//! so that none can be there which never fails. They are looked at when nothing is ready any more.

mod causes;
mod courses;

use super::Result;
use causes::CAUSES;
use chrono::TimeDelta;
use contract::time::Instant;
use courses::COURSES;
use db::{Db, Sql, Tx, sql};
use uuid::Uuid;

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    /// What is wrong where it is broken.
    pub name: &'static str,
    /// Finds the ids of what breaks it.
    pub find: Sql,
    /// How many hours before now its parameters are.
    pub hours_ago: &'static [i64],
    /// Breaks it, in the same transaction; its parameters are as many hours before now.
    pub forge: (Sql, &'static [i64]),
}

impl Law {
    /// What breaks it now.
    pub async fn broken(&self, tx: &mut Tx, now: Instant) -> db::Result<Vec<Uuid>> {
        bound(tx, self.find, self.hours_ago, now).scalars().await
    }

    /// Breaks it; how many rows that took.
    pub async fn forge(&self, tx: &mut Tx, now: Instant) -> db::Result<u64> {
        bound(tx, self.forge.0, self.forge.1, now).execute().await
    }
}

fn bound<'t>(tx: &'t mut Tx, statement: Sql, hours_ago: &[i64], now: Instant) -> db::Query<'t> {
    let mut query = tx.query(statement);
    for hours in hours_ago {
        query = query.bind(now.saturating_sub(TimeDelta::hours(*hours)));
    }
    query
}

/// What breaks any of them now, in words.
pub async fn broken(db: &Db, now: Instant) -> Result<Vec<String>> {
    let mut tx = db.read().await.map_err(|error| error.to_string())?;
    let mut all = Vec::new();
    for law in laws() {
        let found =
            law.broken(&mut tx, now).await.map_err(|error| format!("the law \"{}\": {error}", law.name))?;
        all.extend(found.into_iter().map(|id| format!("{}: {id}", law.name)));
    }
    Ok(all)
}

/// All of them.
pub fn laws() -> impl Iterator<Item = &'static Law> {
    LAWS.iter().chain(COURSES).chain(CAUSES)
}

/// Those of reminders, check-ins, appointments, files and the agenda.
const LAWS: &[Law] = &[
    Law {
        name: "a reminder whose time has passed was neither sent nor given up",
        find: sql!("SELECT id FROM reminder WHERE state = 'planned' AND ready_at <= $1"),
        hours_ago: &[0],
        forge: (
            sql!(
                "UPDATE reminder SET state = 'planned', ready_at = $1
                 WHERE id = (SELECT id FROM reminder ORDER BY id LIMIT 1)"
            ),
            &[1],
        ),
    },
    Law {
        name: "a reminder is being sent for ever",
        find: sql!(
            "SELECT r.id FROM reminder AS r WHERE r.state = 'sending'
             AND NOT EXISTS (SELECT 1 FROM delivery AS d WHERE d.reminder_id = r.id AND d.state = 'waiting')"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE reminder SET state = 'sending', ready_at = NULL
                 WHERE id = (SELECT id FROM reminder WHERE state = 'superseded' ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "somebody is to be reminded about a closed file",
        find: sql!(
            "SELECT r.id FROM reminder AS r JOIN participant AS p ON p.id = r.participant_id
             WHERE r.state IN ('planned', 'sending') AND NOT p.active
               AND r.subject_kind NOT IN ('work_item', 'emergency_access')
               AND NOT (r.subject_kind = 'hand_over' AND r.recipient_kind = 'staff')"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE participant SET active = FALSE WHERE id = (
                     SELECT participant_id FROM reminder
                     WHERE state = 'planned' AND subject_kind NOT IN ('work_item', 'emergency_access', 'hand_over')
                     ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "somebody is to be reminded about a file that rests",
        find: sql!(
            "SELECT r.id FROM reminder AS r JOIN participant AS p ON p.id = r.participant_id
             WHERE r.state IN ('planned', 'sending') AND p.status = 'paused'
               AND r.subject_kind NOT IN ('work_item', 'emergency_access')
               AND NOT (r.subject_kind = 'hand_over' AND r.recipient_kind = 'staff')"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE participant SET status = 'paused' WHERE id = (
                     SELECT participant_id FROM reminder
                     WHERE state = 'planned' AND subject_kind NOT IN ('work_item', 'emergency_access', 'hand_over')
                     ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "a reminder is planned of a check-in that needs none",
        find: sql!(
            "SELECT r.id FROM reminder AS r JOIN check_in AS c ON c.id = r.subject_id
             WHERE r.subject_kind = 'check_in' AND r.state = 'planned'
               AND (c.settled <> 'unanswered' OR c.paused_at IS NOT NULL OR r.due_at < c.opens_at OR r.due_at >= c.closes_at)"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE check_in SET settled = 'submitted' WHERE id = (
                     SELECT subject_id FROM reminder WHERE subject_kind = 'check_in' AND state = 'planned' ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "a check-in that opens is told to nobody",
        find: sql!(
            "SELECT c.id FROM check_in AS c JOIN participant AS p ON p.id = c.participant_id
             WHERE c.settled = 'unanswered' AND c.paused_at IS NULL AND c.opens_at > $1 AND p.active AND p.status <> 'paused'
               AND NOT EXISTS (SELECT 1 FROM reminder AS r WHERE r.subject_id = c.id AND r.purpose = 'check_in_open' AND r.state = 'planned')"
        ),
        hours_ago: &[0],
        forge: (
            sql!(
                "UPDATE reminder SET state = 'superseded', ready_at = NULL
                 WHERE id = (SELECT id FROM reminder WHERE purpose = 'check_in_open' AND state = 'planned' ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "a reminder is planned of an appointment that is over",
        find: sql!(
            "SELECT r.id FROM reminder AS r JOIN appointment AS a ON a.id = r.subject_id
             WHERE r.subject_kind = 'appointment' AND r.state = 'planned'
               AND r.purpose NOT IN ('appointment_cancelled', 'appointment_missed', 'appointment_answered')
               AND a.state NOT IN ('proposed', 'scheduled', 'confirmed', 'change_requested')"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE reminder SET state = 'planned', ready_at = $1 WHERE id = (
                     SELECT r.id FROM reminder AS r JOIN appointment AS a ON a.id = r.subject_id
                     WHERE a.state = 'attended' AND r.purpose = 'appointment_tomorrow' ORDER BY r.id LIMIT 1)"
            ),
            &[-1],
        ),
    },
    Law {
        name: "a closed file has a check-in that waits for an answer",
        find: sql!(
            "SELECT c.id FROM check_in AS c JOIN participant AS p ON p.id = c.participant_id
             WHERE c.settled = 'unanswered' AND c.stage <> 'escalated' AND NOT p.active"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE participant SET active = FALSE WHERE id = (
                     SELECT participant_id FROM check_in WHERE settled = 'unanswered' AND stage <> 'escalated' ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "a closed file has an appointment ahead",
        find: sql!(
            "SELECT a.id FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
             WHERE NOT p.active AND a.starts_at > $1 AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')"
        ),
        hours_ago: &[0],
        forge: (
            sql!(
                "UPDATE participant SET active = FALSE WHERE id = (
                     SELECT participant_id FROM appointment
                     WHERE starts_at > $1 AND state IN ('scheduled', 'confirmed') ORDER BY id LIMIT 1)"
            ),
            &[0],
        ),
    },
    Law {
        name: "a closed file has work that is still to be done",
        find: sql!(
            "SELECT w.id FROM work_item AS w JOIN participant AS p ON p.id = w.participant_id
             WHERE w.closed_at IS NULL AND NOT p.active AND w.cause NOT IN ('person_died', 'hand_over_asked')"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE participant SET active = FALSE WHERE id = (
                     SELECT participant_id FROM work_item WHERE closed_at IS NULL AND cause NOT IN ('person_died', 'hand_over_asked')
                     ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "nobody will look at a window again",
        find: sql!(
            "SELECT c.id FROM check_in AS c JOIN participant AS p ON p.id = c.participant_id
             WHERE c.settled = 'unanswered' AND c.stage <> 'escalated' AND c.paused_at IS NULL AND p.active
               AND NOT EXISTS (SELECT 1 FROM agenda AS g
                               WHERE g.subject_id = c.id AND g.subject_kind = 'check_in' AND g.ready_at IS NOT NULL)"
        ),
        hours_ago: &[],
        forge: (sql!("DELETE FROM agenda WHERE subject_kind = 'check_in'"), &[]),
    },
    Law {
        name: "a window stands still although its file does not rest",
        find: sql!(
            "SELECT c.id FROM check_in AS c JOIN participant AS p ON p.id = c.participant_id
             WHERE c.settled = 'unanswered' AND c.paused_at IS NOT NULL AND p.status <> 'paused'"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE check_in SET paused_at = $1 WHERE id = (
                     SELECT c.id FROM check_in AS c JOIN participant AS p ON p.id = c.participant_id
                     WHERE c.settled = 'unanswered' AND p.status = 'active' ORDER BY c.id LIMIT 1)"
            ),
            &[0],
        ),
    },
    Law {
        name: "time has passed a window by",
        find: sql!(
            "SELECT id FROM check_in WHERE settled = 'unanswered' AND paused_at IS NULL
             AND ((opens_at <= $1 AND stage IN ('ahead', 'near')) OR (closes_at <= $1 AND stage = 'open')
                  OR (closes_at <= $2 AND stage <> 'escalated'))"
        ),
        hours_ago: &[0, 24],
        forge: (
            sql!(
                "UPDATE check_in SET stage = 'near' WHERE id = (
                     SELECT id FROM check_in WHERE settled = 'unanswered' AND stage = 'escalated' ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        // One that an outage opened again may be missed once more.
        name: "a missed check-in is not on exactly one work list",
        find: sql!(
            "SELECT c.id FROM check_in AS c WHERE c.settled = 'unanswered' AND c.stage = 'escalated'
             AND ((c.outage_micros = 0
                   AND 1 <> (SELECT count(*) FROM work_item AS w WHERE w.subject_id = c.id AND w.cause = 'check_in_missed'))
                  OR NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = c.id AND w.cause = 'check_in_missed'))"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE work_item SET subject_id = id WHERE id = (
                     SELECT w.id FROM work_item AS w JOIN check_in AS c ON c.id = w.subject_id
                     WHERE w.cause = 'check_in_missed' AND c.settled = 'unanswered' AND c.outage_micros = 0 ORDER BY w.id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "an alarm of which nobody was told",
        find: sql!(
            "SELECT c.id FROM check_in AS c WHERE c.alarm_at IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = c.id AND w.cause = 'check_in_alarm')"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE check_in SET alarm_at = $1 WHERE id = (
                     SELECT id FROM check_in WHERE alarm_at IS NULL ORDER BY id LIMIT 1)"
            ),
            &[0],
        ),
    },
    Law {
        name: "a call that was wanted, and of which nobody was told",
        find: sql!(
            "SELECT c.id FROM check_in AS c WHERE c.call_wanted_at IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = c.id AND w.cause = 'call_wanted')"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE check_in SET call_wanted_at = $1 WHERE id = (
                     SELECT id FROM check_in WHERE call_wanted_at IS NULL ORDER BY id LIMIT 1)"
            ),
            &[0],
        ),
    },
    Law {
        name: "nobody is asked how an appointment ended",
        find: sql!(
            "SELECT a.id FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
             WHERE p.active AND a.holds_time AND a.ends_at <= $1 AND a.ends_at > $2
               AND a.state IN ('scheduled', 'confirmed', 'change_requested')
               AND NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = a.id AND w.cause = 'outcome_not_recorded')"
        ),
        hours_ago: &[24, 24 * 29],
        forge: (
            sql!(
                "UPDATE appointment SET state = 'scheduled', holds_time = TRUE, starts_at = $1, ends_at = $2 WHERE id = (
                     SELECT a.id FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
                     WHERE p.active AND a.state = 'attended'
                       AND NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = a.id AND w.cause = 'outcome_not_recorded')
                     ORDER BY a.id LIMIT 1)"
            ),
            &[27, 26],
        ),
    },
    Law {
        name: "a death of which nobody was told",
        find: sql!(
            "SELECT p.id FROM participant AS p WHERE p.status = 'deceased'
             AND NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = p.id AND w.cause = 'person_died')"
        ),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE participant SET status = 'deceased' WHERE id = (
                     SELECT id FROM participant WHERE status = 'active' ORDER BY id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "nobody accompanies somebody, and nobody was told",
        find: sql!(
            "SELECT p.id FROM participant AS p WHERE p.active AND p.created_at <= $1
             AND NOT EXISTS (SELECT 1 FROM assignment AS a WHERE a.participant_id = p.id AND a.ended_at IS NULL)
             AND NOT EXISTS (SELECT 1 FROM agenda AS g WHERE g.subject_id = p.id AND g.subject_kind = 'participant_lead')
             AND NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = p.id AND w.cause = 'no_lead')"
        ),
        hours_ago: &[25],
        forge: (
            sql!(
                "UPDATE assignment SET ended_at = $1 WHERE participant_id = (
                     SELECT p.id FROM participant AS p WHERE p.active AND p.created_at <= $2
                     AND NOT EXISTS (SELECT 1 FROM work_item AS w WHERE w.subject_id = p.id AND w.cause = 'no_lead')
                     ORDER BY p.id LIMIT 1)"
            ),
            &[0, 25],
        ),
    },
    Law {
        name: "something on the agenda was set aside",
        find: sql!("SELECT subject_id FROM agenda WHERE ready_at IS NULL"),
        hours_ago: &[],
        forge: (
            sql!(
                "UPDATE agenda SET ready_at = NULL WHERE subject_id = (SELECT subject_id FROM agenda ORDER BY subject_id LIMIT 1)"
            ),
            &[],
        ),
    },
    Law {
        name: "something on the agenda is overdue",
        find: sql!("SELECT subject_id FROM agenda WHERE ready_at <= $1"),
        hours_ago: &[0],
        forge: (
            sql!(
                "UPDATE agenda SET ready_at = $1 WHERE subject_id = (SELECT subject_id FROM agenda ORDER BY subject_id LIMIT 1)"
            ),
            &[1],
        ),
    },
];

//! What there was, in numbers, and a digest of all rows by which two runs are compared.

use super::{Result, Settings, Simulation};
use aws_lc_rs::digest::{Context, SHA256};
use contract::{ReminderPurpose, time::Instant};
use db::{Sql, Tx, sql};
use notifications::dispatcher::Counts;
use reqwest::Method;
use serde_json::Value;
use std::{collections::BTreeMap, fmt};
use uuid::Uuid;

/// What was done and what came of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Totals {
    /// How often the clock stopped.
    pub stops: u64,
    /// How often everything was looked at.
    pub inspections: u64,
    /// How many things on the agenda were looked at.
    pub timers: usize,
    /// What the dispatcher did.
    pub dispatched: BTreeMap<&'static str, usize>,
    /// What was pushed, by its purpose.
    pub pushed: BTreeMap<&'static str, u64>,
    /// What was asked of the service and done, by operation.
    pub done: BTreeMap<String, u64>,
    /// What was asked of it and refused, by operation and code.
    pub refused: BTreeMap<String, u64>,
    /// What became of what was sent late, by the result.
    pub late: BTreeMap<String, u64>,
    /// Files registered.
    pub registered: u64,
    /// Files that rested.
    pub paused: u64,
    /// Files that went on.
    pub resumed: u64,
    /// Files that were closed.
    pub closed: u64,
    /// Files that were opened again.
    pub reopened: u64,
    /// Deaths recorded.
    pub died: u64,
    /// Deaths that were none.
    pub reversed: u64,
    /// Hand-overs that were asked.
    pub hand_overs: u64,
    /// Hand-overs that were refused.
    pub hand_overs_refused: u64,
    /// Hand-overs that whoever asked took back.
    pub hand_overs_withdrawn: u64,
    /// People who moved to another centre.
    pub moved: u64,
    /// People whom a colleague took over.
    pub handed_over: u64,
    /// Plans started.
    pub plans: u64,
    /// Plans changed.
    pub plans_changed: u64,
    /// Plans ended before their time.
    pub plans_ended: u64,
    /// Conversations of plans that were arranged.
    pub arranged: u64,
    /// Calls made in the place of the app.
    pub called: u64,
    /// Check-ins planned.
    pub planned: u64,
    /// Appointments made.
    pub booked: u64,
    /// Placements begun.
    pub begun: u64,
    /// Placements lost.
    pub lost: u64,
    /// Referrals asked.
    pub referred: u64,
    /// Work items that somebody saw to.
    pub seen_to: u64,
}

impl Totals {
    /// The service answered: it was done, or refused by this problem.
    pub fn answered(&mut self, method: &Method, path: &str, refused: Option<&Value>) {
        let path = path.split('?').next().unwrap_or(path);
        let piece = |piece: &str| if piece.parse::<Uuid>().is_ok() { "{id}" } else { piece }.to_owned();
        let template = path.split('/').map(piece).collect::<Vec<_>>().join("/");
        let operation = format!("{method} {template}");
        match refused {
            None => *self.done.entry(operation).or_default() += 1,
            Some(problem) => {
                let code = problem["code"].as_str().unwrap_or("none");
                let field = problem["errors"][0]["pointer"].as_str().unwrap_or_default();
                let fault = problem["errors"][0]["code"].as_str().unwrap_or_default();
                let what = format!("{operation}: {code} {field} {fault}");
                *self.refused.entry(what.trim_end().to_owned()).or_default() += 1;
            }
        }
    }

    /// A message was taken.
    pub fn sent(&mut self, purpose: ReminderPurpose) {
        *self.pushed.entry(purpose.as_str()).or_default() += 1;
    }

    /// Something that was recorded without network came to this.
    pub fn sent_late(&mut self, result: &str) {
        *self.late.entry(result.trim_end().to_owned()).or_default() += 1;
    }

    /// The dispatcher did so much.
    pub fn dispatched(&mut self, counts: Counts) {
        for (what, count) in [
            ("claimed", counts.claimed),
            ("delivered", counts.delivered),
            ("to be tried again", counts.again),
            ("to a phone that is gone", counts.gone),
            ("failed", counts.failed),
            ("in the app alone", counts.in_app),
            ("expired", counts.expired),
            ("reminders that failed", counts.reminders_failed),
            ("lost", counts.lost),
            ("dropped", counts.dropped),
        ] {
            *self.dispatched.entry(what).or_default() += count;
        }
    }

    /// How many requests there were.
    pub fn requests(&self) -> u64 {
        self.done.values().chain(self.refused.values()).sum()
    }
}

/// What there was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was simulated.
    pub settings: Settings,
    /// What was done.
    pub totals: Totals,
    /// How many rows there are, by what and in which state.
    pub rows: BTreeMap<String, i64>,
    /// Of all rows that tell what happened.
    pub digest: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Settings { seed, people, days }, totals) = (self.settings, &self.totals);
        writeln!(f, "seed {seed}: {people} people, {days} days, digest {}", self.digest)?;
        writeln!(
            f,
            "{} requests, {} stops of the clock, {} timers, everything looked at {} times",
            totals.requests(),
            totals.stops,
            totals.timers,
            totals.inspections
        )?;
        for (what, count) in [
            ("files registered", totals.registered),
            ("rested", totals.paused),
            ("went on", totals.resumed),
            ("closed", totals.closed),
            ("opened again", totals.reopened),
            ("deaths", totals.died),
            ("deaths that were none", totals.reversed),
            ("hand-overs asked", totals.hand_overs),
            ("hand-overs refused", totals.hand_overs_refused),
            ("hand-overs withdrawn", totals.hand_overs_withdrawn),
            ("moved to another centre", totals.moved),
            ("taken over by a colleague", totals.handed_over),
            ("plans started", totals.plans),
            ("plans changed", totals.plans_changed),
            ("plans ended early", totals.plans_ended),
            ("conversations arranged", totals.arranged),
            ("calls made", totals.called),
            ("check-ins planned", totals.planned),
            ("appointments made", totals.booked),
            ("placements begun", totals.begun),
            ("placements lost", totals.lost),
            ("referrals", totals.referred),
            ("work items seen to", totals.seen_to),
        ] {
            writeln!(f, "  {what:<28} {count:>8}")?;
        }
        let mut part = |title: &str, lines: Vec<(String, i64)>| -> fmt::Result {
            writeln!(f, "{title}:")?;
            lines.iter().try_for_each(|(what, count)| writeln!(f, "  {what:<72} {count:>8}"))
        };
        let counts = |map: &BTreeMap<String, u64>| {
            map.iter()
                .map(|(what, count)| (what.clone(), i64::try_from(*count).unwrap_or(i64::MAX)))
                .collect()
        };
        let dispatched = totals.dispatched.iter();
        part(
            "the dispatcher",
            dispatched.map(|(what, n)| ((*what).to_owned(), i64::try_from(*n).unwrap_or(i64::MAX))).collect(),
        )?;
        let pushed = totals.pushed.iter();
        part(
            "pushed",
            pushed.map(|(what, n)| ((*what).to_owned(), i64::try_from(*n).unwrap_or(i64::MAX))).collect(),
        )?;
        part("done", counts(&totals.done))?;
        part("refused by rule", counts(&totals.refused))?;
        part("sent late", counts(&totals.late))?;
        part("rows", self.rows.iter().map(|(what, n)| (what.clone(), *n)).collect())
    }
}

/// Counts and digests the rows.
pub async fn report(simulation: &Simulation) -> Result<Report> {
    let (rows, digest) = read(simulation).await.map_err(|error| error.to_string())?;
    let settings = simulation.settings;
    Ok(Report { settings, totals: simulation.totals.clone(), rows, digest })
}

/// What is counted: what the rows are, and a word of each.
const COUNTED: &[(&str, Sql)] = &[
    ("participant", sql!("SELECT status, count(*) FROM participant GROUP BY status")),
    ("check-in", sql!("SELECT settled, count(*) FROM check_in GROUP BY settled")),
    ("appointment", sql!("SELECT state, count(*) FROM appointment GROUP BY state")),
    (
        "work item",
        sql!("SELECT cause || ' ' || state, count(*) FROM work_item GROUP BY cause || ' ' || state"),
    ),
    (
        "reminder",
        sql!("SELECT purpose || ' ' || state, count(*) FROM reminder GROUP BY purpose || ' ' || state"),
    ),
    ("delivery", sql!("SELECT state, count(*) FROM delivery GROUP BY state")),
    ("placement", sql!("SELECT state, count(*) FROM placement GROUP BY state")),
    ("milestone", sql!("SELECT state, count(*) FROM milestone GROUP BY state")),
    ("need", sql!("SELECT state, count(*) FROM need GROUP BY state")),
    ("referral", sql!("SELECT state, count(*) FROM referral GROUP BY state")),
    ("consent", sql!("SELECT state, count(*) FROM consent GROUP BY state")),
    ("visit", sql!("SELECT kind, count(*) FROM visit GROUP BY kind")),
    (
        "plan",
        sql!(
            "SELECT COALESCE(end_reason, 'running'), count(*) FROM plan GROUP BY COALESCE(end_reason, 'running')"
        ),
    ),
    ("hand-over", sql!("SELECT kind || ' ' || state, count(*) FROM hand_over GROUP BY kind || ' ' || state")),
    ("call", sql!("SELECT how, count(*) FROM reminder_call GROUP BY how")),
    ("check-in given time back for", sql!("SELECT 'an outage', count(*) FROM check_in_outage")),
    ("check-in corrected", sql!("SELECT 'by whoever answered', count(*) FROM check_in_correction")),
    ("device", sql!("SELECT state, count(*) FROM device GROUP BY state")),
    ("audit line", sql!("SELECT 'of all actions', count(*) FROM audit")),
];

/// What is digested: an id, a line of words, and when.
const DIGESTED: &[Sql] = &[
    sql!("SELECT id, status || ' ' || CAST(version AS TEXT), created_at, created_at FROM participant ORDER BY id"),
    sql!("SELECT id, settled || ' ' || stage || ' ' || CAST(version AS TEXT), opens_at, closes_at FROM check_in ORDER BY id"),
    sql!("SELECT id, state || ' ' || CAST(version AS TEXT), starts_at, ends_at FROM appointment ORDER BY id"),
    sql!("SELECT id, cause || ' ' || state || ' ' || CAST(times AS TEXT), opened_at, closed_at FROM work_item ORDER BY id"),
    sql!("SELECT id, purpose || ' ' || state || ' ' || occasion, due_at, settled_at FROM reminder ORDER BY id"),
    sql!(
        "SELECT reminder_id, state || ' ' || CAST(attempts AS TEXT), first_tried_at, last_tried_at FROM delivery
         ORDER BY reminder_id, device_id"
    ),
    sql!("SELECT id, state || ' ' || CAST(version AS TEXT), recorded_at, changed_at FROM placement ORDER BY id"),
    sql!("SELECT placement_id, milestone || ' ' || state, due_at, verified_at FROM milestone ORDER BY placement_id, milestone"),
    sql!("SELECT id, state, recorded_at, changed_at FROM need ORDER BY id"),
    sql!("SELECT id, state, asked_at, ended_at FROM referral ORDER BY id"),
    sql!("SELECT id, purpose || ' ' || state, since, expires_at FROM consent ORDER BY id"),
    sql!(
        "SELECT id, kind || CASE WHEN withdrawn_at IS NULL THEN '' ELSE ' withdrawn' END, starts_at, next_step_done_at
         FROM visit ORDER BY id"
    ),
    sql!("SELECT id, starts_on || ' ' || pauses || ' ' || CAST(version AS TEXT), started_at, ended_at FROM plan ORDER BY id"),
    sql!(
        "SELECT d.check_in_id, d.original_on || ' ' || d.planned_on, p.started_at, d.dropped_at
         FROM plan_check_in AS d JOIN plan AS p ON p.id = d.plan_id ORDER BY d.check_in_id"
    ),
    sql!(
        "SELECT s.id, s.planned_on || ' ' || CAST(s.version AS TEXT), p.started_at, s.raised_at
         FROM plan_session AS s JOIN plan AS p ON p.id = s.plan_id ORDER BY s.id"
    ),
    sql!("SELECT id, kind || ' ' || state, asked_at, decided_at FROM hand_over ORDER BY id"),
    sql!("SELECT id, how, at, withdrawn_at FROM reminder_call ORDER BY id"),
    sql!("SELECT id, cause, starts_at, ends_at FROM outage ORDER BY id"),
    sql!("SELECT id, week || ' ' || figures, made_at, counted_until FROM digest ORDER BY id"),
    sql!("SELECT id, kind, at, withdrawn_at FROM contact_attempt ORDER BY id"),
    sql!("SELECT id, 'assignment', started_at, ended_at FROM assignment ORDER BY id"),
    sql!("SELECT subject_id, subject_kind, ready_at, ready_at FROM agenda WHERE ready_at IS NOT NULL ORDER BY subject_id, subject_kind"),
];

async fn read(simulation: &Simulation) -> db::Result<(BTreeMap<String, i64>, String)> {
    let mut tx = simulation.service.app.db.read().await?;
    let mut rows = BTreeMap::new();
    for (what, statement) in COUNTED {
        let counted: Vec<(String, i64)> = tx.query(*statement).all().await?;
        rows.extend(counted.into_iter().map(|(word, count)| (format!("{what} {word}"), count)));
    }
    let mut context = Context::new(&SHA256);
    for statement in DIGESTED {
        digest(&mut tx, *statement, &mut context).await?;
    }
    let digest = context.finish().as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Ok((rows, digest))
}

async fn digest(tx: &mut Tx, statement: Sql, context: &mut Context) -> db::Result<()> {
    let rows: Vec<(Uuid, String, Instant, Option<Instant>)> = tx.query(statement).all().await?;
    for (id, words, from, until) in rows {
        context.update(id.as_bytes());
        context.update(words.as_bytes());
        context.update(&from.as_micros().to_be_bytes());
        context.update(&until.map_or(-1, Instant::as_micros).to_be_bytes());
    }
    Ok(())
}

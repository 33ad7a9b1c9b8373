//! Where somebody's plan begins, changes and ends, and how its days become check-ins: each centre writes a template at the beginning, a plan
//! is started from it, and the service plans check-ins as time passes. The simulation learns of them as phones do, by what is there, and
//! counts out for itself on which days they ought to be.

use super::{
    Result, Simulation,
    acts::{Act, Manner, id_at},
    cast::{Planned, Who},
    service::Seen,
    when,
};
use chrono::{NaiveDate, TimeDelta};
use contract::time::Instant;
use db::sql;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// How often somebody is asked, phase by phase: for how many weeks, and every how many.
const PHASES: [(&str, i64, i64); 3] = [("first_weeks", 10, 1), ("first_months", 14, 2), ("later", 78, 4)];
/// What is otherwise for one person, once their plan changes.
const CHANGES: [(&str, &str); 4] = [
    ("first_weeks", "FREQ=WEEKLY;BYDAY=TH"),
    ("first_months", "FREQ=WEEKLY;INTERVAL=3"),
    ("later", "FREQ=WEEKLY;INTERVAL=3"),
    ("later", "FREQ=MONTHLY;BYMONTHDAY=31"),
];
/// What kind of appointment its conversations are.
pub const SESSION_KIND: &str = "administrative";
/// So many days ahead the service plans.
const AHEAD: i64 = 56;

fn content() -> Value {
    let window = json!({
        "opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"},
    });
    let phase = |(id, weeks, apart): &(&str, i64, i64)| {
        json!({
            "id": id, "lasts": {"count": weeks, "unit": "weeks"},
            "check_ins": {"recurrence": format!("FREQ=WEEKLY;INTERVAL={apart}"), "window": window},
        })
    };
    json!({
        "name": {"ar": "مواكبتكم", "fr": "Votre accompagnement", "zgh": "ⴰⵎⵓⵏ ⵏⵏⵓⵏ", "en": "Your accompaniment"},
        "phases": PHASES.iter().map(phase).collect::<Vec<Value>>(),
        "series": [{
            "id": "talks", "kind": SESSION_KIND, "minutes": 30, "begins_after": {"count": 4, "unit": "weeks"},
            "recurrence": "FREQ=WEEKLY;INTERVAL=12",
        }],
    })
}

/// A plan, its first day, and its pauses as they are kept.
type Course = (Uuid, String, String);
/// A plan, and a day of it that was planned.
type Day = (Uuid, String);

impl Simulation {
    /// Each centre writes what its plans are made from.
    pub async fn write_templates(&mut self) -> Result<()> {
        for centre in 0..self.cast.centres.len() {
            let body = json!({"content": content()});
            let written =
                self.post(self.manager_of(centre), "/v1/plan-templates", Seen::Nothing, body).await?;
            let written = written.ok_or_else(|| format!("no template was written: {}", self.refused))?;
            self.cast.centres[centre].template = Some(id_at(&written, "/id")?);
        }
        Ok(())
    }

    /// A plan begins, unless one runs.
    pub async fn plan(&mut self, person: usize) -> Result<()> {
        let one = &self.cast.people[person];
        let (Some(id), None, true) = (one.id, one.plan, one.is_active()) else {
            // Whoever resumes the file, or opens it again, begins anew.
            return Ok(());
        };
        let (lead, template) = (one.lead(), self.cast.centres[one.centre].template);
        let Some(lead) = lead else {
            self.later((10, 20), Act::Plan(person));
            return Ok(());
        };
        let first = when::after(self.now(), TimeDelta::days(self.chance.between(2, 8)));
        let starts_on = when::day(when::at_work(first, &mut self.chance)).to_string();
        let body = json!({"participant_id": id, "plan_template_id": template, "starts_on": starts_on});
        let Some(started) = self.post(Who::Staff(lead), "/v1/plans", Seen::Nothing, body).await? else {
            self.later((3, 9), Act::Plan(person));
            return Ok(());
        };
        self.cast.people[person].plan = Some(id_at(&started, "/id")?);
        self.has_planned = true;
        self.totals.plans += 1;
        self.perhaps(20, (10, 250), Act::ChangePlan(person));
        self.perhaps(8, (40, 300), Act::EndPlan(person));
        Ok(())
    }

    /// It is another one from tomorrow on: what is shown is what is done.
    pub async fn change_plan(&mut self, person: usize) -> Result<()> {
        let one = &self.cast.people[person];
        let (Some(plan), Some(lead)) = (one.plan, one.lead()) else { return Ok(()) };
        let (who, path) = (Who::Staff(lead), format!("/v1/plans/{plan}"));
        let (phase, recurrence) = self.chance.one_of(&CHANGES);
        let mut body = json!({"phases": [{"phase_id": phase, "recurrence": recurrence}]});
        let shown = self.post(who, &format!("{path}/preview"), Seen::Any, body.clone()).await?;
        let Some(shown) = shown.map(|shown| shown.json()) else { return Ok(()) };
        body["fingerprint"] = shown["fingerprint"].clone();
        let changed = self.post(who, &format!("{path}/change"), Seen::Any, body).await?;
        let changed =
            changed.ok_or_else(|| format!("what was shown is not done: {plan}: {}", self.refused))?;
        let today = when::day(self.now()).to_string();
        let mut promised: Vec<String> =
            ["added", "moved", "kept"].iter().flat_map(|part| days_of(&shown[*part])).collect();
        promised.sort_unstable();
        let mut done = days_of(&changed.json()["check_ins"]);
        done.retain(|day| *day > today);
        done.sort_unstable();
        if promised != done {
            return Err(format!(
                "a plan does something else than was shown: {plan}: {done:?} and not {promised:?}"
            ));
        }
        self.cast.people[person].was_replanned = true;
        self.has_planned = true;
        self.totals.plans_changed += 1;
        Ok(())
    }

    /// It ends, and another one follows in some lives.
    pub async fn end_plan(&mut self, person: usize) -> Result<()> {
        let one = &self.cast.people[person];
        let (Some(plan), Some(lead)) = (one.plan, one.lead()) else { return Ok(()) };
        let reason = self.chance.one_of(&["completed", "replaced", "replaced", "asked_for", "mistake"]);
        let path = format!("/v1/plans/{plan}/end");
        let ended = self.post(Who::Staff(lead), &path, Seen::Any, json!({"reason": reason})).await?;
        if ended.is_some() {
            let one = &mut self.cast.people[person];
            (one.plan, one.was_replanned) = (None, true);
            self.totals.plans_ended += 1;
            if reason == "replaced" {
                self.later((0, 5), Act::Plan(person));
            }
        }
        Ok(())
    }

    /// Learns of the check-ins that were planned since this was last asked, and lets people make up their minds about them.
    pub async fn learn_of_check_ins(&mut self) -> Result<()> {
        let rows: Vec<(Uuid, Uuid, Instant, Instant)> = {
            let mut tx = self.service.app.db.read().await.map_err(|error| error.to_string())?;
            // Ids tell the time at which they were made, and the clock of a simulation is never set back.
            let new = tx.query(sql!(
                "SELECT id, participant_id, opens_at, closes_at FROM check_in WHERE id > $1 ORDER BY id"
            ));
            new.bind(self.cast.last_planned).all().await.map_err(|error| error.to_string())?
        };
        for (check_in, participant, opens_at, closes_at) in rows {
            let person = self.cast.person_of(participant);
            let person = person.ok_or_else(|| format!("a check-in of nobody: {check_in}"))?;
            if !when::is_opening(opens_at) || opens_at <= self.now() {
                return Err(format!("a check-in opens when it should not: {check_in} at {opens_at}"));
            }
            let window = Planned { person, opens_at, closes_at };
            self.cast.planned.insert(check_in, window);
            self.cast.last_planned = check_in;
            self.totals.planned += 1;
            self.decide_how_to_answer(check_in, window);
        }
        Ok(())
    }

    /// Of each plan that nobody changed there is what it asks for, as far ahead as is planned, and nothing else.
    pub async fn look_at_plans(&self) -> Result<()> {
        let today = when::day(self.now());
        let (plans, rows) = self.plans().await.map_err(|error| error.to_string())?;
        let mut planned: HashMap<Uuid, BTreeSet<String>> = HashMap::new();
        for (plan, day) in rows {
            planned.entry(plan).or_default().insert(day);
        }
        for (plan, starts_on, pauses) in plans {
            let starts_on: NaiveDate = starts_on.parse().map_err(|_| format!("no day: {starts_on}"))?;
            let pauses: Vec<Value> = serde_json::from_str(&pauses).map_err(|error| error.to_string())?;
            let planned = planned.remove(&plan).unwrap_or_default();
            let asked_for = days_from(starts_on);
            if let Some(day) =
                planned.iter().find(|day| !asked_for.iter().any(|one| one.to_string() == **day))
            {
                return Err(format!("a plan has a day that it does not ask for: {plan} {day}"));
            }
            for day in asked_for {
                let is_near = when::opening_day(later(day, &pauses)?) <= today + TimeDelta::days(AHEAD);
                if is_near && !planned.contains(&day.to_string()) {
                    return Err(format!("a day of a plan was not planned: {plan} {day}"));
                }
            }
        }
        Ok(())
    }

    /// Those that run and that nobody changed, and what is planned of all: each by its first day and its pauses, and by the days of the plan.
    async fn plans(&self) -> db::Result<(Vec<Course>, Vec<Day>)> {
        let mut tx = self.service.app.db.read().await?;
        let plans = tx
            .query(sql!(
                "SELECT x.id, x.starts_on, x.pauses FROM plan AS x JOIN participant AS p ON p.id = x.participant_id
                 WHERE x.ended_at IS NULL AND x.number = 1 AND p.status = 'active' ORDER BY x.id"
            ))
            .all()
            .await?;
        let days =
            tx.query(sql!("SELECT plan_id, original_on FROM plan_check_in WHERE dropped_at IS NULL")).all();
        let days = days.await?;
        Ok((plans, days))
    }

    /// Whether and when somebody will answer this one.
    fn decide_how_to_answer(&mut self, check_in: Uuid, window: Planned) {
        let Planned { person, opens_at, closes_at } = window;
        let diligence = self.cast.people[person].diligence;
        let manner = match self.chance.below(100) {
            0..8 => Manner::Partly,
            8..18 => Manner::Offline,
            _ => Manner::Whole,
        };
        let from = if self.chance.happens(diligence) {
            when::after(opens_at, TimeDelta::hours(self.chance.between(0, 70)))
        } else if self.chance.happens(35) {
            when::after(closes_at, TimeDelta::hours(self.chance.between(1, 150)))
        } else {
            return;
        };
        let at = when::awake(from, &mut self.chance);
        self.diary.note(at, Act::Answer { person, check_in, manner, tries: 0 });
    }
}

/// The days of the check-ins among these parts of an answer.
fn days_of(parts: &Value) -> Vec<String> {
    let is_check_in = |part: &&Value| part.get("kind").is_none_or(|kind| kind == "check_in");
    let parts = parts.as_array().into_iter().flatten().filter(is_check_in);
    parts.filter_map(|part| Some(part["on"].as_str()?.to_owned())).collect()
}

/// On which days of its own calendar a plan asks.
fn days_from(starts_on: NaiveDate) -> Vec<NaiveDate> {
    let (mut days, mut begins) = (Vec::new(), starts_on);
    for (_, weeks, apart) in PHASES {
        let mut week = 0;
        while week < weeks {
            days.push(begins + TimeDelta::weeks(week));
            week += apart;
        }
        begins += TimeDelta::weeks(weeks);
    }
    days
}

/// Where a day of a plan lies once its pauses are counted.
fn later(day: NaiveDate, pauses: &[Value]) -> Result<NaiveDate> {
    let mut on = day;
    for pause in pauses {
        let from = pause["from"].as_str().and_then(|from| from.parse::<NaiveDate>().ok());
        let (from, days) = from.zip(pause["days"].as_i64()).ok_or_else(|| format!("no pause: {pause}"))?;
        if on >= from {
            on += TimeDelta::days(days);
        }
    }
    Ok(on)
}

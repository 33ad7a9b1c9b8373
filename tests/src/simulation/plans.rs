//! Where somebody's plan begins and goes on: the one seam through which what comes again and again is planned. Today staff plan check-ins by
//! hand, a phase at a time; once a plan does that, this asks for the plan instead, and nothing else of the simulation changes but where it
//! learns of the check-ins.

use super::{
    Result, Simulation,
    acts::{Act, Manner},
    cast::{Planned, Who},
    service::Seen,
    when,
};
use chrono::TimeDelta;
use contract::time::Instant;
use serde_json::{Value, json};
use uuid::Uuid;

/// How often somebody is asked, phase by phase: how many times, and how many days apart.
const PHASES: [(i64, i64); 4] = [(8, 7), (6, 14), (9, 30), (9, 30)];

impl Simulation {
    /// Plans the next phase, and notes when the one after it is planned.
    pub async fn plan(&mut self, person: usize, phase: usize) -> Result<()> {
        let Some(&(times, apart)) = PHASES.get(phase) else { return Ok(()) };
        let one = &self.cast.people[person];
        let (Some(id), Some(lead)) = (one.id, one.lead()) else { return Ok(()) };
        if !one.is_active() {
            // Whoever resumes it, or opens it again, plans anew.
            self.later((10, 20), Act::Plan { person, phase });
            return Ok(());
        }
        let first = when::after(self.now(), TimeDelta::days(self.chance.between(2, 8)));
        let days: Vec<Value> = (0..times)
            .map(|number| when::after(first, TimeDelta::days(number * apart)))
            .map(|at| json!({"day": when::day(at).to_string()}))
            .collect();
        let rule = json!({
            "opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"},
        });
        let body = json!({"participant_id": id, "rule": rule, "check_ins": days});
        let planned = self.post(Who::Staff(lead), "/v1/check-ins", Seen::Nothing, body).await?;
        let Some(planned) = planned else {
            self.later((3, 9), Act::Plan { person, phase });
            return Ok(());
        };
        for item in planned.json()["items"].as_array().cloned().unwrap_or_default() {
            let at = |field: &str| -> Result<Instant> {
                item[field].as_str().unwrap_or_default().parse().map_err(|_| format!("no {field}"))
            };
            let check_in: Uuid = item["id"].as_str().unwrap_or_default().parse().map_err(|_| "no id")?;
            let window = Planned { person, opens_at: at("opens_at")?, closes_at: at("closes_at")? };
            self.cast.planned.insert(check_in, window);
            self.totals.planned += 1;
            self.decide_how_to_answer(check_in, window);
        }
        let next = TimeDelta::days(times * apart - 3);
        self.diary.note(when::after(self.now(), next), Act::Plan { person, phase: phase + 1 });
        Ok(())
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

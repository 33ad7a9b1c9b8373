//! Work: somebody applies, is refused or begins, holds it for a while, loses it, and applies again.

use super::{
    Result, Simulation,
    acts::{Act, id_at},
    cast::Who,
    service::Seen,
    when,
};
use serde_json::json;
use uuid::Uuid;

impl Simulation {
    /// Whoever leads writes down that somebody applied.
    pub async fn apply(&mut self, person: usize) -> Result<()> {
        let one = &self.cast.people[person];
        let (Some(id), Some(lead), true) = (one.id, one.lead(), one.is_active()) else {
            self.perhaps(50, (30, 90), Act::Apply(person));
            return Ok(());
        };
        let (kind, stage) = self.chance.one_of(&[
            ("fixed_term", "application"),
            ("open_ended", "application"),
            ("insertion_contract", "referral"),
            ("day_labour", "start"),
            ("informal_work", "start"),
            ("training", "application"),
            ("income_generating_project", "dossier"),
        ]);
        let today = when::day(self.now()).to_string();
        let body =
            json!({"participant_id": id, "kind": kind, "stage": stage, "on": today, "hours_a_week": 40});
        let Some(recorded) = self.post(Who::Staff(lead), "/v1/placements", Seen::Nothing, body).await? else {
            return Ok(());
        };
        let placement = id_at(&recorded, "/id")?;
        if stage == "start" {
            self.hold(person, placement);
        } else {
            self.later((5, 45), Act::Start { person, placement });
        }
        Ok(())
    }

    /// It begins, or comes to nothing.
    pub async fn start(&mut self, person: usize, placement: Uuid) -> Result<()> {
        let Some(lead) = self.cast.people[person].lead() else { return Ok(()) };
        let today = when::day(self.now()).to_string();
        let path = format!("/v1/placements/{placement}/record-stage");
        let outcome = if self.chance.happens(70) { "reached" } else { "refused" };
        let mut is_begun = false;
        // The last stage of one of the two ways.
        for stage in ["start", "first_sale"] {
            let body = json!({"stage": stage, "outcome": outcome, "on": today});
            if self.post(Who::Staff(lead), &path, Seen::Any, body).await?.is_some() {
                is_begun = outcome == "reached";
                break;
            }
        }
        if is_begun {
            self.hold(person, placement);
        } else {
            self.perhaps(70, (10, 60), Act::Apply(person));
        }
        Ok(())
    }

    fn hold(&mut self, person: usize, placement: Uuid) {
        self.totals.begun += 1;
        self.cast.people[person].placement = Some(placement);
        self.perhaps(65, (8, 380), Act::Lose { person, placement });
    }

    /// It is over.
    pub async fn lose(&mut self, person: usize, placement: Uuid) -> Result<()> {
        let Some(lead) = self.cast.people[person].lead() else { return Ok(()) };
        let reason = self.chance.one_of(&[
            "end_of_contract",
            "better_job",
            "dismissed",
            "laid_off",
            "health",
            "family",
            "season_over",
            "other",
        ]);
        let body = json!({"reason": reason, "until": when::day(self.now()).to_string()});
        let path = format!("/v1/placements/{placement}/end");
        if self.post(Who::Staff(lead), &path, Seen::Any, body).await?.is_some() {
            self.totals.lost += 1;
            self.cast.people[person].placement = None;
            self.perhaps(75, (5, 60), Act::Apply(person));
        }
        Ok(())
    }

    /// Whether it was held is known now.
    pub async fn verify(&mut self, staff: usize, placement: Uuid) -> Result<()> {
        let who = Who::Staff(staff);
        let path = format!("/v1/placements/{placement}");
        let Some(read) = self.ask(who, reqwest::Method::GET, &path, Seen::Nothing, None).await? else {
            return Ok(());
        };
        let json = read.json();
        let milestones = json["milestones"].as_array().cloned().unwrap_or_default();
        let pending = milestones.iter().find(|one| one["state"] == "pending");
        let Some(milestone) = pending.and_then(|one| one["milestone"].as_str()) else { return Ok(()) };
        let body = json!({
            "milestone": milestone, "evidence": self.chance.one_of(&["payslip", "self_report", "visit_elsewhere"]),
            "confidence": self.chance.one_of(&["high", "medium"]), "on": when::day(self.now()).to_string(),
        });
        self.post(who, &format!("{path}/verify-milestone"), Seen::Any, body).await.map(drop)
    }
}

//! In the field: visits, written down at once or on a phone without network, and attempts that reached nobody.

use super::{
    Result, Simulation,
    acts::{Act, id_at},
    cast::Who,
    service::Seen,
    when,
};
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

impl Simulation {
    /// Somebody who accompanies them visits them.
    pub async fn visit(&mut self, person: usize) -> Result<()> {
        self.later((55, 150), Act::Visit(person));
        self.perhaps(30, (5, 40), Act::Attempt(person));
        let one = &self.cast.people[person];
        let (Some(id), true) = (one.id, one.is_active()) else { return Ok(()) };
        if one.companions.is_empty() {
            return Ok(());
        }
        let staff = self.chance.one_of(&one.companions).staff;
        let who = Who::Staff(staff);
        let kind = self.chance.one_of(&["home", "workplace", "centre", "phone", "video"]);
        let mut body = json!({
            "id": self.service.app.ids.next(), "participant_id": id, "kind": kind, "local_start": when::wall(when::after(self.now(), TimeDelta::hours(-1))),
            "duration_minutes": self.chance.between(10, 90), "readers": "staff", "zone": "Africa/Casablanca",
            "narrative": "Things go as well as they can for now",
        });
        if self.chance.happens(35) {
            let due = when::after(self.now(), TimeDelta::days(self.chance.between(2, 25)));
            body["next_step"] = json!({"what": "Go to the district office", "local_due": when::wall(due)});
        }
        if self.chance.happens(60) {
            if let Some(logged) = self.post(who, "/v1/visits", Seen::Nothing, body).await? {
                let visit = id_at(&logged, "/id")?;
                self.perhaps(4, (0, 9), Act::WithdrawVisit { staff, visit });
            }
            return Ok(());
        }
        let mutation = json!({
            "id": self.service.app.ids.next(), "recorded_at": self.now().to_string(), "operation": "recordVisit", "body": body,
        });
        let at = when::after(self.now(), TimeDelta::hours(self.chance.between(1, 110)));
        self.diary.note(at, Act::Send { who, mutation: Box::new(mutation) });
        Ok(())
    }

    /// It was somebody else's.
    pub async fn withdraw_visit(&mut self, staff: usize, visit: Uuid) -> Result<()> {
        let body = json!({"reason": "It was about somebody else"});
        let path = format!("/v1/visits/{visit}/withdraw");
        self.post(Who::Staff(staff), &path, Seen::Any, body).await.map(drop)
    }

    /// Their centre was without network until an hour ago.
    pub async fn declare_outage(&mut self, centre: usize, hours: i64) -> Result<()> {
        let ends = when::after(self.now(), TimeDelta::hours(-1));
        let body = json!({
            "cause": self.chance.one_of(&["network", "power", "service"]),
            "local_starts": when::wall(when::after(ends, TimeDelta::hours(-hours))), "local_ends": when::wall(ends),
        });
        let manager = Who::Staff(self.cast.centres[centre].manager);
        self.post(manager, "/v1/outages", Seen::Nothing, body).await.map(drop)
    }

    /// Whoever leads tries to reach them in vain.
    pub async fn attempt(&mut self, person: usize) -> Result<()> {
        let one = &self.cast.people[person];
        let (Some(id), Some(lead), true) = (one.id, one.lead(), one.is_active()) else { return Ok(()) };
        let body = json!({
            "participant_id": id, "kind": self.chance.one_of(&["called", "called", "went"]),
            "aim": self.chance.one_of(&["touch", "check_in", "appointment"]), "local_at": when::wall(self.now()),
        });
        self.post(Who::Staff(lead), "/v1/contact-attempts", Seen::Nothing, body).await.map(drop)
    }
}

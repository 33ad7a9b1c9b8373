//! What people need, to whom they are referred, what they agree to, and their papers.

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

/// The edition of what consents say.
const WORDING: &str = "2026-11";

impl Simulation {
    /// Something is missing.
    pub async fn need(&mut self, person: usize) -> Result<()> {
        self.perhaps(60, (60, 250), Act::Need(person));
        let one = &self.cast.people[person];
        let (Some(id), Some(lead), true) = (one.id, one.lead(), one.is_active()) else { return Ok(()) };
        let area =
            self.chance.one_of(&["housing", "papers", "health", "family", "income", "legal", "education"]);
        let body = json!({"participant_id": id, "area": area, "what": "What the form asks for"});
        if let Some(found) = self.post(Who::Staff(lead), "/v1/needs", Seen::Nothing, body).await? {
            let need = id_at(&found, "/id")?;
            self.perhaps(85, (1, 40), Act::SeeTo { person, need, is_in_hand: false });
        }
        Ok(())
    }

    /// It is seen to.
    pub async fn see_to(&mut self, person: usize, need: Uuid, is_in_hand: bool) -> Result<()> {
        let Some(lead) = self.cast.people[person].lead() else { return Ok(()) };
        let (who, path) = (Who::Staff(lead), format!("/v1/needs/{need}"));
        if is_in_hand {
            let result = self.chance.one_of(&["met", "met", "partly_met", "declined", "not_met"]);
            let body = json!({"result": result});
            return self.post(who, &format!("{path}/close"), Seen::Any, body).await.map(drop);
        }
        if self.post(who, &format!("{path}/take-in-hand"), Seen::Any, json!({})).await?.is_some() {
            self.perhaps(85, (5, 90), Act::SeeTo { person, need, is_in_hand: true });
        }
        Ok(())
    }

    async fn partner(&mut self, centre: usize) -> Result<Option<Uuid>> {
        if self.cast.centres[centre].partner.is_none() {
            let body = json!({"name": "Association Al Amal", "offers": "A sewing course"});
            let manager = Who::Staff(self.cast.centres[centre].manager);
            if let Some(made) = self.post(manager, "/v1/partners", Seen::Nothing, body).await? {
                self.cast.centres[centre].partner = Some(id_at(&made, "/id")?);
            }
        }
        Ok(self.cast.centres[centre].partner)
    }

    /// Somebody is referred to a partner, and agrees to that.
    pub async fn refer(&mut self, person: usize) -> Result<()> {
        let one = &self.cast.people[person];
        let (Some(id), Some(lead), true) = (one.id, one.lead(), one.is_active()) else { return Ok(()) };
        let (language, given_name) = (one.language, one.name.split(' ').next().unwrap_or("Omar").to_owned());
        let Some(partner) = self.partner(one.centre).await? else { return Ok(()) };
        let expires_at = when::after(self.now(), TimeDelta::days(self.chance.between(20, 300)));
        let body = json!({
            "participant_id": id, "partner_id": partner, "given_name": given_name, "request": "A place in the course",
            "consent": {"wording_version": WORDING, "language": language, "expires_at": expires_at.to_string()},
        });
        if let Some(asked) = self.post(Who::Staff(lead), "/v1/referrals", Seen::Nothing, body).await? {
            let referral = id_at(&asked, "/id")?;
            self.totals.referred += 1;
            self.later((0, 5), Act::Follow { person, referral, steps: 0 });
        }
        Ok(())
    }

    /// The next step of it, unless nobody thinks of it.
    pub async fn follow(&mut self, person: usize, referral: Uuid, steps: u8) -> Result<()> {
        let Some(lead) = self.cast.people[person].lead() else { return Ok(()) };
        let (who, path) = (Who::Staff(lead), format!("/v1/referrals/{referral}"));
        let taken = match steps {
            0 => self.command(who, &format!("{path}/send"), Seen::Any).await?,
            1 => {
                let body = if self.chance.happens(75) {
                    json!({"answer": "accepted"})
                } else {
                    json!({"answer": "refused", "refusal": "no_place"})
                };
                self.post(who, &format!("{path}/record-answer"), Seen::Any, body).await?
            }
            2 => {
                let body = json!({"met_on": when::day(self.now()).to_string()});
                self.post(who, &format!("{path}/record-meeting"), Seen::Any, body).await?
            }
            3 => {
                let body = json!({"outcome": self.chance.one_of(&["helped", "helped_partly", "not_helped"])});
                self.post(who, &format!("{path}/close"), Seen::Any, body).await?
            }
            _ => None,
        };
        if taken.is_some() {
            self.perhaps(85, (2, 18), Act::Follow { person, referral, steps: steps + 1 });
        }
        Ok(())
    }

    /// They agree to be accompanied, and to be told over services abroad.
    pub async fn consent(&mut self, person: usize) -> Result<()> {
        let one = &self.cast.people[person];
        let Some(id) = one.id else { return Ok(()) };
        let language = one.language;
        for purpose in ["follow_up", "push_abroad"] {
            let body = json!({
                "participant_id": id, "purpose": purpose, "language": language, "wording_version": WORDING,
            });
            self.post(Who::Person(person), "/v1/consents", Seen::Nothing, body).await?;
        }
        self.perhaps(8, (20, 400), Act::TakeBack(person));
        Ok(())
    }

    /// They want nothing sent abroad any more, for a while or for good.
    pub async fn take_back(&mut self, person: usize) -> Result<()> {
        let Some(id) = self.cast.people[person].id else { return Ok(()) };
        let body = json!({"participant_id": id, "purpose": "push_abroad"});
        self.post(Who::Person(person), "/v1/consents/withdraw", Seen::Nothing, body).await?;
        self.perhaps(50, (10, 100), Act::Consent(person));
        Ok(())
    }

    /// How a paper of theirs stands.
    pub async fn paper(&mut self, person: usize) -> Result<()> {
        self.perhaps(55, (20, 120), Act::Paper(person));
        let one = &self.cast.people[person];
        let (Some(id), Some(lead), true) = (one.id, one.lead(), one.is_active()) else { return Ok(()) };
        let body = json!({
            "item": self.chance.one_of(&["national_card", "residence_certificate", "birth_record", "cv", "phone"]),
            "state": self.chance.one_of(&["missing", "being_obtained", "have"]),
            "on": when::day(self.now()).to_string(),
        });
        let path = format!("/v1/participants/{id}/readiness");
        self.post(Who::Staff(lead), &path, Seen::Nothing, body).await.map(drop)
    }
}

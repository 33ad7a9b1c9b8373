//! Hand-overs: another centre, or a colleague, is asked to accompany somebody from now on, and says yes or no, or whoever asked takes it back.
//! Nothing changes before a yes.

use super::{
    Result, Simulation,
    acts::{Act, id_at},
    cast::{Asked, Companion, HandOver, Who},
    service::Seen,
};
use crate::Answer;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

impl Simulation {
    /// They move away: the manager of their centre asks another one.
    pub async fn ask_centre(&mut self, person: usize) -> Result<()> {
        let Some(path) = self.path(person) else { return Ok(()) };
        let from = self.cast.people[person].centre;
        let to = (from + 1 + self.chance.below(self.cast.centres.len() - 1)) % self.cast.centres.len();
        let body =
            json!({"centre_id": self.cast.centres[to].id, "note": "Moves there at the end of the month"});
        let asker = self.cast.centres[from].manager;
        let asked = self.post(Who::Staff(asker), &format!("{path}/hand-over"), Seen::Nothing, body).await?;
        self.await_answer(asked, HandOver { person, asker, to: Asked::Centre(to) })
    }

    /// Whoever leads, or the manager, asks a colleague to lead.
    pub async fn ask_colleague(&mut self, person: usize) -> Result<()> {
        self.perhaps(40, (60, 300), Act::HandOver(person));
        let one = &self.cast.people[person];
        let Some(lead) = one.companions.first().copied() else { return Ok(()) };
        let centre = &self.cast.centres[one.centre];
        let others: Vec<usize> =
            centre.mentors.iter().copied().filter(|other| *other != lead.staff).collect();
        let asker = if self.chance.happens(70) { lead.staff } else { centre.manager };
        let staff = self.chance.one_of(&others);
        let is_relieved = self.chance.happens(75);
        let body = json!({
            "staff_id": self.cast.staff[staff].account.id, "takes_lead": true, "ends_former": is_relieved,
        });
        let path = format!("/v1/assignments/{}/hand-over", lead.assignment);
        let asked = self.post(Who::Staff(asker), &path, Seen::Nothing, body).await?;
        let ends = is_relieved.then_some(lead.assignment);
        self.await_answer(asked, HandOver { person, asker, to: Asked::Colleague { staff, ends } })
    }

    /// Most are answered within days; the others when whoever is asked looks through their work list.
    fn await_answer(&mut self, asked: Option<Answer>, hand_over: HandOver) -> Result<()> {
        let Some(asked) = asked else { return Ok(()) };
        let id = id_at(&asked, "/id")?;
        self.cast.hand_overs.insert(id, hand_over);
        self.totals.hand_overs += 1;
        self.perhaps(75, (0, 6), Act::Decide(id));
        Ok(())
    }

    /// Whoever is asked answers it, unless whoever asked takes it back.
    pub async fn decide(&mut self, id: Uuid) -> Result<()> {
        let Some(HandOver { asker, to, .. }) = self.cast.hand_overs.get(&id).copied() else { return Ok(()) };
        if self.chance.happens(20) {
            let path = format!("/v1/hand-overs/{id}/withdraw");
            if self.command(Who::Staff(asker), &path, Seen::Any).await?.is_some() {
                self.cast.hand_overs.remove(&id);
                self.totals.hand_overs_withdrawn += 1;
            }
            return Ok(());
        }
        let asked = match to {
            Asked::Centre(centre) => self.cast.centres[centre].manager,
            Asked::Colleague { staff, .. } => staff,
        };
        self.answer_hand_over(asked, id).await
    }

    /// Somebody who is asked says yes or no.
    pub async fn answer_hand_over(&mut self, staff: usize, id: Uuid) -> Result<()> {
        let (who, path) = (Who::Staff(staff), format!("/v1/hand-overs/{id}"));
        if self.chance.happens(70) {
            return match self.command(who, &format!("{path}/accept"), Seen::Any).await? {
                Some(_) => self.is_accepted(id).await,
                None => Ok(()),
            };
        }
        let body = json!({"reason": self.chance.one_of(&["no_time", "too_far", "knows_them", "other"])});
        if self.post(who, &format!("{path}/refuse"), Seen::Any, body).await?.is_some() {
            self.cast.hand_overs.remove(&id);
            self.totals.hand_overs_refused += 1;
        }
        Ok(())
    }

    /// It is done: they are the other centre's, and accompanied there at once or when somebody there sees to it; or the colleague leads.
    async fn is_accepted(&mut self, id: Uuid) -> Result<()> {
        let Some(HandOver { person, to, .. }) = self.cast.hand_overs.remove(&id) else {
            return Err(format!("somebody accepted what nobody had asked: {id}"));
        };
        match to {
            Asked::Centre(centre) => {
                let one = &mut self.cast.people[person];
                one.centre = centre;
                one.companions.clear();
                self.totals.moved += 1;
                if self.chance.happens(80) { self.accompany(person).await } else { Ok(()) }
            }
            Asked::Colleague { staff, ends } => {
                self.totals.handed_over += 1;
                self.leads_now(person, staff, ends).await
            }
        }
    }

    /// A colleague leads; by which assignment is read, since the answer does not say so.
    async fn leads_now(&mut self, person: usize, staff: usize, ends: Option<Uuid>) -> Result<()> {
        let Some(path) = self.path(person) else { return Ok(()) };
        let path = format!("{path}/assignments?limit=200");
        let listed = self.ask(self.manager(person), Method::GET, &path, Seen::Nothing, None).await?;
        let json = listed.ok_or("nobody reads who accompanies somebody")?.json();
        let colleague = self.cast.staff[staff].account.id.to_string();
        let mut items = json["items"].as_array().into_iter().flatten();
        let lasting = items.find(|one| one["staff_id"] == colleague && one.get("ended_at").is_none());
        let assignment = lasting.and_then(|one| one["id"].as_str()?.parse().ok());
        let assignment: Uuid = assignment.ok_or("whoever accepted accompanies nobody")?;
        let companions = &mut self.cast.people[person].companions;
        companions.retain(|one| one.staff != staff && Some(one.assignment) != ends);
        companions.insert(0, Companion { staff, assignment });
        Ok(())
    }
}

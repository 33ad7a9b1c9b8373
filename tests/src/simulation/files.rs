//! Files: somebody is registered, accompanied, rests, goes on, leaves, comes back, dies; and who accompanies them.

use super::{
    Result, Simulation,
    acts::{Act, id_at},
    cast::{Companion, Who},
    service::Seen,
    when,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

impl Simulation {
    /// Who runs a centre.
    pub fn manager_of(&self, centre: usize) -> Who {
        Who::Staff(self.cast.centres[centre].manager)
    }

    /// Who runs the centre that has them.
    pub fn manager(&self, person: usize) -> Who {
        self.manager_of(self.cast.people[person].centre)
    }

    /// Where their file is, once they are registered.
    pub fn path(&self, person: usize) -> Option<String> {
        Some(format!("/v1/participants/{}", self.cast.people[person].id?))
    }

    /// A manager registers somebody, having looked at those who are likely the same.
    pub async fn register(&mut self, person: usize) -> Result<()> {
        let one = &self.cast.people[person];
        let mut body = json!({
            "name_latin": one.name, "language": one.language, "zone": one.zone, "birth_year": one.birth_year,
            "preparing": true,
        });
        let manager = self.manager(person);
        let mut registered = self.post(manager, "/v1/participants", Seen::Nothing, body.clone()).await?;
        if registered.is_none() {
            body["not_same_as"] = self.refused["similar"].take();
            registered = self.post(manager, "/v1/participants", Seen::Nothing, body).await?;
        }
        let Some(registered) = registered else { return Ok(()) };
        self.cast.register(person, id_at(&registered, "/id")?);
        self.cast.people[person].status = "preparing";
        self.totals.registered += 1;
        self.accompany(person).await?;
        self.later((0, 20), Act::Activate(person));
        Ok(())
    }

    /// A mentor accompanies them from now on, and a counsellor as well in some lives.
    pub async fn accompany(&mut self, person: usize) -> Result<()> {
        let centre = self.cast.people[person].centre;
        let mentor = self.cast.mentor_for(centre, &mut self.chance);
        self.assign(person, mentor).await?;
        if self.chance.happens(35) {
            let counsellor = self.chance.one_of(&self.cast.centres[centre].counsellors);
            self.assign(person, counsellor).await?;
        }
        Ok(())
    }

    async fn assign(&mut self, person: usize, staff: usize) -> Result<()> {
        let Some(path) = self.path(person) else { return Ok(()) };
        let body = json!({"staff_id": self.cast.staff[staff].account.id});
        let manager = self.manager(person);
        let assigned = self.post(manager, &format!("{path}/assignments"), Seen::Nothing, body).await?;
        if let Some(assigned) = assigned {
            let assignment = id_at(&assigned, "/id")?;
            self.cast.people[person].companions.push(Companion { staff, assignment });
        }
        Ok(())
    }

    async fn command_of(
        &mut self,
        who: Who,
        person: usize,
        command: &str,
        body: Option<Value>,
    ) -> Result<bool> {
        let Some(path) = self.path(person) else { return Ok(false) };
        let path = format!("{path}/{command}");
        Ok(self.ask(who, reqwest::Method::POST, &path, Seen::Any, body).await?.is_some())
    }

    /// They are there: what is to come in their life is drawn.
    pub async fn activate(&mut self, person: usize) -> Result<()> {
        let who = self.cast.people[person].lead().map_or(self.manager(person), Who::Staff);
        if !self.command_of(who, person, "activate", None).await? {
            return Ok(());
        }
        self.cast.people[person].status = "active";
        self.take_up(person).await?;
        self.perhaps(50, (15, 300), Act::Pause(person));
        self.perhaps(80, (50, 300), Act::Close(person));
        self.perhaps(6, (20, 300), Act::Die(person));
        self.perhaps(28, (40, 300), Act::Move(person));
        self.perhaps(35, (30, 400), Act::HandOver(person));
        self.perhaps(30, (50, 500), Act::Reassign(person));
        Ok(())
    }

    /// What begins when somebody is accompanied, the first time or again.
    async fn take_up(&mut self, person: usize) -> Result<()> {
        self.cast.enrol(&self.service.app, person).await;
        let soon = when::after(self.now(), TimeDelta::minutes(20));
        if self.chance.happens(80) {
            self.diary.note(soon, Act::Phone(person));
        }
        self.diary.note(soon, Act::Consent(person));
        self.later((0, 3), Act::Plan(person));
        self.later((2, 20), Act::Book(person));
        self.later((3, 40), Act::Visit(person));
        self.perhaps(70, (10, 150), Act::Apply(person));
        self.perhaps(85, (1, 60), Act::Need(person));
        self.perhaps(40, (20, 300), Act::Refer(person));
        self.perhaps(60, (2, 60), Act::Paper(person));
        Ok(())
    }

    /// Their file rests: a manager says so where it is a new detention.
    pub async fn pause(&mut self, person: usize) -> Result<()> {
        let reason =
            self.chance.one_of(&["illness", "illness", "travel", "travel", "new_detention", "other"]);
        let lead = self.cast.people[person].lead().map_or(self.manager(person), Who::Staff);
        let is_managers = reason == "new_detention" || self.chance.happens(20);
        let who = if is_managers { self.manager(person) } else { lead };
        if self.command_of(who, person, "pause", Some(json!({"reason": reason}))).await? {
            self.cast.people[person].status = "paused";
            self.cast.people[person].is_managers_pause = is_managers;
            self.totals.paused += 1;
            self.later((4, 80), Act::Resume(person));
        }
        Ok(())
    }

    /// It goes on.
    pub async fn resume(&mut self, person: usize) -> Result<()> {
        let one = &self.cast.people[person];
        let lead = one.lead().filter(|_| !one.is_managers_pause);
        let who = lead.map_or(self.manager(person), Who::Staff);
        if self.command_of(who, person, "resume", None).await? {
            self.cast.people[person].status = "active";
            self.totals.resumed += 1;
            self.later((1, 4), Act::Plan(person));
            self.perhaps(20, (60, 300), Act::Pause(person));
        }
        Ok(())
    }

    /// It is closed, by whoever's wish.
    pub async fn close(&mut self, person: usize) -> Result<()> {
        let (command, reason, status) = self.chance.one_of(&[
            ("complete", "goal_reached", "completed"),
            ("complete", "goal_reached", "completed"),
            ("complete", "goal_reached", "completed"),
            ("withdraw", "asked_to_stop", "withdrawn"),
            ("withdraw", "moved_away", "withdrawn"),
            ("withdraw", "not_reached", "withdrawn"),
            ("transfer", "served_elsewhere", "transferred"),
        ]);
        let mut body = json!({"reason": reason});
        if reason == "not_reached" {
            body["attempts"] = json!(3);
        }
        if self.command_of(self.manager(person), person, command, Some(body)).await? {
            self.closed(person, status);
            self.perhaps(15, (20, 150), Act::Reopen(person));
        }
        Ok(())
    }

    fn closed(&mut self, person: usize, status: &'static str) {
        let one = &mut self.cast.people[person];
        one.status = status;
        one.was_closed = true;
        one.account = None;
        one.endpoint = None;
        one.plan = None;
        self.totals.closed += 1;
    }

    /// It is opened again.
    pub async fn reopen(&mut self, person: usize) -> Result<()> {
        let body = json!({"reason": "came_back"});
        if self.command_of(self.manager(person), person, "reopen", Some(body)).await? {
            self.cast.people[person].status = "active";
            self.totals.reopened += 1;
            self.take_up(person).await?;
        }
        Ok(())
    }

    /// They die, or somebody was told so.
    pub async fn die(&mut self, person: usize) -> Result<()> {
        let who = self.cast.people[person].lead().map_or(self.manager(person), Who::Staff);
        let body = json!({"name": self.cast.people[person].name});
        if self.command_of(who, person, "record-death", Some(body)).await? {
            self.closed(person, "deceased");
            self.totals.died += 1;
            self.perhaps(30, (1, 12), Act::Live(person));
        }
        Ok(())
    }

    /// It was somebody else.
    pub async fn live(&mut self, person: usize) -> Result<()> {
        let Some(path) = self.path(person) else { return Ok(()) };
        let body = json!({"note": "It was somebody of the same name"});
        let manager = self.manager(person);
        let path = format!("{path}/reverse-death");
        let Some(reversed) = self.post(manager, &path, Seen::Any, body).await? else { return Ok(()) };
        self.cast.people[person].status = match reversed.string("/status").as_str() {
            "active" => "active",
            "paused" => "paused",
            "preparing" => "preparing",
            "completed" => "completed",
            "transferred" => "transferred",
            _ => "withdrawn",
        };
        self.totals.reversed += 1;
        match self.cast.people[person].status {
            "active" => self.take_up(person).await,
            "paused" => {
                self.later((1, 20), Act::Resume(person));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Somebody nobody accompanies is assigned.
    pub async fn find_companion(&mut self, person: usize) -> Result<()> {
        if self.cast.people[person].companions.is_empty() { self.accompany(person).await } else { Ok(()) }
    }

    /// Somebody else leads from now on, and who did so leaves in most lives.
    pub async fn reassign(&mut self, person: usize) -> Result<()> {
        let one = &self.cast.people[person];
        let Some(former) = one.companions.first().copied() else { return Ok(()) };
        let next = self.cast.mentor_for(one.centre, &mut self.chance);
        let manager = self.manager(person);
        if self.cast.people[person].companions.iter().all(|companion| companion.staff != next) {
            self.assign(person, next).await?;
        }
        let found = self.cast.people[person].companions.iter().find(|companion| companion.staff == next);
        let Some(assignment) = found.map(|companion| companion.assignment) else { return Ok(()) };
        let path = format!("/v1/assignments/{assignment}/lead");
        if self.command(manager, &path, Seen::Nothing).await?.is_some() {
            let companions = &mut self.cast.people[person].companions;
            companions.sort_by_key(|companion| companion.staff != next);
        }
        if former.staff != next && self.chance.happens(70) {
            self.leave(person, former.assignment).await?;
        }
        self.perhaps(40, (60, 300), Act::Reassign(person));
        Ok(())
    }

    async fn leave(&mut self, person: usize, assignment: Uuid) -> Result<()> {
        let path = format!("/v1/assignments/{assignment}/end");
        if self.command(self.manager(person), &path, Seen::Nothing).await?.is_some() {
            self.cast.people[person].companions.retain(|companion| companion.assignment != assignment);
        }
        Ok(())
    }

    /// Somebody of the staff is away for some days, and somebody stands in, or nobody.
    pub async fn absence(&mut self, staff: usize) -> Result<()> {
        self.later((90, 200), Act::Absence(staff));
        let member = &self.cast.staff[staff];
        if member.is_manager {
            return Ok(());
        }
        let centre = &self.cast.centres[member.centre];
        let others: Vec<usize> = centre.mentors.iter().copied().filter(|other| *other != staff).collect();
        let from = when::after(self.now(), TimeDelta::days(self.chance.between(1, 20)));
        let until = when::after(from, TimeDelta::days(self.chance.between(0, 14)));
        let mut body = json!({"from": when::day(from).to_string(), "until": when::day(until).to_string()});
        if self.chance.happens(75) {
            let stand_in = self.chance.one_of(&others);
            body["stand_in_id"] = json!(self.cast.staff[stand_in].account.id);
        }
        let path = format!("/v1/staff/{}/absences", self.cast.staff[staff].account.id);
        let manager = self.manager_of(self.cast.staff[staff].centre);
        self.post(manager, &path, Seen::Nothing, body).await.map(drop)
    }
}

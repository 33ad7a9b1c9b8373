//! What people do, and when: a diary of all of them, in the order of its moments, and of the order in which it was written where they are the
//! same.

use super::{
    Result, Simulation,
    cast::{Cast, Who},
    chance::Chance,
    service::Seen,
    when,
};
use crate::Answer;
use chrono::TimeDelta;
use contract::time::Instant;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How somebody answers a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// All at once.
    Whole,
    /// A part of it, and perhaps the rest another day.
    Partly,
    /// From a phone without network, sent later.
    Offline,
}

/// What somebody does.
#[derive(Debug, Clone)]
pub enum Act {
    /// A manager registers somebody.
    Register(usize),
    /// Their mentor says that they are there.
    Activate(usize),
    /// They put the app on a phone.
    Phone(usize),
    /// Somebody of the staff does.
    StaffPhone(usize),
    /// Their phone is lost, or wiped.
    LosePhone(usize),
    /// Their plan begins.
    Plan(usize),
    /// It is another one from then on.
    ChangePlan(usize),
    /// It ends before its time.
    EndPlan(usize),
    /// They answer a check-in.
    Answer {
        /// Who.
        person: usize,
        /// Which.
        check_in: Uuid,
        /// How.
        manner: Manner,
        /// How often they tried.
        tries: u8,
    },
    /// They had meant something else.
    Correct {
        /// Who.
        person: usize,
        /// Which check-in.
        check_in: Uuid,
    },
    /// What was recorded without network is sent.
    Send {
        /// By whom.
        who: Who,
        /// What.
        mutation: Box<Value>,
    },
    /// A companion sees what was answered.
    Review {
        /// Whose.
        person: usize,
        /// Which check-in.
        check_in: Uuid,
    },
    /// A meeting is agreed on, or offered at several times.
    Book(usize),
    /// The participant says something to an appointment.
    Respond(Uuid),
    /// The host acts upon a wish for another time, or calls it off.
    Arrange(Uuid),
    /// The host says how it ended.
    Conclude(Uuid),
    /// A companion visits somebody.
    Visit(usize),
    /// It was entered by mistake.
    WithdrawVisit {
        /// By whom.
        staff: usize,
        /// Which.
        visit: Uuid,
    },
    /// A companion tries to reach somebody in vain.
    Attempt(usize),
    /// Somebody applies for work.
    Apply(usize),
    /// They begin.
    Start {
        /// Who.
        person: usize,
        /// What.
        placement: Uuid,
    },
    /// They lose it.
    Lose {
        /// Who.
        person: usize,
        /// What.
        placement: Uuid,
    },
    /// Something is missing.
    Need(usize),
    /// It is seen to: taken in hand, then closed.
    SeeTo {
        /// Whose.
        person: usize,
        /// Which need.
        need: Uuid,
        /// Whether it was taken in hand.
        is_in_hand: bool,
    },
    /// Somebody is referred to a partner.
    Refer(usize),
    /// The next step of a referral.
    Follow {
        /// Whose.
        person: usize,
        /// Which.
        referral: Uuid,
        /// How many steps there were.
        steps: u8,
    },
    /// They agree to what they were asked.
    Consent(usize),
    /// They take it back.
    TakeBack(usize),
    /// It is said how a paper of theirs stands.
    Paper(usize),
    /// Their file rests.
    Pause(usize),
    /// It goes on.
    Resume(usize),
    /// It is closed.
    Close(usize),
    /// It is opened again.
    Reopen(usize),
    /// They die, or that is believed.
    Die(usize),
    /// They did not.
    Live(usize),
    /// Another centre is asked to accompany them from now on.
    Move(usize),
    /// A colleague is.
    HandOver(usize),
    /// Whoever was asked answers, or whoever asked takes it back.
    Decide(Uuid),
    /// Somebody else accompanies them.
    Reassign(usize),
    /// Somebody of the staff is away.
    Absence(usize),
    /// Somebody looks through their work list.
    Desk(usize),
    /// Somebody was told that they are needed now.
    Urgent {
        /// Who.
        staff: usize,
        /// By which work item.
        item: Uuid,
    },
    /// Somebody takes back that they told somebody something.
    TakeCallBack {
        /// Who.
        staff: usize,
        /// What they had recorded.
        call: Uuid,
    },
    /// A centre was without network for so many hours until just now, and its manager says so.
    Outage {
        /// Which.
        centre: usize,
        /// For how many hours.
        hours: i64,
    },
    /// The push services take nothing for so many hours.
    PushFails(i64),
    /// Everything is looked at.
    MonthEnds,
}

/// What is going to happen.
#[derive(Debug, Default)]
pub struct Diary {
    acts: BTreeMap<(Instant, u64), Act>,
    written: u64,
}

impl Diary {
    /// Writes something down.
    pub fn note(&mut self, at: Instant, act: Act) {
        self.written += 1;
        self.acts.insert((at, self.written), act);
    }

    /// When something happens next.
    pub fn first(&self) -> Option<Instant> {
        self.acts.keys().next().map(|(at, _)| *at)
    }

    /// What happens next, if that is now or was before.
    pub fn next_by(&mut self, now: Instant) -> Option<Act> {
        let first = self.acts.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// What is known from the beginning.
    pub fn open(&mut self, cast: &Cast, chance: &mut Chance, now: Instant, days: i64) {
        for staff in 0..cast.staff.len() {
            self.note(when::after(now, TimeDelta::minutes(5)), Act::StaffPhone(staff));
            let first = when::after(now, TimeDelta::days(chance.between(1, 7)));
            self.note(when::at_work(first, chance), Act::Desk(staff));
            let away = when::after(now, TimeDelta::days(chance.between(10, 150)));
            self.note(when::at_work(away, chance), Act::Absence(staff));
        }
        for person in 0..cast.people.len() {
            // Some are accompanied when it begins; the others come in the course of time.
            let latest = if chance.happens(20) { days / 20 } else { days * 9 / 10 };
            let comes = when::after(now, TimeDelta::days(chance.between(0, latest)));
            self.note(when::at_work(comes, chance), Act::Register(person));
        }
        for _ in 0..days / 90 {
            let day = when::after(now, TimeDelta::days(chance.between(10, days)));
            let at = when::after(when::for_a_meeting(day, chance), TimeDelta::hours(chance.between(0, 8)));
            self.note(at, Act::PushFails(chance.between(1, 6)));
        }
        for number in 0..days / 120 {
            let day = when::after(now, TimeDelta::days(chance.between(10, days)));
            let centre = usize::try_from(number).unwrap_or(0) % cast.centres.len();
            self.note(when::at_work(day, chance), Act::Outage { centre, hours: chance.between(2, 40) });
        }
        self.note(when::after(now, TimeDelta::days(30)), Act::MonthEnds);
    }
}

impl Simulation {
    /// Does it.
    pub async fn perform(&mut self, act: Act) -> Result<()> {
        match act {
            Act::Register(person) => self.register(person).await,
            Act::Activate(person) => self.activate(person).await,
            Act::Phone(person) => self.new_phone(person).await,
            Act::StaffPhone(staff) => self.staff_phone(staff).await,
            Act::LosePhone(person) => {
                self.lose_phone(person);
                Ok(())
            }
            Act::Plan(person) => self.plan(person).await,
            Act::ChangePlan(person) => self.change_plan(person).await,
            Act::EndPlan(person) => self.end_plan(person).await,
            Act::Answer { person, check_in, manner, tries } => {
                self.answer(person, check_in, manner, tries).await
            }
            Act::Correct { person, check_in } => self.correct(person, check_in).await,
            Act::Send { who, mutation } => self.send(who, *mutation).await,
            Act::Review { person, check_in } => self.review(person, check_in).await,
            Act::Book(person) => self.book(person).await,
            Act::Respond(id) => self.respond(id).await,
            Act::Arrange(id) => self.arrange(id).await,
            Act::Conclude(id) => self.conclude(id).await,
            Act::Visit(person) => self.visit(person).await,
            Act::WithdrawVisit { staff, visit } => self.withdraw_visit(staff, visit).await,
            Act::Attempt(person) => self.attempt(person).await,
            Act::Apply(person) => self.apply(person).await,
            Act::Start { person, placement } => self.start(person, placement).await,
            Act::Lose { person, placement } => self.lose(person, placement).await,
            Act::Need(person) => self.need(person).await,
            Act::SeeTo { person, need, is_in_hand } => self.see_to(person, need, is_in_hand).await,
            Act::Refer(person) => self.refer(person).await,
            Act::Follow { person, referral, steps } => self.follow(person, referral, steps).await,
            Act::Consent(person) => self.consent(person).await,
            Act::TakeBack(person) => self.take_back(person).await,
            Act::Paper(person) => self.paper(person).await,
            Act::Pause(person) => self.pause(person).await,
            Act::Resume(person) => self.resume(person).await,
            Act::Close(person) => self.close(person).await,
            Act::Reopen(person) => self.reopen(person).await,
            Act::Die(person) => self.die(person).await,
            Act::Live(person) => self.live(person).await,
            Act::Move(person) => self.ask_centre(person).await,
            Act::HandOver(person) => self.ask_colleague(person).await,
            Act::Decide(id) => self.decide(id).await,
            Act::Reassign(person) => self.reassign(person).await,
            Act::Absence(staff) => self.absence(staff).await,
            Act::Desk(staff) => self.desk(staff).await,
            Act::Urgent { staff, item } => self.urgent(staff, item).await,
            Act::TakeCallBack { staff, call } => self.take_call_back(staff, call).await,
            Act::Outage { centre, hours } => self.declare_outage(centre, hours).await,
            Act::PushFails(hours) => {
                let until = when::after(self.now(), TimeDelta::hours(hours));
                self.service.push.fail_until(until);
                Ok(())
            }
            Act::MonthEnds => self.end_of_month().await,
        }
    }

    /// What the service answers to somebody. What no rule explains is a failure; a refusal by rule is counted, and gives nothing.
    pub async fn ask(
        &mut self,
        who: Who,
        method: Method,
        path: &str,
        seen: Seen,
        body: Option<Value>,
    ) -> Result<Option<Answer>> {
        // Somebody whose phone was signed out has none to ask with.
        let Some(account) = self.cast.account(who).cloned() else { return Ok(None) };
        let answer = self.service.ask(&account, method.clone(), path, seen, body.as_ref()).await;
        match answer.status {
            200..300 => {
                self.totals.answered(&method, path, None);
                Ok(Some(answer))
            }
            // A phone that was signed out, what is not theirs any more, what came too late, was changed since, or breaks a rule.
            400 | 401 | 403 | 404 | 409 | 412 | 422 => {
                self.refused = answer.json();
                self.totals.answered(&method, path, Some(&self.refused));
                Ok(None)
            }
            _ => Err(format!("{method} {path} by {who:?} with {body:?}: {}", answer.text())),
        }
    }

    /// A POST of this.
    pub async fn post(&mut self, who: Who, path: &str, seen: Seen, body: Value) -> Result<Option<Answer>> {
        self.ask(who, Method::POST, path, seen, Some(body)).await
    }

    /// A POST of nothing.
    pub async fn command(&mut self, who: Who, path: &str, seen: Seen) -> Result<Option<Answer>> {
        self.ask(who, Method::POST, path, seen, None).await
    }

    /// What was recorded without network is sent; each part of it is answered alone.
    async fn send(&mut self, who: Who, mutation: Value) -> Result<()> {
        let body = serde_json::json!({"mutations": [mutation]});
        let Some(answer) = self.post(who, "/v1/sync", Seen::Nothing, body).await? else { return Ok(()) };
        let json = answer.json();
        let result = json["results"][0]["result"].as_str().unwrap_or("none").to_owned();
        let problem = &json["results"][0]["problem"];
        let code = problem["code"].as_str().unwrap_or_default();
        let fault = problem["errors"][0]["pointer"].as_str().unwrap_or_default();
        self.totals.sent_late(&format!("{result} {code} {fault}"));
        Ok(())
    }

    /// Lets something happen so many days from now, while a centre is open.
    pub fn later(&mut self, days: (i64, i64), act: Act) {
        let day = when::after(self.now(), TimeDelta::days(self.chance.between(days.0, days.1)));
        let at = when::at_work(day, &mut self.chance);
        self.diary.note(at, act);
    }

    /// The same in so many of a hundred lives.
    pub fn perhaps(&mut self, percent: usize, days: (i64, i64), act: Act) {
        if self.chance.happens(percent) {
            self.later(days, act);
        }
    }
}

/// The id at this place of an answer.
pub fn id_at(answer: &Answer, pointer: &str) -> Result<Uuid> {
    answer.string(pointer).parse().map_err(|error| format!("no id: {error}"))
}

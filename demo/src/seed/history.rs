//! What happened to somebody since they came, in the order of their accompaniment, and how it ended where it did.

use super::{
    act::{Seeding, Who},
    check_ins,
    invented::Fate,
    meetings, plans, reach, support,
    work::{self, Course},
};
use care::{
    employer::EmployerId,
    participant::status::{
        deeds::{self, Order},
        request::{DeathRecord, FilePause, StatusChange},
        words::{FileCommand, PauseReason, StatusReason},
    },
    plan_template::PlanTemplateId,
    referral::PartnerId,
};
use chrono::TimeDelta;
use contract::{Language, time::Instant};
use kernel::{Result, access::Actor, extract::IfMatch, protect::privacy::Name};

/// What is to be told of somebody.
#[derive(Debug, Clone, Copy)]
pub struct Told<'t> {
    /// Which of them it is: what happens to whom follows from it.
    pub number: u32,
    /// Their given name.
    pub given: &'t str,
    /// The language of their app.
    pub language: Language,
    /// How far they have come.
    pub fate: Fate,
    /// Who gives them work, and of whom something is asked for them.
    pub known: (Option<EmployerId>, Option<PartnerId>),
    /// What their plan is made from, if it was not started otherwise.
    pub template: Option<PlanTemplateId>,
}

/// A plan that was started so many days ago.
const PLANNED: i64 = 21;

/// Their way so far.
pub async fn live(seeding: &mut Seeding<'_>, who: &Who, told: &Told<'_>) -> Result<()> {
    let number = told.number;
    if told.fate == Fate::Preparing {
        return support::papers(seeding, who, who.since - 1, 2).await;
    }
    let is_rich = number.is_multiple_of(2);
    if number.is_multiple_of(3) {
        reach::ways(seeding, who, number, number.is_multiple_of(9)).await?;
    }
    support::needs(seeding, who, who.since - 3, is_rich).await?;
    support::papers(seeding, who, who.since - 6, if is_rich { 4 } else { 2 }).await?;
    let is_reached = told.fate == Fate::Completed;
    support::goals(seeding, who, who.since - 9, is_reached).await?;
    let is_planned = told.fate == Fate::Active && told.template.is_some() && number % 3 == 1;
    // Some paused before, and came back.
    if told.fate == Fate::Active && number.is_multiple_of(8) && who.since > 110 {
        pause(seeding, who, (100, PauseReason::Illness)).await?;
        let back = seeding.days.hour(85, 10)?;
        command(seeding, who, (&who.manager, back), Order::plain(FileCommand::Resume)).await?;
    }
    meet(seeding, who, told, is_rich).await?;
    let last = who.until + if is_planned { PLANNED + 6 } else { seeding.dice.between(7, 12) };
    check_ins::answer_some(seeding, who, if is_rich { 4 } else { 2 }, last).await?;
    work(seeding, who, told).await?;
    if who.is_open() {
        reach::consents(seeding, who, told.language.as_str()).await?;
        if let Some(partner) = told.known.1.filter(|_| number % 9 == 4) {
            reach::refer(seeding, who, partner, (told.given, told.language.as_str())).await?;
        }
        let (before, at) = (seeding.days.hour(20, 0)?, seeding.days.hour(19, 10)?);
        seeding.finish_work((who, &who.companion), before, at).await?;
    }
    if let Some(template) = told.template.filter(|_| is_planned) {
        plan(seeding, who, template).await?;
    }
    trouble(seeding, who, told).await
}

/// Appointments and visits, spread over the time of the accompaniment.
async fn meet(seeding: &mut Seeding<'_>, who: &Who, told: &Told<'_>, is_rich: bool) -> Result<()> {
    let many = if is_rich { 4 } else { 2 };
    let lasted = who.since - who.until;
    for part in 1..many {
        let days_ago = who.since - lasted * part / many;
        if days_ago > who.until + 3 {
            meetings::meet(seeding, who, days_ago).await?;
        }
    }
    if who.is_open() {
        // Something to say how it was.
        meetings::meet_as(seeding, who, 4, 15).await?;
    }
    meetings::visit(seeding, who, who.since - lasted / 3, false).await?;
    // Of some nobody has heard for long.
    let is_silent = told.number % 17 == 9;
    if who.is_open() && !is_silent {
        let days_ago = seeding.dice.between(2, 9);
        meetings::visit(seeding, who, days_ago, told.fate == Fate::Active).await?;
    }
    if who.is_open() && told.number.is_multiple_of(6) {
        reach::attempt(seeding, who, 10).await?;
    }
    Ok(())
}

/// Work, by the number of whoever it is: none yet, running, one after the other, lost lately, or on the way.
async fn work(seeding: &mut Seeding<'_>, who: &Who, told: &Told<'_>) -> Result<()> {
    let (employer, lasted) = (told.known.0, who.since - who.until);
    // Whoever came lately has other things to do first.
    if lasted < 60 {
        return Ok(());
    }
    let begun = who.until + lasted * 2 / 3;
    match told.number % 5 {
        1 => work::place(seeding, who, (employer, begun), Course::Runs).await,
        2 => {
            let held = lasted / 3;
            work::place(seeding, who, (employer, begun), Course::Ends(held)).await?;
            let next = begun - held - 4;
            let goes_on = next > who.until + 14;
            if goes_on { work::place(seeding, who, (None, next - 13), Course::Runs).await } else { Ok(()) }
        }
        3 if who.is_open() => work::place(seeding, who, (employer, begun), Course::Ends(begun - 5)).await,
        4 if who.is_open() => work::place(seeding, who, (employer, 11), Course::OnTheWay).await,
        _ => Ok(()),
    }
}

/// A plan that was started some weeks ago, with what was answered since.
async fn plan(seeding: &mut Seeding<'_>, who: &Who, template: PlanTemplateId) -> Result<()> {
    let at = seeding.days.hour(PLANNED, 10)?;
    let started = plans::start(seeding.app, &mut *seeding.tx, at, &who.companion, who.id, template).await;
    match started {
        Ok(()) => check_ins::answer_those_of_a_plan(seeding, who).await,
        Err(error) => seeding.leave_out("startPlan", error),
    }
}

/// What needs somebody just now.
async fn trouble(seeding: &mut Seeding<'_>, who: &Who, told: &Told<'_>) -> Result<()> {
    if told.fate != Fate::Active || told.template.is_none() || told.number % 3 == 1 {
        return Ok(());
    }
    match told.number % 16 {
        8 => meetings::meet_as(seeding, who, 5, 1).await,
        9 => check_ins::ask_for_help(seeding, who, true).await,
        10 => check_ins::ask_for_help(seeding, who, false).await,
        _ => Ok(()),
    }
}

/// How it ended, or that it pauses.
pub async fn close(seeding: &mut Seeding<'_>, who: &Who, told: &Told<'_>, name: &str) -> Result<()> {
    let at = seeding.days.hour(who.until, 11)?;
    let (manager, number) = (&who.manager, told.number);
    let for_reason =
        |command, reason, attempts| Order::for_reason(command, StatusChange { reason, attempts, note: None });
    if !who.is_open() {
        let (before, seen_to) = (seeding.days.hour(who.until, 8)?, seeding.days.hour(who.until, 9)?);
        seeding.finish_work((who, &who.companion), before, seen_to).await?;
    }
    let order = match told.fate {
        Fate::Preparing | Fate::Active => return Ok(()),
        Fate::Paused => {
            let reason = if number.is_multiple_of(3) { PauseReason::Illness } else { PauseReason::Travel };
            return pause(seeding, who, (1, reason)).await;
        }
        Fate::Completed => for_reason(FileCommand::Complete, StatusReason::GoalReached, None)?,
        Fate::Withdrawn if number.is_multiple_of(3) => {
            for_reason(FileCommand::Withdraw, StatusReason::NotReached, Some(5))?
        }
        Fate::Withdrawn => for_reason(FileCommand::Withdraw, StatusReason::AskedToStop, None)?,
        Fate::Transferred => for_reason(FileCommand::Transfer, StatusReason::ServedElsewhere, None)?,
        Fate::Deceased => Order::death(DeathRecord { name: super::text::<Name>(name)?, note: None }),
    };
    command(seeding, who, (manager, at), order).await?;
    if told.fate == Fate::Deceased {
        let (before, seen_to) =
            (at.saturating_add(TimeDelta::days(1)), at.saturating_add(TimeDelta::days(2)));
        seeding.finish_work((who, manager), before, seen_to).await?;
    }
    Ok(())
}

async fn pause(seeding: &mut Seeding<'_>, who: &Who, (days_ago, reason): (i64, PauseReason)) -> Result<()> {
    let at = seeding.days.hour(days_ago, 10)?;
    command(seeding, who, (&who.manager, at), Order::pause(FilePause { reason, note: None })).await
}

async fn command(
    seeding: &mut Seeding<'_>,
    who: &Who,
    (actor, at): (&Actor, Instant),
    order: Order,
) -> Result<()> {
    let (scope, role, verb) = (actor.staff_caseload()?, order.authorised(actor)?, order.verb());
    let by = (actor, scope, role);
    let done = deeds::carry_out(seeding.app, &mut *seeding.tx, by, (who.id, &IfMatch::Any), order, at).await;
    match done {
        Ok((_, audit)) => seeding.log(actor, audit, at).await,
        Err(error) => seeding.leave_out(verb, error),
    }
}

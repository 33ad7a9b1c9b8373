//! Check-ins that were: answered in time, late, by staff for somebody, excused and missed; some alarm, or ask for a call.

use super::{
    act::{Did, On, Seeding, Who},
    days::Days,
};
use care::check_in::{
    planning::{self, Planning},
    window::LocalWindow,
};
use chrono::{Datelike, TimeDelta};
use contract::{StaffId, time::Instant};
use db::sql;
use kernel::{Result, access::Actor};
use serde_json::{Value, json};
use uuid::Uuid;

/// How many days a window lasts.
const LASTS: i64 = 4;

/// What somebody answers.
fn answers(seeding: &mut Seeding<'_>, is_alarm: bool, call_wanted: bool) -> Value {
    let mood =
        if is_alarm { "very_bad" } else { seeding.dice.of(&["bad", "neutral", "good", "good", "very_good"]) };
    let option = |question: &str, option: &str| json!({"question_id": question, "option": option});
    json!({
        "answers": [
            option("how_are_you", mood),
            option("housing", seeding.dice.of(&["settled", "with_others", "settled", "uncertain"])),
            option("work", seeding.dice.of(&["working", "searching", "training", "paused", "working"])),
            option("worry", if is_alarm { "yes" } else { seeding.dice.of(&["no", "no", "yes"]) }),
        ],
        "call_wanted": call_wanted,
    })
}

/// One every two weeks, so many of them; the last opened so many days ago.
pub async fn answer_some(seeding: &mut Seeding<'_>, who: &Who, many: i64, last: i64) -> Result<()> {
    let Actor::Staff { id: companion, .. } = who.companion else { return Ok(()) };
    let first = last + 14 * (many - 1);
    if first + 1 >= who.since {
        return Ok(());
    }
    let mut windows = Vec::new();
    for number in 0..many {
        let days_ago = first - 14 * number;
        let wall = |days: i64, hour: u32| Days::wall(seeding.days.ago(days), hour, 0);
        let (opens, due) = (wall(days_ago, 9)?, wall(days_ago - 2, 20)?);
        windows.push((None, LocalWindow { opens, due, closes: wall(days_ago - LASTS, 20)? }));
    }
    let planned_at = seeding.days.hour(first + 1, 10)?;
    let planning = Planning { participant: who.id, questionnaire: None, number: None, zone: None, windows };
    let scope = who.companion.staff_caseload()?;
    let planned = planning::plan(seeding.app, &mut *seeding.tx, scope, companion, planning, planned_at).await;
    let planned = match planned {
        Ok(planned) => planned,
        Err(error) => return seeding.leave_out("planCheckIns", error),
    };
    for (row, audit) in planned {
        let (opens, closes) = (row.opens_at, row.closes_at);
        seeding.log(&who.companion, audit, planned_at).await?;
        settle(seeding, who, Did { id: row.id.0, version: 1 }, (opens, closes)).await?;
    }
    Ok(())
}

/// What came of one.
async fn settle(
    seeding: &mut Seeding<'_>,
    who: &Who,
    check_in: Did,
    (opens, closes): (Instant, Instant),
) -> Result<()> {
    let case = seeding.dice.below(12);
    let after = |days: i64| closes.saturating_add(TimeDelta::days(days));
    match case {
        // Not answered; somebody asks why, or the work list says so.
        0 | 1 => {
            let is_recent = after(10) > seeding.now;
            if case == 0 || !is_recent {
                let reason = seeding.dice.of(&["travel", "illness", "no_phone", "work"]);
                let on = On::seen(check_in);
                seeding
                    .act((&who.companion, after(2)), "excuseCheckIn", on, json!({"reason": reason}))
                    .await?;
            }
            Ok(())
        }
        // Answered late.
        2 => {
            let answers = answers(seeding, false, false);
            submit(seeding, (who, &who.own), check_in, answers, after(1)).await
        }
        // Answered on the telephone.
        3 => {
            let answers = answers(seeding, false, false);
            submit(
                seeding,
                (who, &who.companion),
                check_in,
                answers,
                opens.saturating_add(TimeDelta::hours(30)),
            )
            .await
        }
        _ => {
            let is_alarm = case == 4 && seeding.dice.once_in(3);
            let answers = answers(seeding, is_alarm, case == 5);
            let at = opens.saturating_add(TimeDelta::hours(seeding.dice.between(1, 60)));
            submit(seeding, (who, &who.own), check_in, answers, at).await
        }
    }
}

async fn submit(
    seeding: &mut Seeding<'_>,
    (who, by): (&Who, &Actor),
    check_in: Did,
    answers: Value,
    at: Instant,
) -> Result<()> {
    let answered = seeding.act((by, at), "submitCheckIn", On::seen(check_in), answers).await?;
    if let Some(answered) = answered
        && !seeding.dice.once_in(5)
    {
        let read = at.saturating_add(TimeDelta::hours(20));
        seeding.act((&who.companion, read), "reviewCheckIn", On::seen(answered), Value::Null).await?;
    }
    Ok(())
}

/// Answers what a plan has asked so far: nothing that is open now is told as if it had just been asked.
pub async fn answer_those_of_a_plan(seeding: &mut Seeding<'_>, who: &Who) -> Result<()> {
    let opened: Vec<(Uuid, i64, Instant, Instant)> = seeding
        .tx
        .query(sql!(
            "SELECT id, version, opens_at, closes_at FROM check_in
             WHERE participant_id = $1 AND settled = $2 AND opens_at <= $3 ORDER BY opens_at"
        ))
        .bind(who.id)
        .bind("unanswered")
        .bind(seeding.now)
        .all()
        .await?;
    for (id, version, opens, closes) in opened {
        let check_in = Did { id, version };
        if closes <= seeding.now {
            settle(seeding, who, check_in, (opens, closes)).await?;
            continue;
        }
        let answers = answers(seeding, false, false);
        let at = opens.saturating_add(TimeDelta::minutes(1));
        seeding.act((&who.own, at), "submitCheckIn", On::seen(check_in), answers).await?;
    }
    Ok(())
}

/// Somebody who is in need just now: their answer of this morning alarms, or asks for a call.
pub async fn ask_for_help(seeding: &mut Seeding<'_>, who: &Who, is_alarm: bool) -> Result<()> {
    let Actor::Staff { id: companion, .. } = who.companion else { return Ok(()) };
    let check_in = planned_today(seeding, who, companion).await?;
    if let Some(check_in) = check_in {
        let answers = answers(seeding, is_alarm, !is_alarm);
        let at = seeding.now.saturating_sub(TimeDelta::minutes(30));
        seeding.act((&who.own, at), "submitCheckIn", On::seen(check_in), answers).await?;
    }
    Ok(())
}

async fn planned_today(seeding: &mut Seeding<'_>, who: &Who, companion: StaffId) -> Result<Option<Did>> {
    // On a Monday morning the week before is looked back on as well.
    let days_ago = if seeding.days.ago(0).weekday() == chrono::Weekday::Mon { 3 } else { 1 };
    let wall = |days: i64, hour: u32| Days::wall(seeding.days.ago(days), hour, 0);
    let window = LocalWindow { opens: wall(days_ago, 9)?, due: wall(-2, 20)?, closes: wall(-3, 20)? };
    let windows = vec![(None, window)];
    let planning = Planning { participant: who.id, questionnaire: None, number: None, zone: None, windows };
    let at = seeding.days.hour(days_ago + 1, 10)?;
    let scope = who.companion.staff_caseload()?;
    let planned = planning::plan(seeding.app, &mut *seeding.tx, scope, companion, planning, at).await;
    match planned {
        Ok(mut planned) => {
            let Some((row, audit)) = planned.pop() else { return Ok(None) };
            seeding.log(&who.companion, audit, at).await?;
            Ok(Some(Did { id: row.id.0, version: 1 }))
        }
        Err(error) => seeding.leave_out("planCheckIns", error).map(|()| None),
    }
}

//! What stands around everybody now: since when they were not met, where their file stands, their plan and goals, what is open about them, who
//! asks to hand them over; and of their centres the weeks in figures and the outages.

use care::App;
use chrono::{Datelike, TimeDelta};
use contract::time::{Instant, ZoneName};
use db::{Tx, sql};
use kernel::protect::seal::Field;
use serde_json::json;
use uuid::Uuid;

use super::appointments::{Keys, keys, on_the_wall};
use super::shape::{id_at, scattered};
use super::{History, Kind, Shape, begin, pieces, plans};
use crate::Failure;

/// So long ago plans began.
const PLANS_BEGAN: i64 = -100;
/// Goals of each participant, and steps towards each goal.
const GOALS: usize = 3;
const STEPS: usize = 2;
/// Conversations of each plan.
const SESSIONS: usize = 3;
/// Of so many participants three have something open: thirty of a mentor's hundred.
const OPEN_OF: usize = 10;
/// One in so many of what is open has risen to the managers.
const RISEN_OF: usize = 50;
/// Weeks of each centre, and outages.
const WEEKS: usize = 60;
const OUTAGES: usize = 30;

/// Why somebody is needed, and no two of them about the same.
const CAUSES: [&str; 4] = ["no_contact", "session_to_arrange", "paper_stuck", "check_in_missed"];

/// Writes all of it.
pub async fn settle(app: &App, shape: &Shape) -> Result<(), Failure> {
    if shape.history == History::NONE {
        return Ok(());
    }
    let keys = keys(app).await?;
    plans::settle(app, shape, PLANS_BEGAN, false).await?;
    for piece in pieces(shape.participants()) {
        let people: Vec<usize> = piece.collect();
        let mut tx = begin(app).await?;
        statuses(&mut tx, shape, &people).await?;
        contacts(&mut tx, shape, &people).await?;
        sessions(&mut tx, shape, &people).await?;
        goals(app, &mut tx, shape, &people, &keys).await?;
        open_work(app, &mut tx, shape, &people).await?;
        hand_overs(&mut tx, shape, &people).await?;
        tx.commit().await?;
    }
    let mut tx = begin(app).await?;
    for centre in 0..shape.centres {
        weeks(app, &mut tx, shape, centre).await?;
        outages(app, &mut tx, shape, centre).await?;
    }
    Ok(tx.commit().await?)
}

fn centre_of(shape: &Shape, number: usize) -> Uuid {
    shape.id(Kind::Centre, shape.centre_of(number))
}

fn mentor_of(shape: &Shape, number: usize) -> Uuid {
    shape.id(Kind::Mentor, number % shape.mentors)
}

/// Two in a hundred rest, and two have not begun. All of them are accompanied.
async fn statuses(tx: &mut Tx, shape: &Shape, people: &[usize]) -> Result<(), Failure> {
    for (status, remainder) in [("paused", 0), ("preparing", 1)] {
        // By the rank among those of their mentor, so that every mentor has some.
        let these: Vec<usize> =
            people.iter().copied().filter(|number| number / shape.mentors % 50 == remainder).collect();
        if these.is_empty() {
            continue;
        }
        let mut query = tx
            .query_rows(sql!("UPDATE participant SET status = ? WHERE id IN ({rows})"), these.len(), 1)
            .bind(status);
        for number in these {
            query = query.bind(shape.id(Kind::Participant, number));
        }
        query.execute().await?;
    }
    Ok(())
}

async fn contacts(tx: &mut Tx, shape: &Shape, people: &[usize]) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO contact (participant_id, centre_id, opened_at, last_at, last_kind, last_id, counted_from)
             VALUES {rows}"
        ),
        people.len(),
        7,
    );
    for number in people {
        let hours = scattered(*number as u64 ^ 7, 24 * 90);
        let last_at = shape.now.saturating_sub(TimeDelta::hours(hours));
        query = query
            .bind(shape.id(Kind::Participant, *number))
            .bind(centre_of(shape, *number))
            .bind(shape.now.saturating_sub(TimeDelta::days(500)))
            .bind(last_at)
            .bind("visit")
            .bind(id_at(last_at, Kind::Visit, usize::MAX - number))
            .bind(last_at);
    }
    query.execute().await?;
    Ok(())
}

/// One was held, in so far as nobody need be asked for it, and two are still to come.
async fn sessions(tx: &mut Tx, shape: &Shape, people: &[usize]) -> Result<(), Failure> {
    let today = shape.now.to_chrono().date_naive();
    let monday = today - TimeDelta::days(today.weekday().num_days_from_monday().into());
    for place in 0..SESSIONS {
        let week = monday + TimeDelta::weeks(i64::try_from(place)? * 4 - 4);
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO plan_session (id, plan_id, centre_id, participant_id, series, original_on, planned_on, minutes, shape, version)
                 VALUES {rows}"
            ),
            people.len(),
            10,
        );
        for number in people {
            query = query
                .bind(shape.id(Kind::PlanSession, number * SESSIONS + place))
                .bind(shape.id(Kind::Plan, *number))
                .bind(centre_of(shape, *number))
                .bind(shape.id(Kind::Participant, *number))
                .bind("talks")
                .bind(week.to_string())
                .bind(week.to_string())
                .bind(45_i64)
                .bind("45")
                .bind(1_i64);
        }
        query.execute().await?;
    }
    Ok(())
}

async fn goals(app: &App, tx: &mut Tx, shape: &Shape, people: &[usize], keys: &Keys) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!("INSERT INTO goal_list (participant_id, centre_id, version) VALUES {rows}"),
        people.len(),
        3,
    );
    for number in people {
        query = query.bind(shape.id(Kind::Participant, *number)).bind(centre_of(shape, *number)).bind(1_i64);
    }
    query.execute().await?;
    for place in 0..GOALS {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO goal (id, centre_id, participant_id, what_sealed, state, recorded_at, version) VALUES {rows}"
            ),
            people.len(),
            7,
        );
        for number in people {
            let (id, participant) =
                (shape.id(Kind::Goal, number * GOALS + place), shape.id(Kind::Participant, *number));
            let key = keys.get(&participant).ok_or("a participant has no key")?;
            let what = key.seal(Field::new("goal", "what_sealed", id), b"A room of my own", &*app.random)?;
            query = query
                .bind(id)
                .bind(centre_of(shape, *number))
                .bind(participant)
                .bind(what)
                .bind(if place == 0 { "open" } else { "achieved" })
                .bind(shape.now.saturating_sub(TimeDelta::days(60)))
                .bind(1_i64);
        }
        query.execute().await?;
        steps(app, tx, shape, (people, place), keys).await?;
    }
    Ok(())
}

/// The steps towards this goal of each of these.
async fn steps(
    app: &App,
    tx: &mut Tx,
    shape: &Shape,
    (people, goal): (&[usize], usize),
    keys: &Keys,
) -> Result<(), Failure> {
    for place in 0..STEPS {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO goal_step (id, goal_id, centre_id, participant_id, what_sealed, state, recorded_at, version)
                 VALUES {rows}"
            ),
            people.len(),
            8,
        );
        for number in people {
            let whose = number * GOALS + goal;
            let (id, participant) =
                (shape.id(Kind::GoalStep, whose * STEPS + place), shape.id(Kind::Participant, *number));
            let key = keys.get(&participant).ok_or("a participant has no key")?;
            let field = Field::new("goal_step", "what_sealed", id);
            query = query
                .bind(id)
                .bind(shape.id(Kind::Goal, whose))
                .bind(centre_of(shape, *number))
                .bind(participant)
                .bind(key.seal(field, b"Ask at the office", &*app.random)?)
                .bind("open")
                .bind(shape.now.saturating_sub(TimeDelta::days(60)))
                .bind(1_i64);
        }
        query.execute().await?;
    }
    Ok(())
}

async fn open_work(app: &App, tx: &mut Tx, shape: &Shape, people: &[usize]) -> Result<(), Failure> {
    // By the rank among those of their mentor, so that every mentor has some.
    let these: Vec<usize> =
        people.iter().copied().filter(|number| number / shape.mentors % OPEN_OF < 3).collect();
    if these.is_empty() {
        return Ok(());
    }
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO work_item (id, centre_id, participant_id, cause, subject_id, state, zone, local_due, due_at, opened_at, raised_at, times,
                                    raised_version, rose_at, version)
             VALUES {rows}"
        ),
        these.len(),
        15,
    );
    for number in these {
        let opened_at = shape.now.saturating_sub(TimeDelta::hours(scattered(number as u64 ^ 9, 72)));
        let has_risen = scattered(number as u64 ^ 11, RISEN_OF as u64) == 0;
        let due_at = if has_risen { opened_at } else { shape.now.saturating_add(TimeDelta::days(21)) };
        query = query
            .bind(id_at(opened_at, Kind::WorkItem, usize::MAX - number))
            .bind(centre_of(shape, number))
            .bind(shape.id(Kind::Participant, number))
            .bind(CAUSES.get(number / shape.mentors % CAUSES.len()).copied().unwrap_or_default())
            .bind(shape.id(Kind::Participant, number))
            .bind("open")
            .bind(ZoneName::CASABLANCA)
            .bind(on_the_wall(app, due_at)?)
            .bind(due_at)
            .bind(opened_at)
            .bind(opened_at)
            .bind(1_i64)
            .bind(1_i64)
            .bind(has_risen.then_some(shape.now))
            .bind(1_i64);
    }
    query.execute().await?;
    Ok(())
}

/// One in twenty is asked of a colleague now, and one in four was before.
async fn hand_overs(tx: &mut Tx, shape: &Shape, people: &[usize]) -> Result<(), Failure> {
    let state = |number: usize| match number / shape.mentors % 20 {
        0 => Some("asked"),
        1..=5 => Some("accepted"),
        _ => None,
    };
    let these: Vec<(usize, &str)> =
        people.iter().filter_map(|number| Some((*number, state(*number)?))).collect();
    if these.is_empty() {
        return Ok(());
    }
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO hand_over (id, kind, participant_id, state, asked_by, from_centre_id, from_staff_id, from_assignment_id, to_staff_id,
                                    takes_lead, ends_former, asked_at, decided_at, version)
             VALUES {rows}"
        ),
        these.len(),
        14,
    );
    let mut sides: Vec<(Uuid, Uuid, &str)> = Vec::new();
    for (number, state) in these {
        let asked_at =
            shape.now.saturating_sub(TimeDelta::hours(24 * 30 + scattered(number as u64 ^ 13, 24 * 300)));
        let id = id_at(asked_at, Kind::HandOver, number);
        let (from, to) = (mentor_of(shape, number), mentor_of(shape, number + shape.centres));
        query = query
            .bind(id)
            .bind("companion")
            .bind(shape.id(Kind::Participant, number))
            .bind(state)
            .bind(from)
            .bind(centre_of(shape, number))
            .bind(from)
            .bind(shape.id(Kind::Assignment, number))
            .bind(to)
            .bind(true)
            .bind(true)
            .bind(asked_at)
            .bind((state != "asked").then_some(asked_at))
            .bind(1_i64);
        sides.extend([(centre_of(shape, number), id, state), (from, id, state), (to, id, state)]);
    }
    query.execute().await?;
    let mut query = tx.query_rows(
        sql!("INSERT INTO hand_over_side (side_id, hand_over_id, state) VALUES {rows}"),
        sides.len(),
        3,
    );
    for (side, id, state) in sides {
        query = query.bind(side).bind(id).bind(state);
    }
    query.execute().await?;
    Ok(())
}

/// The weeks of a centre, each with all who accompany people there.
async fn weeks(app: &App, tx: &mut Tx, shape: &Shape, centre: usize) -> Result<(), Failure> {
    let companions: Vec<_> = (0..shape.mentors)
        .filter(|mentor| shape.centre_of(*mentor) == centre)
        .map(|mentor| json!({"staff_id": shape.id(Kind::Mentor, mentor), "people": shape.participants_each}))
        .collect();
    let open = CAUSES.map(|cause| json!({"cause": cause, "open": 750, "overdue": 20, "risen": 15}));
    let figures = json!({
        "open": open, "without_contact": 400, "after_days": 30, "accompanied": 10_000, "without_companion": 0,
        "registered": 20, "reopened": 1, "closed": 15, "companions": companions,
    })
    .to_string();
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO digest (id, centre_id, week, zone, local_made, made_at, counted_from, counted_until, figures)
             VALUES {rows}"
        ),
        WEEKS,
        9,
    );
    for week in 0..WEEKS {
        let made_at = weeks_ago(shape, week)?;
        let day = made_at.to_chrono().date_naive();
        let monday = day - TimeDelta::days(day.weekday().num_days_from_monday().into());
        query = query
            .bind(id_at(made_at, Kind::Digest, centre * WEEKS + week))
            .bind(shape.id(Kind::Centre, centre))
            .bind(monday.to_string())
            .bind(ZoneName::CASABLANCA)
            .bind(on_the_wall(app, made_at)?)
            .bind(made_at)
            .bind(made_at.saturating_sub(TimeDelta::days(7)))
            .bind(made_at)
            .bind(figures.clone());
    }
    query.execute().await?;
    Ok(())
}

async fn outages(app: &App, tx: &mut Tx, shape: &Shape, centre: usize) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO outage (id, centre_id, cause, local_starts, local_ends, zone, starts_at, ends_at, declared_at, declared_by, version)
             VALUES {rows}"
        ),
        OUTAGES,
        11,
    );
    for number in 0..OUTAGES {
        let ends_at = weeks_ago(shape, number + 2)?;
        let starts_at = ends_at.saturating_sub(TimeDelta::hours(5));
        query = query
            .bind(id_at(ends_at, Kind::Outage, centre * OUTAGES + number))
            .bind(shape.id(Kind::Centre, centre))
            .bind("network")
            .bind(on_the_wall(app, starts_at)?)
            .bind(on_the_wall(app, ends_at)?)
            .bind(ZoneName::CASABLANCA)
            .bind(starts_at)
            .bind(ends_at)
            .bind(ends_at)
            .bind(shape.id(Kind::Manager, centre))
            .bind(1_i64);
    }
    query.execute().await?;
    Ok(())
}

fn weeks_ago(shape: &Shape, weeks: usize) -> Result<Instant, Failure> {
    Ok(shape.now.saturating_sub(TimeDelta::weeks(i64::try_from(weeks)?)))
}

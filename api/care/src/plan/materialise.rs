//! Planning what plans ask for, some weeks ahead: many plans in few statements, whoever starts it. It does only what is not done yet, so that any
//! number of nodes may do it, and the database refuses a day that was planned already. The plans are held.

use super::{
    compare::{Bounds, Difference, Existing, compare},
    course::{Course, Key, PlanPause, What, monday, on_the_wall},
    planned::{self, CheckInRow, NewCheckIn, SessionRow},
    rules::{ARRANGED_BEFORE, HORIZON},
    store::{self, Followed, Row, day},
    things::PLAN_SESSION,
    words::{PlanSessionId, PlanSessionState, PlanState},
};
use crate::{
    App,
    check_in::{
        CheckInId,
        in_bulk::{self, Wanted as WantedCheckIn},
    },
    opening_hours::calendar::CalendarDate,
    participant::status::{store as statuses, words::FileStatus},
    plan_template::store::{Edition, contents},
    work_item::{self, Raise, WorkCause},
};
use chrono::{Days, NaiveDate, NaiveTime};
use contract::{
    AuditId,
    time::{Instant, LocalDateTime},
};
use db::Tx;
use kernel::{
    Kernel,
    access::Actor,
    agenda::Outcome,
    audit::Audit,
    error::{Error, Result},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A plan with what of it is planned.
pub struct Whole {
    /// What it follows.
    pub followed: Followed,
    /// Its check-ins.
    pub check_ins: Vec<CheckInRow>,
    /// Its conversations.
    pub sessions: Vec<SessionRow>,
    /// What day it is on the wall of its centre.
    pub today: NaiveDate,
}

fn later(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
}

/// What day it is where the participant is looked after.
pub fn today(kernel: &Kernel, row: &Row, now: Instant) -> Result<NaiveDate> {
    Ok(kernel.zones.to_local(now, &row.centre_zone).map_err(Error::internal)?.date())
}

/// These with what is planned of them.
pub async fn whole(kernel: &Kernel, tx: &mut Tx, rows: Vec<Row>, now: Instant) -> Result<Vec<Whole>> {
    each(kernel, tx, rows, now).await?.into_iter().collect()
}

/// The same of those that can be read: one that a later version of the service wrote hides no other.
pub async fn legible(kernel: &Kernel, tx: &mut Tx, rows: Vec<Row>, now: Instant) -> Result<Vec<Whole>> {
    Ok(each(kernel, tx, rows, now).await?.into_iter().filter_map(Result::ok).collect())
}

async fn each(kernel: &Kernel, tx: &mut Tx, rows: Vec<Row>, now: Instant) -> Result<Vec<Result<Whole>>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let editions: BTreeSet<Edition> = rows.iter().map(Row::edition).collect();
    let editions: Vec<Edition> = editions.into_iter().collect();
    let contents = contents(tx, &editions).await?;
    let mut check_ins: BTreeMap<Uuid, Vec<CheckInRow>> = BTreeMap::new();
    for row in planned::check_ins(tx, &ids, now).await? {
        check_ins.entry(row.plan_id.0).or_default().push(row);
    }
    let mut sessions: BTreeMap<Uuid, Vec<SessionRow>> = BTreeMap::new();
    for row in planned::sessions(tx, &ids).await? {
        sessions.entry(row.plan_id.0).or_default().push(row);
    }
    let mut whole = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.id.0;
        let (check_ins, sessions) =
            (check_ins.remove(&id).unwrap_or_default(), sessions.remove(&id).unwrap_or_default());
        let content = contents.get(&row.edition()).cloned();
        whole.push(
            // A node of the later version that wrote it can read it.
            content.ok_or_else(Error::unavailable).and_then(|content| {
                let today = today(kernel, &row, now)?;
                Ok(Whole { followed: Followed::of(row, content)?, check_ins, sessions, today })
            }),
        );
    }
    Ok(whole)
}

impl Whole {
    /// The course that it follows now.
    fn course(&self) -> Course<'_> {
        self.followed.course()
    }

    fn horizon(&self) -> NaiveDate {
        later(self.today, HORIZON)
    }

    /// What is to be done so that this course is followed: from the day on which it begins to be, and nothing that is today or was.
    pub fn difference(&self, course: Course<'_>, effective_on: NaiveDate, number: i64) -> Result<Difference> {
        let (tomorrow, horizon) = (later(self.today, 1), self.horizon());
        let adds_from = effective_on.max(self.today);
        // The week in which a plan begins is one of its own; one in which it was changed was the former's.
        let weeks_from = if number == 1 {
            monday(adds_from)
        } else {
            monday(later(effective_on, 6)).max(monday(self.today))
        };
        let (sessions, check_ins): (Vec<_>, Vec<_>) = course
            .wanted(&self.followed.calendar)
            .into_iter()
            .partition(|wanted| wanted.key.series.is_some());
        let planned = self.check_ins.iter().map(CheckInRow::existing).collect::<Result<Vec<Existing>>>()?;
        let mut difference =
            compare(planned, check_ins, Bounds { adds_from, touches_from: tomorrow, horizon });
        let planned = self.sessions.iter().map(SessionRow::existing).collect::<Result<Vec<Existing>>>()?;
        let bounds = Bounds { adds_from: weeks_from, touches_from: tomorrow, horizon };
        let others = compare(planned, sessions, bounds);
        difference.add.extend(others.add);
        difference.put.extend(others.put);
        difference.drop.extend(others.drop);
        difference.keep.extend(others.keep);
        Ok(difference)
    }

    /// The same for what it follows now.
    fn present(&self) -> Result<Difference> {
        let row = &self.followed.row;
        self.difference(self.course(), day(&row.effective_on)?, row.number)
    }

    /// The next day on which something is to be done.
    fn next_look(&self) -> Result<Option<NaiveDate>> {
        let horizon = self.horizon();
        let beyond = self.course().wanted(&self.followed.calendar).into_iter().map(|wanted| wanted.day);
        let comes = beyond.filter(|day| *day > horizon).min();
        let mut next = comes.and_then(|day| day.checked_sub_days(Days::new(HORIZON.into())));
        for session in &self.sessions {
            if session.state() != PlanSessionState::ToArrange || session.raised_at.is_some() {
                continue;
            }
            let asked_on = asked_on(session)?;
            if asked_on > self.today {
                next = Some(next.map_or(asked_on, |next| next.min(asked_on)));
            }
        }
        Ok(next)
    }
}

/// From which day on somebody is asked to arrange it.
fn asked_on(session: &SessionRow) -> Result<NaiveDate> {
    let week = day(&session.planned_on)?;
    Ok(week.checked_sub_days(Days::new(ARRANGED_BEFORE.into())).unwrap_or(week))
}

/// Plans what is not planned yet of these, and says when each is to be looked at again.
pub async fn top_up(
    app: &App,
    tx: &mut Tx,
    actor: Option<&Actor>,
    rows: Vec<Row>,
    now: Instant,
) -> Result<Vec<(Uuid, Outcome)>> {
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut running = Vec::with_capacity(rows.len());
    for mut row in rows {
        // What ended needs nothing; what rests is noted again once the file goes on.
        if row.state() != PlanState::Running || !row.is_accompanied {
            outcomes.push((row.id.0, Outcome::Done));
            continue;
        }
        go_on(app, tx, &mut row, now).await?;
        running.push(row);
    }
    let ids: Vec<Uuid> = running.iter().map(|row| row.id.0).collect();
    let mut work = Vec::with_capacity(running.len());
    for plan in whole(app, tx, running, now).await? {
        let difference = plan.present()?;
        work.push((plan, difference));
    }
    apply(app, tx, actor, &work, now).await?;
    // Conversations that were just made may be due.
    let mut sessions: BTreeMap<Uuid, Vec<SessionRow>> = BTreeMap::new();
    for session in planned::sessions(tx, &ids).await? {
        sessions.entry(session.plan_id.0).or_default().push(session);
    }
    for (mut plan, _) in work {
        let id = plan.followed.row.id.0;
        plan.sessions = sessions.remove(&id).unwrap_or_default();
        ask_for_sessions(app, tx, &mut plan, now).await?;
        let next = plan.next_look()?.map(|day| midnight(app, &plan, day)).transpose()?;
        outcomes.push((id, next.map_or(Outcome::Done, Outcome::Again)));
    }
    Ok(outcomes)
}

/// When a day begins where the participant is looked after.
fn midnight(app: &App, plan: &Whole, day: NaiveDate) -> Result<Instant> {
    let local = LocalDateTime::new(day, NaiveTime::MIN).unwrap_or(LocalDateTime::MAX);
    let at = app.zones.resolve(local, &plan.followed.row.centre_zone).map_err(Error::internal)?;
    Ok(at.instant)
}

/// Ends the rest of a plan whose file goes on: all that lay behind is so many days later. Check-ins are moved as well by whoever looks at them;
/// here it is written down where they will stand.
pub async fn go_on(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<()> {
    let Some(paused_on) = row.paused_on.take() else { return Ok(()) };
    // However much later it is looked at: check-ins are moved by the same days.
    let went_on_at = statuses::last_left(tx, row.participant_id, FileStatus::Paused).await?;
    let went_on_at = went_on_at.filter(|went_on_at| *went_on_at >= row.started_at).unwrap_or(now);
    let (from, until) = (day(&paused_on)?, today(app, row, went_on_at)?);
    let days = u32::try_from(until.signed_duration_since(from).num_days()).unwrap_or(0);
    if days > 0 {
        let pause = PlanPause { from: CalendarDate::from(from), days };
        let mut pauses = row.pauses()?;
        pauses.push(pause);
        row.pauses = serde_json::to_string(&pauses).map_err(Error::internal)?;
        let ids = [row.id.0];
        for check_in in planned::check_ins(tx, &ids, now).await? {
            let before = day(&check_in.planned_on)?;
            let after = on_the_wall(before, &[pause]);
            if check_in.lies_ahead && after != before {
                planned::put_check_in(tx, check_in.check_in_id, after).await?;
            }
        }
        for mut session in planned::sessions(tx, &ids).await? {
            let before = day(&session.planned_on)?;
            // Of the week that had begun, the rest was lost as well.
            let after = if before >= monday(from) { monday(later(before, days)) } else { before };
            if !session.existing()?.is_fixed && after != before {
                session.planned_on = after.to_string();
                planned::update_session(tx, &session).await?;
                tx.changed(session.changed());
            }
        }
    }
    store::update(tx, row).await?;
    tx.changed(row.changed());
    Ok(())
}

/// Does what is to be done: first what goes and what moves, then what comes, which is held last.
pub async fn apply(
    app: &App,
    tx: &mut Tx,
    actor: Option<&Actor>,
    work: &[(Whole, Difference)],
    now: Instant,
) -> Result<()> {
    let mut touched = BTreeSet::new();
    for (plan, difference) in work {
        let (gone, moved) = (difference.drop.iter(), difference.put.iter().map(|(existing, _)| existing));
        let rows = gone.chain(moved).filter_map(|one| check_in_of(plan, &one.key));
        touched.extend(rows.map(|row| row.check_in_id));
    }
    in_bulk::hold(tx, &touched).await?;
    for (plan, difference) in work.iter().filter(|(_, difference)| !difference.is_empty()) {
        take_away(app, tx, actor, plan, &difference.drop, now).await?;
        put(app, tx, plan, difference, now).await?;
        tx.changed(plan.followed.row.changed());
    }
    add(app, tx, actor, work, now).await
}

fn check_in_of<'p>(plan: &'p Whole, key: &Key) -> Option<&'p CheckInRow> {
    let original_on = key.original_on.to_string();
    let found = plan.check_ins.iter().find(|check_in| check_in.original_on == original_on);
    found.filter(|_| key.series.is_none())
}

fn session_of<'p>(plan: &'p Whole, key: &Key) -> Option<&'p SessionRow> {
    let (series, original_on) = (key.series.as_ref()?, key.original_on.to_string());
    plan.sessions
        .iter()
        .find(|session| session.series == series.as_str() && session.original_on == original_on)
}

async fn take_away(
    app: &App,
    tx: &mut Tx,
    actor: Option<&Actor>,
    plan: &Whole,
    gone: &[Existing],
    now: Instant,
) -> Result<()> {
    let check_ins: Vec<Uuid> =
        gone.iter().filter_map(|one| check_in_of(plan, &one.key)).map(|row| row.check_in_id.0).collect();
    in_bulk::call_off(app, tx, actor, &check_ins, now).await?;
    planned::drop_check_ins(tx, &check_ins, now).await?;
    for session in gone.iter().filter_map(|one| session_of(plan, &one.key)) {
        drop_session(app, tx, session.clone(), now).await?;
    }
    Ok(())
}

/// Takes a conversation away that nobody has arranged.
pub async fn drop_session(app: &App, tx: &mut Tx, mut session: SessionRow, now: Instant) -> Result<()> {
    session.dropped_at = Some(now);
    settle(app, tx, &mut session, now).await
}

async fn put(app: &App, tx: &mut Tx, plan: &Whole, difference: &Difference, now: Instant) -> Result<()> {
    let mut moved = Vec::new();
    for (existing, wanted) in &difference.put {
        if let (Some(row), What::CheckIn(cadence)) = (check_in_of(plan, &existing.key), &wanted.what) {
            moved.extend(cadence.window.on(wanted.day).map(|local| (row.check_in_id, local)));
            planned::put_check_in(tx, row.check_in_id, wanted.day).await?;
        } else if let Some(session) = session_of(plan, &existing.key) {
            let mut session = session.clone();
            session.planned_on = wanted.day.to_string();
            planned::update_session(tx, &session).await?;
            tx.changed(session.changed());
        }
    }
    in_bulk::put(app, tx, &moved, now).await
}

async fn add(
    app: &App,
    tx: &mut Tx,
    actor: Option<&Actor>,
    work: &[(Whole, Difference)],
    now: Instant,
) -> Result<()> {
    let (mut check_ins, mut origins, mut sessions) = (Vec::new(), Vec::new(), Vec::new());
    for (plan, difference) in work {
        let row = &plan.followed.row;
        for wanted in &difference.add {
            match &wanted.what {
                What::CheckIn(cadence) => {
                    let Some(local) = cadence.window.on(wanted.day) else { continue };
                    check_ins.push(WantedCheckIn {
                        participant: row.participant_id,
                        planner: row.made_by,
                        questionnaire: cadence.questionnaire_id,
                        local,
                    });
                    origins.push((row.id, wanted));
                }
                What::Session(minutes) => {
                    let Some(series) = &wanted.key.series else { continue };
                    let session = SessionRow {
                        id: PlanSessionId::new(&*app.ids),
                        plan_id: row.id,
                        centre_id: row.centre_id,
                        participant_id: row.participant_id,
                        series: series.to_string(),
                        original_on: wanted.key.original_on.to_string(),
                        planned_on: wanted.day.to_string(),
                        minutes: (*minutes).into(),
                        shape: wanted.shape.clone(),
                        appointment_id: None,
                        linked_at: None,
                        linked_by: None,
                        cancelled_at: None,
                        cancelled_by: None,
                        dropped_at: None,
                        raised_at: None,
                        version: 1,
                        appointment_state: None,
                        appointment_outcome: None,
                        is_plan_over: false,
                    };
                    tx.changed(session.changed());
                    sessions.push(session);
                }
            }
        }
    }
    planned::insert_sessions(tx, &sessions).await?;
    let line = |session: &SessionRow| {
        let audit = Audit::new(&PLAN_SESSION, "plan", session.id.0).about(session.participant_id);
        (audit.at(session.centre_id), AuditId::new(&*app.ids))
    };
    let audits: Vec<(Audit, AuditId)> = sessions.iter().map(line).collect();
    Audit::write_all(&audits, tx, actor, now).await?;
    let ids: Vec<Option<CheckInId>> = in_bulk::plan(app, tx, actor, &check_ins, now).await?;
    let kept = ids.into_iter().zip(origins).filter_map(|(id, (plan, wanted))| {
        Some(NewCheckIn {
            plan,
            check_in: id?,
            original_on: wanted.key.original_on,
            planned_on: wanted.day,
            shape: wanted.shape.clone(),
        })
    });
    let kept: Vec<NewCheckIn> = kept.collect();
    Ok(planned::insert_check_ins(tx, &kept).await?)
}

/// Asks whoever is in charge to arrange what is due, and no longer asks for what is arranged.
async fn ask_for_sessions(app: &App, tx: &mut Tx, plan: &mut Whole, now: Instant) -> Result<()> {
    let today = plan.today;
    let mut is_any_different = false;
    for session in &mut plan.sessions {
        if session.state() != PlanSessionState::ToArrange {
            if session.raised_at.is_some() {
                settle(app, tx, session, now).await?;
                is_any_different = true;
            }
            continue;
        }
        if session.raised_at.is_some() || asked_on(session)? > today {
            continue;
        }
        session.raised_at = Some(now);
        planned::update_session(tx, session).await?;
        tx.changed(session.changed());
        let raise = Raise {
            cause: WorkCause::SessionToArrange,
            subject: session.id.0,
            participant: session.participant_id,
            centre: session.centre_id,
        };
        work_item::raise(app, tx, raise, now).await?;
        is_any_different = true;
    }
    if is_any_different {
        tx.changed(plan.followed.row.changed());
    }
    Ok(())
}

/// Writes a conversation that nobody need be asked for any more.
pub async fn settle(app: &App, tx: &mut Tx, session: &mut SessionRow, now: Instant) -> Result<()> {
    let was_raised = session.raised_at.take().is_some();
    planned::update_session(tx, session).await?;
    tx.changed(session.changed());
    if was_raised {
        work_item::resolve(app, tx, WorkCause::SessionToArrange, session.id.0, now).await?;
    }
    Ok(())
}

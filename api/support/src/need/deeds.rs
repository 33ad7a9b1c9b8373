//! What is done with needs: the same over HTTP and from a phone that was without network.

use super::{
    answer::{day, field},
    facts::seal_area,
    history,
    picture::{self, Told},
    request::{
        NeedClosing, NeedCorrection, NeedInHand, NeedReopening, NeedWithdrawal, NewNeed, NewNeedAreaAnswer,
    },
    rules::{self, Step},
    store::{self, Row},
    things::{NEED, NEEDS},
    words::{NeedAreaAnswer, NeedCommand, NeedId, NeedState},
};
use crate::{App, accompanied::Met, opening_hours::calendar::CalendarDate};
use chrono::TimeDelta;
use contract::{
    ParticipantId, StaffId,
    time::{Instant, ZoneName},
};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
    protect::{privacy::Note, seal::Sealed},
};

/// How many of one person are in the picture at most.
const MOST: i64 = 100;
/// How old a day may be that is recorded: paper is entered late.
const YEARS: TimeDelta = TimeDelta::days(731);
/// By how much the clock of a phone may be ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(70);

/// When something was recorded: by the phone's clock, if it was sent later, and when the service learns of it.
#[derive(Debug, Clone, Copy)]
pub struct When {
    /// By the phone's.
    pub noted_at: Option<Instant>,
    /// Now.
    pub now: Instant,
}

impl When {
    /// When it was said or done: what a phone sends late does not overrule what was found after it. A phone's clock may be ahead.
    fn at(self) -> Instant {
        self.noted_at.map_or(self.now, |noted_at| noted_at.min(self.now))
    }

    /// The day that was given; else the day on which it was recorded, at this zone.
    fn day(
        self,
        app: &App,
        zone: &ZoneName,
        given: Option<CalendarDate>,
        pointer: &str,
    ) -> Result<CalendarDate> {
        let date = |at| app.zones.to_local(at, zone).map(|local| CalendarDate::from(local.date()));
        let latest = date(self.now.saturating_add(AHEAD)).map_err(Error::internal)?;
        let earliest = date(self.now.saturating_sub(YEARS)).map_err(Error::internal)?;
        let Some(given) = given else {
            let recorded = date(self.noted_at.unwrap_or(self.now)).map_err(Error::internal)?;
            return Ok(recorded.clamp(earliest, latest));
        };
        match given {
            day if day > latest => {
                Err(Error::field(pointer, "future", "is in the future: it is recorded when it has been"))
            }
            day if day < earliest => {
                Err(Error::field(pointer, "too_old", "must be within the last two years"))
            }
            day => Ok(day),
        }
    }
}

/// Records a need of somebody whom this author accompanies.
pub async fn find(
    app: &App,
    tx: &mut Tx,
    author: StaffId,
    met: Met,
    new: NewNeed,
    when: When,
) -> Result<(Row, Audit)> {
    if store::count(tx, new.participant_id).await? >= MOST {
        let why = "as many are recorded as can be: withdraw what was entered by mistake";
        return Err(Error::command_refused(None, why, &[] as &[&str]));
    }
    let (id, random) = (NeedId(new_id(new.id, &*app.ids)), &*app.random);
    let found_on = when.day(app, &met.zone, new.on, "/on")?;
    let key = app.keys.participants.key(new.participant_id.0, &met.data_key)?;
    let row = Row {
        id,
        centre_id: met.centre_id,
        participant_id: new.participant_id,
        area_sealed: seal_area(&key, field("area_sealed", id), new.area, random)?,
        what_sealed: key.seal_text(field("what_sealed", id), &new.what, random)?,
        state: NeedState::Found,
        found_by: author,
        found_on: found_on.to_string(),
        in_hand_by: None,
        in_hand_on: None,
        closed_by: None,
        closed_on: None,
        helped_sealed: None,
        noted_at: when.noted_at,
        recorded_at: when.now,
        changed_at: when.at(),
        withdrawn_at: None,
        withdrawn_by: None,
        withdrawal_sealed: None,
        version: 1,
        data_key: met.data_key,
        zone: met.zone,
    };
    store::insert(tx, &row).await?;
    tx.changed(row.changed());
    let audit = audit(&row, "find");
    Ok((row, audit))
}

/// Somebody sees to it.
pub async fn take_in_hand(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    body: &NeedInHand,
    when: When,
) -> Result<Audit> {
    let next = next(row, Step::TakeInHand)?;
    let on = done_on(app, row, body.on, when)?;
    history::keep(tx, row.id, staff, (Step::TakeInHand.command(), None), when.now).await?;
    row.in_hand_by = Some(staff);
    row.in_hand_on = Some(on.to_string());
    stepped(tx, row, next, when).await?;
    Ok(audit(row, "take_in_hand"))
}

/// Nothing more is done.
pub async fn close(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    body: &NeedClosing,
    when: When,
) -> Result<Audit> {
    let next = next(row, Step::Close(body.result))?;
    let on = done_on(app, row, body.on, when)?;
    let helped = sealed(app, row, "helped_sealed", body.helped.as_ref())?;
    history::keep(tx, row.id, staff, (Step::Close(body.result).command(), None), when.now).await?;
    row.closed_by = Some(staff);
    row.closed_on = Some(on.to_string());
    row.helped_sealed = helped;
    stepped(tx, row, next, when).await?;
    Ok(audit(row, "close"))
}

/// There is something to be done again.
pub async fn reopen(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    body: &NeedReopening,
    when: When,
) -> Result<Audit> {
    let next = next(row, Step::Reopen)?;
    let reason = sealed(app, row, "reason_sealed", Some(&body.reason))?;
    history::keep(tx, row.id, staff, (Step::Reopen.command(), reason.as_ref()), when.now).await?;
    (row.in_hand_by, row.in_hand_on, row.closed_by, row.closed_on) = (None, None, None, None);
    row.helped_sealed = None;
    stepped(tx, row, next, when).await?;
    Ok(audit(row, "reopen"))
}

/// Corrects what was recorded. What stood there is kept beside it.
pub async fn correct(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    change: &NeedCorrection,
    when: When,
) -> Result<Audit> {
    require_standing(row)?;
    let given = change.given();
    if given.is_empty() {
        return Err(Error::field("", "required", "must change at least one field"));
    }
    if change.helped.is_some() && row.state.is_open() {
        return Err(Error::field("/helped", "not_allowed", "is said of a need that is closed"));
    }
    let reason = sealed(app, row, "reason_sealed", Some(&change.reason))?;
    history::keep(tx, row.id, staff, (NeedCommand::Correct, reason.as_ref()), when.now).await?;
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    if let Some(area) = change.area {
        row.area_sealed = seal_area(&key, field("area_sealed", row.id), area, &*app.random)?;
    }
    if let Some(what) = &change.what {
        row.what_sealed = key.seal_text(field("what_sealed", row.id), what, &*app.random)?;
    }
    if let Some(helped) = &change.helped {
        row.helped_sealed = sealed(app, row, "helped_sealed", helped.as_ref())?;
    }
    if let Some(found_on) = change.found_on {
        let found_on = when.day(app, &row.zone, Some(found_on), "/found_on")?;
        let first = row.in_hand_on.as_deref().or(row.closed_on.as_deref()).map(day).transpose()?;
        if first.is_some_and(|first| found_on > first) {
            return Err(Error::field("/found_on", "after_next", "must not be after what was done about it"));
        }
        row.found_on = found_on.to_string();
    }
    written(tx, row).await?;
    Ok(audit(row, "correct").with("fields", given))
}

/// Withdraws it as entered by mistake.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    body: &NeedWithdrawal,
    when: When,
) -> Result<Audit> {
    require_standing(row)?;
    history::keep(tx, row.id, staff, (NeedCommand::Withdraw, None), when.now).await?;
    row.withdrawal_sealed = sealed(app, row, "withdrawal_sealed", Some(&body.reason))?;
    row.withdrawn_at = Some(when.now);
    row.withdrawn_by = Some(staff);
    written(tx, row).await?;
    Ok(audit(row, "withdraw"))
}

/// Notes that somebody needs nothing in an area, or that saying so was a mistake.
pub async fn answer_area(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    (participant, met): (ParticipantId, Met),
    body: &NewNeedAreaAnswer,
    when: When,
) -> Result<Audit> {
    let person = picture::person_for_change(tx, met.centre_id, participant).await?;
    if body.answer == NeedAreaAnswer::NoNeed && is_any_open(app, tx, &person, body).await? {
        let why = "something is needed there and not closed yet";
        return Err(Error::command_refused(None, why, &[NeedCommand::Close, NeedCommand::Withdraw]));
    }
    let key = app.keys.participants.key(participant.0, &person.data_key)?;
    let said = (body.area, body.answer);
    let told = Told { at: when.at(), known_at: when.now, by: staff };
    let sealed = picture::with_said(&key, &person, said, told, &*app.random)?;
    picture::keep_answers(tx, participant, &sealed).await?;
    tx.changed(store::picture_changed(person.centre_id, participant));
    Ok(Audit::new(&NEEDS, "answer_area", participant.0).about(participant).at(person.centre_id))
}

async fn is_any_open(
    app: &App,
    tx: &mut Tx,
    person: &picture::Person,
    body: &NewNeedAreaAnswer,
) -> Result<bool> {
    let people = picture::of_people(tx, app, std::slice::from_ref(person), true).await?;
    for (_, picture) in people {
        let mut here = picture?.areas.into_iter().filter(|known| known.area == body.area);
        if here.any(|known| known.needs.iter().any(|need| need.state.is_open())) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn next(row: &Row, step: Step) -> Result<NeedState> {
    require_standing(row)?;
    rules::decide(row.state, step).ok_or_else(|| {
        Error::command_refused(None, "how far it has come does not allow it", rules::possible(row.state))
    })
}

fn require_standing(row: &Row) -> Result<()> {
    if row.withdrawn_at.is_none() {
        return Ok(());
    }
    Err(Error::command_refused(None, "it was withdrawn as entered by mistake", &[] as &[&str]))
}

/// When something was done about it: on the day that was given, or on which it was recorded. It must not lie before it was found, or taken in
/// hand.
fn done_on(app: &App, row: &Row, given: Option<CalendarDate>, when: When) -> Result<CalendarDate> {
    let (on, found_on) = (when.day(app, &row.zone, given, "/on")?, day(&row.found_on)?);
    if given.is_some() && on < found_on {
        return Err(Error::field("/on", "before_found", "must not be before it was found"));
    }
    let in_hand_on = row.in_hand_on.as_deref().map(day).transpose()?;
    if given.is_some() && in_hand_on.is_some_and(|in_hand_on| on < in_hand_on) {
        return Err(Error::field("/on", "before_in_hand", "must not be before somebody saw to it"));
    }
    Ok(on.max(found_on).max(in_hand_on.unwrap_or(found_on)))
}

fn sealed(app: &App, row: &Row, column: &'static str, text: Option<&Note>) -> Result<Option<Sealed>> {
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    Ok(text.map(|text| key.seal_text(field(column, row.id), text, &*app.random)).transpose()?)
}

async fn stepped(tx: &mut Tx, row: &mut Row, next: NeedState, when: When) -> Result<()> {
    row.state = next;
    // Two phones' clocks may differ: no state begins before the one that it follows.
    row.changed_at = when.at().max(row.changed_at);
    written(tx, row).await
}

async fn written(tx: &mut Tx, row: &mut Row) -> Result<()> {
    row.version += 1;
    store::update(tx, row).await?;
    tx.changed(row.changed());
    Ok(())
}

/// The line of the audit log of what is done to a need.
pub fn audit(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&NEED, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}

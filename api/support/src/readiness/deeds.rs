//! Saying where an item stands, and whether somebody looks for work: the same over HTTP and from a phone that was without network.

use super::{
    answer::field,
    history,
    request::{ItemSetting, WillingnessSetting, WillingnessWithdrawal},
    rules::{self, MOST_STEPS, STUCK},
    store::{self, ItemRow, StepRow, Whole},
    things::READINESS,
    timers,
    words::ReadinessState,
};
use crate::{
    App,
    work_item::{self, WorkCause},
};
use contract::{
    StaffId,
    time::{ImpreciseDate, Instant},
};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    protect::seal::Sealed,
};

/// Says where an item stands. What it said before stays among its steps.
pub async fn set_item(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    new: ItemSetting,
    now: Instant,
) -> Result<Audit> {
    let (person, centre) = (whole.row.participant_id, whole.row.centre_id);
    let zone = store::zone_of(tx, centre).await?;
    let today = app.zones.to_local(now, &zone).map_err(Error::internal)?.date();
    let day = new.on.to_chrono();
    rules::check_day(day, today).map_err(|(code, detail)| Error::field("/on", code, detail))?;
    let on = ImpreciseDate::day(day).ok_or_else(|| Error::internal("a day of these years is none"))?;
    let last = whole.steps.iter().filter(|step| step.item == new.item).map(|step| step.number).max();
    let number = last.unwrap_or(0) + 1;
    if number > MOST_STEPS {
        return Err(refused("it has as many steps as are kept"));
    }
    let is_sealed = rules::is_sealed(new.item);
    let key = app.keys.participants.key(person.0, &whole.row.data_key)?;
    let sealed = |table| -> Result<Option<Sealed>> {
        let place = field(table, "state_sealed", person);
        let seal = || key.seal(place, new.state.as_str().as_bytes(), &*app.random);
        Ok(is_sealed.then(seal).transpose()?)
    };
    let plain = (!is_sealed).then_some(new.state);
    whole.row.version += 1;
    whole.row.changed_at = now;
    let item = ItemRow {
        participant_id: person,
        item: new.item,
        state: plain,
        state_sealed: sealed("readiness_item")?,
        since: on,
        moved_at: now,
        // What is sealed has no time beside it that would tell where it stands.
        stuck_at: plain.and_then(|state| rules::stuck_at(state, now)),
        recorded_by: by,
        version: whole.row.version,
    };
    let step = StepRow {
        participant_id: person,
        item: new.item,
        number,
        state: plain,
        state_sealed: sealed("readiness_step")?,
        happened_on: on,
        recorded_at: now,
        recorded_by: by,
    };
    store::update(tx, &whole.row).await?;
    store::set_item(tx, centre, &item).await?;
    store::insert_step(tx, &step).await?;
    timers::note_due(tx, centre, person, item.stuck_at).await?;
    whole.items.retain(|one| one.item != new.item);
    whole.items.push(item);
    whole.steps.push(step);
    tx.changed(whole.row.changed());
    if !whole.items.iter().any(|item| is_stuck(item, now)) {
        work_item::resolve(app, tx, WorkCause::PaperStuck, person.0, now).await?;
    }
    Ok(line(whole, "set_item"))
}

/// Whether nothing of an item has moved for too long.
pub fn is_stuck(item: &ItemRow, now: Instant) -> bool {
    item.state == Some(ReadinessState::BeingObtained) && item.moved_at.saturating_add(STUCK) <= now
}

/// Says whether somebody looks for work.
pub async fn set_willingness(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    new: WillingnessSetting,
    now: Instant,
) -> Result<Audit> {
    rules::check_reason(new.willingness, new.reason)
        .map_err(|(code, detail)| Error::field("/reason", code, detail))?;
    let row = &mut whole.row;
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let place = field("readiness", "change_sealed", row.participant_id);
    let change = new.what_would_change.map(|text| key.seal_text(place, &text, &*app.random));
    row.version += 1;
    (row.willingness, row.reason, row.change_sealed) =
        (Some(new.willingness), new.reason, change.transpose()?);
    (row.willing_at, row.willing_by, row.willing_version) = (Some(now), Some(by), row.version);
    row.changed_at = now;
    store::update(tx, row).await?;
    store::insert_willingness(tx, row, by, now).await?;
    tx.changed(row.changed());
    Ok(line(whole, "set_willingness"))
}

/// Takes back what was said last of whether somebody looks for work: what was said before holds again, or nothing if it was the first.
pub async fn withdraw_willingness(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    withdrawal: WillingnessWithdrawal,
    now: Instant,
) -> Result<Audit> {
    let row = &mut whole.row;
    let person = row.participant_id;
    let Some(last) = history::standing(tx, person).await? else {
        return Err(refused("nothing was said of whether they look for work"));
    };
    let key = app.keys.participants.key(person.0, &row.data_key)?;
    let place = field("readiness_willingness", "withdrawal_sealed", person);
    let reason = key.seal_text(place, &withdrawal.reason, &*app.random)?;
    history::withdraw(tx, person, last.key.version, by, &reason, now).await?;
    match history::standing(tx, person).await? {
        None => {
            (row.willingness, row.reason, row.change_sealed) = (None, None, None);
            (row.willing_at, row.willing_by) = (None, None);
        }
        Some(before) => {
            let before = before
                .row
                .ok_or_else(|| refused("a later version of the service said what was before it"))?;
            (row.willingness, row.reason, row.change_sealed) =
                (Some(before.willingness), before.reason, before.change_sealed);
            (row.willing_at, row.willing_by) = (Some(before.recorded_at), Some(before.recorded_by));
        }
    }
    row.version += 1;
    row.willing_version = row.version;
    row.changed_at = now;
    store::update(tx, row).await?;
    tx.changed(row.changed());
    Ok(line(whole, "withdraw_willingness"))
}

fn refused(detail: &str) -> Error {
    let possible: [&str; 0] = [];
    Error::command_refused(None::<contract::Subject>, detail, &possible)
}

/// A line of the audit log about a list. Which item, and what was said of it, would tell whoever reads the log what the seal keeps.
fn line(whole: &Whole, verb: &'static str) -> Audit {
    Audit::new(&READINESS, verb, whole.row.participant_id.0)
        .about(whole.row.participant_id)
        .at(whole.row.centre_id)
}

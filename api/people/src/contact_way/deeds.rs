//! What is done with the ways to reach somebody: the same over HTTP and from a phone that was without network. The file is held.

use super::{
    answer::{field, field_in_file, last_day, number, today, ways_of},
    request::{ContactOrder, ContactWayChange, NewContactWay, WhichContactWay, WrongNumber},
    rules::{self, Said},
    store::{self, Person, WayRow},
    things::CONTACT_WAYS,
    timers,
    words::{ContactMeans, ContactWayId, ContactWayKind, FormerNumberReason, NumberOwner},
};
use crate::{
    App,
    consent::{self, ConsentPurpose},
    participant::former_number::{self, FormerNumber},
};
use chrono::NaiveTime;
use contract::{ProblemCode, time::Instant};
use db::Tx;
use identity::things::PARTICIPANT;
use kernel::{
    Kernel, agenda,
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
    protect::{privacy::Phone, seal::DataKey},
};

/// The line of the audit log about what was done to it: neither how they are reached nor by what number.
pub fn audit(person: &Person, verb: &'static str) -> Audit {
    Audit::new(&CONTACT_WAYS, verb, person.id.0).about(person.id).at(person.centre_id)
}

/// The verb, which is another one where the file is changed as well.
const fn verb(is_in_file: bool, of_file: &'static str, of_way: &'static str) -> &'static str {
    if is_in_file { of_file } else { of_way }
}

/// Adds a number, or a person.
pub async fn add(
    app: &App,
    tx: &mut Tx,
    person: &mut Person,
    new: NewContactWay,
    now: Instant,
) -> Result<Audit> {
    let id = ContactWayId(new_id(new.id, &*app.ids));
    if id.0 == person.id.0 {
        return Err(Error::field("/id", "not_allowed", "the number in the file is known by this: change it"));
    }
    let rows = store::ways(tx, &[person.id.0], now).await?;
    // A person can be asked again once that is agreed to again: what names them is the consent.
    let was_one = new.kind == ContactWayKind::Phone && store::was_one(tx, person.id, id.0).await?;
    if was_one || rows.iter().any(|row| row.id == id) {
        return Err(Error::new(ProblemCode::AlreadyExists));
    }
    if rows.iter().filter(|row| !row.is_in_file()).count() >= rules::MOST {
        let why = "as many are kept as can be: remove what is not used any more";
        return Err(Error::command_refused(None, why, &[] as &[&str]));
    }
    let key = app.keys.participants.key(person.id.0, &person.data_key)?;
    if new.kind == ContactWayKind::Person {
        require_consent(app, tx, person, id, now).await?;
    }
    if let Some(number) = new.number.as_ref().filter(|_| new.despite_wrong != Some(true)) {
        former_number::require_not_wrong(tx, &key, person.id, ("/number", number)).await?;
    }
    let row = WayRow {
        participant_id: person.id,
        id,
        kind: new.kind,
        whose: new.whose,
        name_sealed: new
            .name
            .as_ref()
            .map(|name| key.seal_text(field("name_sealed", id), name, &*app.random))
            .transpose()?,
        number_sealed: new
            .number
            .as_ref()
            .map(|number| key.seal_text(field("number_sealed", id), number, &*app.random))
            .transpose()?,
        good_from: new.good_from.map(|time| time.to_string()),
        good_until: new.good_until.map(|time| time.to_string()),
        may_leave_message: new.may_leave_message.unwrap_or(false),
        valid_until: new.valid_until.map(|day| day.to_string()),
        recorded_at: now,
        is_agreed_to: true,
        closed_until: None,
    };
    require_consistent(app, person, &row, row.number_sealed.is_some(), now)?;
    store::insert(tx, person.centre_id, &row).await?;
    counted(tx, person).await?;
    Ok(audit(person, "add"))
}

/// Whoever passes something on is asked only where the participant agrees to it.
async fn require_consent(
    kernel: &Kernel,
    tx: &mut Tx,
    person: &Person,
    id: ContactWayId,
    now: Instant,
) -> Result<()> {
    let purpose = ConsentPurpose::ContactRelative;
    store::hold_consent(tx, person.id, id).await?;
    if consent::holds(kernel, tx, person.id, purpose, Some(id.0), now).await? {
        return Ok(());
    }
    Err(Error::field("/id", "no_consent", "the participant has to agree first, with this id as the subject"))
}

fn require_consistent(
    app: &App,
    person: &Person,
    row: &WayRow,
    has_number: bool,
    now: Instant,
) -> Result<()> {
    let time = |text: Option<&String>| -> Option<NaiveTime> {
        let time: crate::opening_hours::calendar::TimeOfDay = text?.parse().ok()?;
        Some(time.to_chrono())
    };
    let said = Said {
        kind: row.kind,
        whose: row.whose,
        has_number,
        has_name: row.name_sealed.is_some(),
        good_from: time(row.good_from.as_ref()),
        good_until: time(row.good_until.as_ref()),
        valid_until: last_day(row),
    };
    let faults = rules::faults(said, today(app, person, now)?);
    if faults.is_empty() { Ok(()) } else { Err(Error::fields(faults)) }
}

/// Changes a number, or what is said of it. The number in the file is written down by this where there is none.
pub async fn change(
    app: &App,
    tx: &mut Tx,
    person: &mut Person,
    change: ContactWayChange,
    now: Instant,
) -> Result<Audit> {
    let key = app.keys.participants.key(person.id.0, &person.data_key)?;
    let mut row = find(tx, person, change.contact_way_id, now).await?;
    let is_in_file = row.is_in_file();
    if is_in_file && change.whose.is_some_and(|whose| whose != NumberOwner::Own) {
        return Err(Error::field("/whose", "not_allowed", "the number in the file is their own"));
    }
    row.whose = change.whose.unwrap_or(row.whose);
    if let Some(name) = &change.name {
        row.name_sealed = Some(key.seal_text(field("name_sealed", row.id), name, &*app.random)?);
    }
    if let Some(from) = change.good_from {
        row.good_from = from.map(|time| time.to_string());
    }
    if let Some(until) = change.good_until {
        row.good_until = until.map(|time| time.to_string());
    }
    row.may_leave_message = change.may_leave_message.unwrap_or(row.may_leave_message);
    let is_day_given = change.valid_until.is_some();
    if let Some(day) = change.valid_until {
        row.valid_until = day.map(|day| day.to_string());
    }
    let before = number(&key, person, &row)?;
    let another = change
        .number
        .filter(|number| before.as_ref().is_none_or(|before| before.expose() != number.expose()));
    if another.is_some() && !is_day_given {
        // What is another number is not over with the former one.
        row.valid_until = None;
    }
    require_consistent(app, person, &row, before.is_some() || another.is_some(), now)?;
    if let Some(number) = &another {
        if change.despite_wrong != Some(true) {
            former_number::require_not_wrong(tx, &key, person.id, ("/number", number)).await?;
        }
        leave_behind(app, tx, (person, &key), (&row, before.as_ref()), FormerNumberReason::Replaced, now)
            .await?;
        if is_in_file {
            let sealed = key.seal_text(field_in_file(person.id), number, &*app.random)?;
            set_file_number(tx, person, Some(sealed)).await?;
        } else {
            let place = field("number_sealed", row.id);
            row.number_sealed = Some(key.seal_text(place, number, &*app.random)?);
        }
    }
    store::insert(tx, person.centre_id, &row).await?;
    counted(tx, person).await?;
    Ok(audit(person, verb(is_in_file && another.is_some(), "change_file_number", "change")))
}

/// Takes a number or a person off.
pub async fn remove(
    app: &App,
    tx: &mut Tx,
    person: &mut Person,
    which: &WhichContactWay,
    now: Instant,
) -> Result<Audit> {
    let key = app.keys.participants.key(person.id.0, &person.data_key)?;
    let row = find(tx, person, which.contact_way_id, now).await?;
    let former = number(&key, person, &row)?;
    if row.is_in_file() && former.is_none() {
        return Err(unknown());
    }
    leave_behind(app, tx, (person, &key), (&row, former.as_ref()), FormerNumberReason::Removed, now).await?;
    take_off(tx, person, &row).await?;
    counted(tx, person).await?;
    Ok(audit(person, verb(row.is_in_file(), "remove_file_number", "remove")))
}

/// A number is somebody else's: it is never called again, whichever of their ways have it. Where the way that was named has another number by now, that
/// one stays: whoever called the former says something about that.
pub async fn report_wrong(
    app: &App,
    tx: &mut Tx,
    person: &mut Person,
    wrong: &WrongNumber,
    now: Instant,
) -> Result<Audit> {
    let key = app.keys.participants.key(person.id.0, &person.data_key)?;
    let row = match look_up(tx, person, wrong.contact_way_id, now).await? {
        Some(row) => row,
        // It was taken off meanwhile. That it is somebody else's is kept all the same.
        None if store::was_one(tx, person.id, wrong.contact_way_id.0).await? => {
            WayRow { id: wrong.contact_way_id, ..WayRow::in_file(person.id, now) }
        }
        None => return Err(unknown()),
    };
    let is_known = former_number::is_wrong(tx, &key, person.id, &wrong.number).await?;
    // It may have been written down twice: in the file and beside it, or as somebody's of whom it is said that they pass things on.
    let mut having_it = Vec::new();
    for way in ways_of(person, &store::ways(tx, &[person.id.0], now).await?, now) {
        let is_it = |number: Phone| number.expose() == wrong.number.expose();
        if number(&key, person, &way)?.is_some_and(is_it) {
            having_it.push(way);
        }
    }
    if is_known && having_it.is_empty() {
        // Somebody else said so before: it is so.
        return Ok(audit(person, "report_wrong").with("already", true));
    }
    if !is_known {
        let whose = (&row, Some(&wrong.number));
        leave_behind(app, tx, (person, &key), whose, FormerNumberReason::Wrong, now).await?;
    }
    for way in &having_it {
        match way.kind {
            ContactWayKind::Phone => take_off(tx, person, way).await?,
            // The person stays: only their number is wrong.
            ContactWayKind::Person => {
                store::insert(tx, person.centre_id, &WayRow { number_sealed: None, ..way.clone() }).await?;
            }
        }
    }
    counted(tx, person).await?;
    let is_of_file = having_it.iter().any(WayRow::is_in_file);
    Ok(audit(person, verb(is_of_file, "report_wrong_file_number", "report_wrong")))
}

/// Says by what somebody wants to be reached.
pub async fn order(tx: &mut Tx, person: &mut Person, wanted: &ContactOrder, now: Instant) -> Result<Audit> {
    if !rules::is_an_order(&wanted.order) {
        return Err(Error::field("/order", "not_unique", "each is in it once"));
    }
    person.preference = Some(rules::written(&wanted.order));
    counted(tx, person).await?;
    // Whoever wants the app needs a phone, and nobody else does.
    agenda::note(tx, timers::DEVICES, person.centre_id, &[person.id.0], now).await?;
    Ok(audit(person, "order"))
}

fn unknown() -> Error {
    Error::field("/contact_way_id", "unknown", "they have no such way")
}

async fn find(tx: &mut Tx, person: &Person, id: ContactWayId, now: Instant) -> Result<WayRow> {
    look_up(tx, person, id, now).await?.ok_or_else(unknown)
}

/// The way, if it is there; that of the number in the file always is.
async fn look_up(tx: &mut Tx, person: &Person, id: ContactWayId, now: Instant) -> Result<Option<WayRow>> {
    let rows = store::ways(tx, &[person.id.0], now).await?;
    let found = rows.into_iter().find(|row| row.id == id);
    Ok(found.or_else(|| (id.0 == person.id.0).then(|| WayRow::in_file(person.id, now))))
}

/// Keeps a number, which is never called again.
async fn leave_behind(
    app: &App,
    tx: &mut Tx,
    (person, key): (&Person, &DataKey),
    (row, number): (&WayRow, Option<&Phone>),
    why: FormerNumberReason,
    now: Instant,
) -> Result<()> {
    let Some(number) = number else { return Ok(()) };
    let former = FormerNumber {
        participant: person.id,
        way: row.id.0,
        whose: row.whose.as_str(),
        number,
        why: why.as_str(),
    };
    former_number::keep(app, tx, key, former, now).await
}

async fn take_off(tx: &mut Tx, person: &mut Person, row: &WayRow) -> Result<()> {
    store::delete(tx, person.id, row.id.0).await?;
    if row.is_in_file() {
        set_file_number(tx, person, None).await?;
    }
    Ok(())
}

async fn set_file_number(
    tx: &mut Tx,
    person: &mut Person,
    number: Option<kernel::protect::seal::Sealed>,
) -> Result<()> {
    person.phone_sealed = number;
    store::set_file_number(tx, person.id, person.phone_sealed.as_ref()).await?;
    tx.changed(PARTICIPANT.changed(person.centre_id.0, Some(person.id.0), person.id.0));
    Ok(())
}

/// Counts the change, and tells of it.
pub async fn counted(tx: &mut Tx, person: &mut Person) -> Result<()> {
    let order = rules::order(person.preference.as_deref());
    let first = order.first().copied().unwrap_or(ContactMeans::InApp);
    person.version = store::count(tx, person, (&rules::written(&order), first.as_str())).await?;
    tx.changed(CONTACT_WAYS.changed(person.centre_id.0, Some(person.id.0), person.id.0));
    Ok(())
}

//! Merging one file into another, in one transaction.

use super::{
    answer::MergedFiles,
    fields,
    open::{self, Open},
    request::FileMerge,
    rules::{self, Refusal},
    store,
    words::{FileField, FileMergeId},
};
use crate::{
    app::{
        App,
        life::{Coming, Consequences, Event},
    },
    contact, hand_over, life,
    participant::{
        AGES, Row, former_number,
        said::{self, Fields},
        status::{
            rules::is_accompanied,
            store::{self as log, Change},
            words::FileStatus,
        },
        store as files,
    },
};
use contract::{ParticipantId, StaffId, StaffRole, time::Instant};
use db::Tx;
use identity::things::PARTICIPANT;
use kernel::{
    access::{Actor, Scope},
    agenda,
    audit::Audit,
    error::{Error, Result},
    extract::IfMatch,
    protect::seal::Field,
};
use serde_json::{Value, json};

/// Two files, held.
pub struct Pair {
    /// The one that goes on.
    pub this: Row,
    /// The one that is or was merged into it.
    pub other: Row,
}

/// Holds both files and what hangs on them, always in the same order, so that two who merge crosswise do not wait for each other in a circle.
/// None if one of them is out of scope.
pub async fn hold(
    tx: &mut Tx,
    scope: Scope,
    (this, other): (ParticipantId, ParticipantId),
    (app, now): (&App, Instant),
) -> Result<Option<Pair>> {
    let (first, second) = if this < other { (this, other) } else { (other, this) };
    for file in [first, second] {
        life::is_about_to(app, tx, Coming::FileCloses(file), now).await?;
        life::is_about_to(app, tx, Coming::AssignmentStarts(file), now).await?;
    }
    let (one, two) =
        (files::load_for_change(tx, scope, first).await?, files::load_for_change(tx, scope, second).await?);
    let (Some(one), Some(two)) = (one, two) else { return Ok(None) };
    Ok(Some(if one.id == this { Pair { this: one, other: two } } else { Pair { this: two, other: one } }))
}

/// Merges the other file into this one.
pub async fn merge(
    app: &App,
    tx: &mut Tx,
    (actor, scope): (&Actor, Scope),
    (id, seen): (ParticipantId, &IfMatch),
    order: FileMerge,
    now: Instant,
) -> Result<(MergedFiles, [Audit; 2])> {
    let other_id = order.other_id;
    if other_id == id {
        return Err(Error::field("/other_id", "not_allowed", "is the same file"));
    }
    // Asked before anything is held: the time that this takes, and whom it makes wait, would tell of another centre's people.
    files::in_scope(tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let unknown = || Error::field("/other_id", "unknown", "is no file of your centre");
    files::in_scope(tx, scope, other_id).await?.ok_or_else(unknown)?;
    let held = hold(tx, scope, (id, other_id), (app, now)).await?;
    let Pair { mut this, mut other } = held.ok_or_else(Error::not_found)?;
    seen.check(this.version)?;
    if order.other_version.is_some_and(|seen| seen != other.version) {
        return Err(Error::field(
            "/other_version",
            "changed",
            "the other file has changed since: look again",
        ));
    }
    let from_status = other.standing();
    let to_status = rules::merge(this.standing(), from_status).map_err(refused)?;
    // Or the two could lead to each other: this file may have been merged into that one, and opened again by a node of the former version.
    this.settle();
    let merge = FileMergeId::new(&*app.ids);
    let former_phone = this.phone_sealed.clone();
    let taken = take(app, (&mut this, &mut other), &order, now)?;
    if taken.fields.contains(&FileField::Phone) {
        former_number::replace_in_file(app, tx, &this, former_phone.as_ref(), now)
            .await
            .map_err(|error| error.below("/kept"))?;
    }
    let known = (&other, &this, taken.fields.contains(&FileField::Phone));
    former_number::carry_over(app, tx, known, now).await.map_err(|error| error.below("/kept"))?;
    let open = Open::of(app, tx, other_id, now).await?;

    // One that a node of the former version opened again stood for itself since.
    store::end(tx, other_id, StaffId(actor.person()), now).await?;
    (other.status, other.active, other.merged_into) = (to_status, is_accompanied(to_status), Some(id));
    let is_other_zone = write_both(tx, (&mut this, &mut other), &taken).await?;
    let line = logged(actor, &other, from_status, now);
    log::insert(tx, other_id, &line).await?;
    let row = store::Row {
        id: merge,
        survivor_id: id,
        merged_id: other_id,
        merged_at: now,
        merged_by: StaffId(actor.person()),
        from_status,
        taken_sealed: taken.sealed(app, &this, merge)?,
    };
    store::insert(tx, &row).await?;
    let ended = if is_accompanied(from_status) {
        life::happens(app, tx, actor, Event::FileCloses(other_id), now).await?
    } else {
        Consequences::default()
    };
    // A closed file may be asked for by another centre.
    hand_over::file_is_merged(app, tx, actor, other_id, now).await?;
    told_of(app, tx, actor, (&this, is_other_zone, &taken.fields), now).await?;
    let carriage = open::carry_over(app, tx, (actor, merge), (&this, &other), open, now).await?;
    contact::happened(app, tx, id, now).await?;

    let cancelled = ended.count("appointments_cancelled");
    let answer = MergedFiles {
        id,
        merged_id: other_id,
        fields_taken: taken.fields,
        appointments_carried: carriage.appointments,
        appointments_ended: cancelled.saturating_sub(carriage.appointments),
        check_ins_cancelled: ended.count("check_ins_cancelled"),
        work_items_carried: carriage.work_items,
        assignments_started: carriage.assignments,
        undone_until: rules::undone_until(now),
        version: this.version,
    };
    let about = |row: &Row, verb, with: ParticipantId| {
        let audit = Audit::new(&PARTICIPANT, verb, row.id.0).about(row.id).at(row.centre_id);
        audit.with("with", with.0.to_string())
    };
    let audits = [about(&this, "merge", other_id), about(&other, "be_merged", id)];
    Ok((answer, audits))
}

/// Why two files are not merged, named by the field that is at fault.
fn refused(refusal: Refusal) -> Error {
    let of_other = |code, detail| Error::field("/other_id", code, detail);
    match refusal {
        Refusal::ThisIsMerged => {
            Error::command_refused(None, "this file was merged into another one itself", &["unmerge"])
        }
        Refusal::ThisIsClosed => Error::command_refused(
            None,
            "this file is closed and the other is not: open it, or merge it into the other",
            &["reopen"],
        ),
        Refusal::OtherIsMerged => of_other("merged", "was merged already; its file says into which"),
        Refusal::OneDied => {
            of_other("contradicts", "one of the two says that they died, and the other does not")
        }
    }
}

/// What this file takes from the other one.
pub struct Taken {
    /// Which fields.
    pub fields: Vec<FileField>,
    /// What this file said before.
    former: Fields,
    /// What it says now.
    now: Fields,
}

impl Taken {
    /// Sealed under the key of the file that took it; nothing if it took nothing.
    fn sealed(
        &self,
        app: &App,
        this: &Row,
        merge: FileMergeId,
    ) -> Result<Option<kernel::protect::seal::Sealed>> {
        if self.fields.is_empty() {
            return Ok(None);
        }
        let key = app.keys.participants.key(this.id.0, &this.data_key)?;
        let plain = serde_json::to_vec(&json!({"former": self.former, "taken": self.now}));
        let plain = zeroize::Zeroizing::new(plain.map_err(Error::internal)?);
        Ok(Some(key.seal(taken_field(merge), &plain, &*app.random)?))
    }

    /// As it was sealed: what the file said before, and what it took.
    pub fn opened(app: &App, this: &Row, merge: &store::Row) -> Result<(Fields, Fields)> {
        let Some(sealed) = &merge.taken_sealed else { return Ok((Fields::new(), Fields::new())) };
        let key = app.keys.participants.key(this.id.0, &this.data_key)?;
        let plain = key.open(taken_field(merge.id), sealed)?;
        let mut both: Value = serde_json::from_slice(&plain).map_err(Error::internal)?;
        let mut part = |name: &str| match both.get_mut(name).map(Value::take) {
            Some(Value::Object(fields)) => Ok(fields),
            _ => Err(Error::internal("what was taken cannot be read")),
        };
        Ok((part("former")?, part("taken")?))
    }
}

/// Where it lies.
const fn taken_field(merge: FileMergeId) -> Field {
    Field::new("file_merge", "taken_sealed", merge.0)
}

/// Writes into this row what is kept of the other, which is not yet in the table.
fn take(app: &App, (this, other): (&mut Row, &mut Row), order: &FileMerge, now: Instant) -> Result<Taken> {
    let (mine, theirs) = (said::read(app, this)?, said::read(app, other)?);
    let taken = fields::taken(&mine, &theirs, &order.kept).map_err(Error::fields)?;
    let (former, new) = (fields::only(&mine, &taken), fields::only(&theirs, &taken));
    if !new.is_empty() {
        said::write(app, this, new.clone(), now).map_err(|error| error.below("/kept"))?;
    }
    if taken.contains(&FileField::FileNumber) {
        said::swap_numbers(app, this, other)?;
    }
    Ok(Taken { fields: taken, former, now: new })
}

/// Writes both into the table. Whether the person of the first lives in another zone now.
async fn write_both(tx: &mut Tx, (this, other): (&mut Row, &mut Row), taken: &Taken) -> Result<bool> {
    (this.version, other.version) = (this.version + 1, other.version + 1);
    write_rows(tx, this, other).await?;
    Ok(taken.fields.contains(&FileField::Zone))
}

/// The numbers may have changed places, and no two files of a centre have one, at no moment.
pub async fn write_rows(tx: &mut Tx, this: &Row, other: &Row) -> Result<()> {
    files::update(tx, &said::without_number(other)).await?;
    files::update(tx, this).await?;
    files::update(tx, other).await?;
    tx.changed(this.changed());
    tx.changed(other.changed());
    Ok(())
}

/// What follows from what a file says otherwise now.
pub async fn told_of(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (row, is_other_zone, changed): (&Row, bool, &[FileField]),
    now: Instant,
) -> Result<()> {
    if changed.contains(&FileField::MinorUntil) {
        agenda::note(tx, AGES, row.centre_id, &[row.id.0], now).await?;
    }
    if is_other_zone {
        life::happens(app, tx, actor, Event::ZoneChanges(row.id, row.centre_id), now).await?;
    }
    Ok(())
}

/// The line of the log of where a file stood.
pub fn logged(actor: &Actor, row: &Row, from: FileStatus, now: Instant) -> Change {
    Change {
        version: row.version,
        at: now,
        from_status: from,
        to_status: row.status,
        reason: None,
        side: None,
        attempts: None,
        pause_reason_sealed: None,
        note_sealed: None,
        author_id: StaffId(actor.person()),
        author_role: actor.role().unwrap_or(StaffRole::Manager),
    }
}

//! Undoing it: two files are two again, and what was made for the merging is undone, unless it has changed since.

use super::{
    answer::UnmergedFile,
    fields, life as readers,
    merge::{Pair, Taken, hold, logged, told_of, write_rows},
    rules::{self, Settled},
    store,
    words::{FileField, MovedKind},
};
use crate::{
    app::{App, life::Event},
    appointment::carry,
    assignment::{store::tell_who_leads, things::ASSIGNMENT},
    contact, life,
    participant::{
        Row, former_number, said, status::rules::is_accompanied, status::store as log, store as files,
    },
    work_item::{self, Raise, WorkCause},
};
use contract::{AuditId, ParticipantId, StaffId, time::Instant};
use db::Tx;
use identity::things::PARTICIPANT;
use kernel::{
    access::{Actor, Scope},
    audit::Audit,
    error::{Error, Result},
    extract::IfMatch,
};
use uuid::Uuid;

/// Lets a merged file stand for itself again.
pub async fn unmerge(
    app: &App,
    tx: &mut Tx,
    (actor, scope): (&Actor, Scope),
    (id, seen): (ParticipantId, &IfMatch),
    now: Instant,
) -> Result<(UnmergedFile, [Audit; 2])> {
    files::in_scope(tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let known = store::of_merged(tx, id).await?.ok_or_else(|| refused(Settled::NotMerged))?;
    let held = hold(tx, scope, (known.survivor_id, id), (app, now)).await?;
    let Pair { mut this, mut other } = held.ok_or_else(Error::not_found)?;
    seen.check(other.version)?;
    // Read again once both are held: somebody else may have undone it.
    let merge = store::of_merged(tx, id).await?.ok_or_else(|| refused(Settled::NotMerged))?;
    let states = (other.standing(), this.standing());
    let status = rules::unmerge(states, merge.from_status, (merge.merged_at, now)).map_err(refused)?;

    let former_phone = this.phone_sealed.clone();
    let (back, changed) = give_fields_back(app, (&mut this, &mut other), &merge, now)?;
    if back.contains(&FileField::Phone) {
        // What was found to be somebody else's meanwhile does not come back.
        if former_number::is_wrong_in_file(app, tx, &this).await? {
            this.phone_sealed = None;
        }
        former_number::leave_behind(app, tx, &this, former_phone.as_ref(), now).await?;
    }
    (other.status, other.active, other.merged_into) = (status, is_accompanied(status), None);
    other.version += 1;
    this.version += 1;
    write_rows(tx, &this, &other).await?;
    log::insert(tx, id, &logged(actor, &other, states.0, now)).await?;
    store::end(tx, id, StaffId(actor.person()), now).await?;
    // Before the file is open: what is found about it then is raised under it.
    let items = store::carried_items(tx, this.id, id).await?;
    for (cause, subject) in &items {
        work_item::resolve(app, tx, *cause, *subject, now).await?;
    }
    if other.active {
        life::happens(app, tx, actor, Event::FileOpens(id, other.centre_id), now).await?;
    }
    told_of(app, tx, actor, (&this, back.contains(&FileField::Zone), &back), now).await?;
    let mut appointments = 0;
    for made in store::moves(tx, merge.id, MovedKind::Appointment).await? {
        if carry::give_back(app, tx, actor, made, (this.id, id), now).await? {
            appointments += 1;
        }
    }
    let assignments = end_assignments(app, tx, actor, (&this, &other), &merge, now).await?;
    if other.active {
        give_items_back(app, tx, &other, items, now).await?;
    }
    for file in [this.id, id] {
        contact::happened(app, tx, file, now).await?;
    }

    let answer = UnmergedFile {
        id,
        survivor_id: this.id,
        fields_given_back: back,
        fields_changed_since: changed,
        appointments_given_back: appointments,
        assignments_ended: assignments,
        version: other.version,
    };
    let about = |row: &Row, verb, with: ParticipantId| {
        let audit = Audit::new(&PARTICIPANT, verb, row.id.0).about(row.id).at(row.centre_id);
        audit.with("with", with.0.to_string())
    };
    let audits = [about(&other, "unmerge", this.id), about(&this, "give_back", id)];
    Ok((answer, audits))
}

fn refused(settled: Settled) -> Error {
    let why = match settled {
        Settled::NotMerged => "this file was not merged",
        Settled::SurvivorIsMerged => "the file that it was merged into was merged in turn: undo that first",
        Settled::TooLate => "it was merged more than 30 days ago, and stays so",
    };
    Error::command_refused(None, why, &[] as &[&str])
}

/// What the other file took and nobody changed since, it says again as it did before.
fn give_fields_back(
    app: &App,
    (this, other): (&mut Row, &mut Row),
    merge: &store::Row,
    now: Instant,
) -> Result<(Vec<FileField>, Vec<FileField>)> {
    let (former, taken) = Taken::opened(app, this, merge)?;
    let (back, changed) = fields::unchanged(&said::read(app, this)?, &taken);
    if !back.is_empty() {
        said::write(app, this, fields::only(&former, &back), now)?;
    }
    if back.contains(&FileField::FileNumber) {
        said::swap_numbers(app, this, other)?;
    }
    Ok((back, changed))
}

/// What somebody must act on is about the person of the other file again: nobody of this one's has to do with it.
async fn give_items_back(
    app: &App,
    tx: &mut Tx,
    other: &Row,
    items: Vec<(WorkCause, Uuid)>,
    now: Instant,
) -> Result<()> {
    for (cause, subject) in items {
        if !store::is_open(tx, (cause, subject)).await? {
            let raised = Raise { cause, subject, participant: other.id, centre: other.centre_id };
            work_item::raise(app, tx, raised, now).await?;
        }
    }
    Ok(())
}

/// Whom the merging brought to the file that goes on, and whom it let read the merged one, it takes away again; how many of the former.
async fn end_assignments(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (this, other): (&Row, &Row),
    merge: &store::Row,
    now: Instant,
) -> Result<usize> {
    let (by, mut ended) = (actor.person(), 0);
    for (row, kind) in [(other, MovedKind::Reader), (this, MovedKind::Assignment)] {
        for made in store::moves(tx, merge.id, kind).await? {
            let Some(staff) = store::end_unchanged(tx, made, by, now).await? else { continue };
            tx.changed(ASSIGNMENT.changed(row.centre_id.0, Some(row.id.0), made.0));
            tx.changed(readers::revoked(row.centre_id, row.id, staff));
            tell_who_leads(tx, &[row.id]).await?;
            life::happens(app, tx, actor, Event::AssignmentEnds(staff), now).await?;
            if kind == MovedKind::Assignment {
                ended += 1;
                let audit = Audit::new(&ASSIGNMENT, "end", made.0).about(row.id).at(row.centre_id);
                audit.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?;
            }
        }
    }
    Ok(ended)
}

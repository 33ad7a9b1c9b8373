//! Asking for a hand-over, and answering it: the same over HTTP and from a phone that was without network. What a yes brings about is in
//! [`accepting`](super::accepting).

use super::{
    accepting, remind,
    request::{CentreHandOver, CompanionHandOver},
    rules::{self, By},
    store::{self, New, Row, Whom},
    things::HAND_OVER,
    words::{HandOverCommand, HandOverEnd, HandOverId, HandOverKind, HandOverRefusal, HandOverState},
};
use crate::{
    App,
    app::life::Coming,
    assignment::{held, store as assignments},
    life,
    participant::{
        moving,
        store::{hold_centre, hold_file},
    },
    work_item::{self, Raise, WorkCause},
};
use contract::{
    AssignmentId, AuditId, CentreId, ParticipantId, ProblemCode, StaffId, StaffRole, Subject, SubjectKind,
    time::Instant,
};
use db::Tx;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
    protect::{
        privacy::Note,
        seal::{Field, Sealed, WrappedKey},
    },
};

/// What is answered, with what it takes.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    /// "Yes."
    Accept,
    /// "No."
    Refuse(HandOverRefusal),
    /// "Never mind."
    Withdraw,
}

impl Deed {
    /// The command that it is.
    pub const fn command(self) -> HandOverCommand {
        match self {
            Self::Accept => HandOverCommand::Accept,
            Self::Refuse(_) => HandOverCommand::Refuse,
            Self::Withdraw => HandOverCommand::Withdraw,
        }
    }
}

/// Where the note lies.
pub const fn note_field(id: HandOverId) -> Field {
    Field::new("hand_over", "note_sealed", id.0)
}

/// Asks a colleague to accompany somebody in the place, or at the side, of whoever does by this assignment.
pub async fn ask_companion(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (assignment, new): (AssignmentId, CompanionHandOver),
    now: Instant,
) -> Result<(HandOverId, Audit)> {
    let by = By::of(actor)?;
    let scope = actor.staff_caseload()?;
    let seen = held::load(tx, scope, assignment).await?.ok_or_else(Error::not_found)?;
    if by.manages.is_none() && seen.staff_id != by.staff {
        // Whoever accompanies somebody beside others hands over what is theirs alone.
        return Err(Error::not_found());
    }
    // First, as by whoever answers: one that is asked already stands in the way until it is answered, and whoever answers needs the assignment.
    store::hold_open_of(tx, seen.participant_id).await?;
    let data_key = open_file(tx, seen.participant_id, seen.centre_id).await?;
    let fault = |code, detail| Error::field("/staff_id", code, detail);
    if new.staff_id == seen.staff_id {
        return Err(fault("same", "is whoever accompanies them by this assignment"));
    }
    let companion = assignments::companion(tx, seen.centre_id, new.staff_id, now).await?;
    if companion.is_none_or(|companion| !companion.role.accompanies()) {
        return Err(fault("unknown", "is no mentor or counsellor of this centre"));
    }
    let is_there = assignments::lasts(tx, new.staff_id, seen.participant_id).await?;
    if is_there && !new.takes_lead && !new.ends_former {
        return Err(fault("not_allowed", "accompanies them already: nothing would change"));
    }
    // Held behind all that: it ends either before this or hears of it.
    let row = assignments::load_for_change(tx, scope, assignment).await?.ok_or_else(Error::not_found)?;
    if row.ended_at.is_some() {
        return Err(Error::command_refused(None, "the assignment has ended", &[] as &[&str]));
    }
    let id = HandOverId(new_id(new.id, &*app.ids));
    let asked = New {
        id,
        participant_id: row.participant_id,
        asked_by: by.staff,
        from_centre_id: row.centre_id,
        whom: Whom::Companion {
            to: new.staff_id,
            from: row.staff_id,
            assignment,
            takes_lead: new.takes_lead,
            ends_former: new.ends_former,
        },
        note_sealed: seal(app, (id, row.participant_id, &data_key), new.note.as_ref())?,
        asked_at: now,
    };
    ask(app, tx, actor, (&asked, Some(new.staff_id), row.centre_id), now).await
}

/// Asks another centre to accompany somebody from now on.
pub async fn ask_centre(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (participant, new): (ParticipantId, CentreHandOver),
    now: Instant,
) -> Result<(HandOverId, Audit)> {
    let (staff, ..) = actor.staff(&[StaffRole::Manager])?;
    let scope = actor.caseload()?;
    let from = assignments::centre_of(tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    store::hold_open_of(tx, participant).await?;
    // A closed file is asked for as well: whoever comes back after years lives elsewhere.
    let file = hold_file(tx, participant, from).await?.ok_or_else(Error::not_found)?;
    if file.is_merged {
        let why = "the file was merged into another one, and goes where that goes";
        return Err(Error::command_refused(None, why, &["unmerge"]));
    }
    let fault = |code, detail| Err(Error::field("/centre_id", code, detail));
    if new.centre_id == from {
        return fault("not_allowed", "is their centre already");
    }
    if !hold_centre(tx, new.centre_id).await? {
        return fault("unknown", "is no centre");
    }
    let id = HandOverId(new_id(new.id, &*app.ids));
    let asked = New {
        id,
        participant_id: participant,
        asked_by: staff,
        from_centre_id: from,
        whom: Whom::Centre(new.centre_id),
        note_sealed: seal(app, (id, participant, &file.data_key), new.note.as_ref())?,
        asked_at: now,
    };
    ask(app, tx, actor, (&asked, None, new.centre_id), now).await
}

/// The key of somebody whose file is open, and stays so and this centre's until the transaction ends.
async fn open_file(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<WrappedKey> {
    let file = hold_file(tx, participant, centre).await?.ok_or_else(Error::not_found)?;
    if !file.active {
        return Err(Error::command_refused(None, "the file is closed", &[] as &[&str]));
    }
    Ok(file.data_key)
}

fn seal(
    app: &App,
    (id, participant, data_key): (HandOverId, ParticipantId, &WrappedKey),
    note: Option<&Note>,
) -> Result<Option<Sealed>> {
    let Some(note) = note else { return Ok(None) };
    let key = app.keys.participants.key(participant.0, data_key)?;
    Ok(Some(key.seal_text(note_field(id), note, &*app.random)?))
}

async fn ask(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (new, meant_for, asked_centre): (&New, Option<StaffId>, CentreId),
    now: Instant,
) -> Result<(HandOverId, Audit)> {
    store::insert(tx, new).await.map_err(asked_already)?;
    let (by, scope) = (By::of(actor)?, actor.staff_caseload()?);
    let row = store::load(tx, scope, by.staff, new.id).await?.ok_or_else(Error::not_found)?;
    row.tell(tx);
    let what = Raise {
        cause: WorkCause::HandOverAsked,
        subject: new.id.0,
        participant: new.participant_id,
        centre: asked_centre,
    };
    work_item::raise_for(app, tx, what, meant_for, now).await?;
    remind::plan_again(app, tx, &row, now).await?;
    Ok((new.id, audit(&row, "ask")))
}

fn asked_already(error: db::Error) -> Error {
    for guard in ["hand_over_from_assignment_id_key", "hand_over_participant_id_key"] {
        if error.violates(guard) {
            return Error::with_detail(
                ProblemCode::AlreadyExists,
                "it is asked already: withdraw that first",
            );
        }
    }
    error.into()
}

/// One on whose side the caller stands, held with all that the answer changes, in the order of everybody.
pub async fn hold(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (id, deed): (HandOverId, Deed),
    now: Instant,
) -> Result<Row> {
    let (by, scope) = (By::of(actor)?, actor.staff_caseload()?);
    let seen = store::load(tx, scope, by.staff, id).await?.ok_or_else(Error::not_found)?;
    if matches!(deed, Deed::Accept) && seen.state == HandOverState::Asked {
        match seen.kind {
            HandOverKind::Companion => {
                life::is_about_to(app, tx, Coming::AssignmentStarts(seen.participant_id), now).await?;
            }
            HandOverKind::Centre => moving::is_about_to(app, tx, seen.participant_id, now).await?,
        }
    }
    store::load_for_change(tx, scope, by.staff, id).await?.ok_or_else(Error::not_found)
}

/// Answers one that is held. What it asks is done in the same moment, or the answer is refused.
pub async fn carry_out(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (row, deed): (&mut Row, Deed),
    now: Instant,
) -> Result<Audit> {
    let by = By::of(actor)?;
    let (command, side) = (deed.command(), rules::side(&row.parties(), by));
    row.state = rules::after(row.state, command, side).ok_or_else(|| {
        refused(
            row,
            &rules::possible(row.state, side),
            "that cannot be done with it as it stands, or not by you",
        )
    })?;
    (row.decided_at, row.decided_by) = (Some(now), Some(by.staff));
    if let Deed::Refuse(reason) = deed {
        row.refusal = Some(reason);
    }
    written(app, tx, row, now).await?;
    let mut line = audit(row, command.as_str());
    if side == rules::Side::Asked {
        line = line.at(row.asked_centre());
    }
    if matches!(deed, Deed::Accept) {
        line = accepting::carry_out(app, tx, actor, row, (line, now)).await?;
    }
    remind::plan_again(app, tx, row, now).await?;
    Ok(line)
}

/// Ends what cannot be any more, by itself, and says so in the audit log; how many there were.
pub async fn end_moot(
    app: &App,
    tx: &mut Tx,
    actor: Option<&Actor>,
    (rows, why): (Vec<Row>, HandOverEnd),
    now: Instant,
) -> Result<usize> {
    let mut count = 0;
    for mut row in rows {
        let Some(state) = rules::ended(row.state) else { continue };
        row.state = state;
        (row.decided_at, row.ended_because) = (Some(now), Some(why));
        written(app, tx, &mut row, now).await?;
        remind::plan_again(app, tx, &row, now).await?;
        audit(&row, "end").write(tx, actor, AuditId::new(&*app.ids), now).await?;
        count += 1;
    }
    Ok(count)
}

async fn written(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<()> {
    row.version += 1;
    store::update(tx, row).await?;
    row.tell(tx);
    work_item::resolve(app, tx, WorkCause::HandOverAsked, row.id.0, now).await
}

/// It cannot be done; what can is said.
pub fn refused(row: &Row, possible: &[HandOverCommand], why: &'static str) -> Error {
    let possible: Vec<&str> = possible.iter().map(|command| command.as_str()).collect();
    let subject = Subject { kind: SubjectKind::HandOver, id: row.id.0 };
    Error::command_refused(subject, why, &possible)
}

/// Nothing of what was written, nor of why not.
fn audit(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&HAND_OVER, verb, row.id.0)
        .about(row.participant_id)
        .at(row.from_centre_id)
        .with("to", row.kind.as_str())
}

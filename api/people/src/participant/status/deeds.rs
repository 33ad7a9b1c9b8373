//! Carrying a command about where a file stands out, with all that follows from it, in one transaction.

use super::{
    request::{DeathRecord, DeathReversal, FilePause, StatusChange},
    rules::{self, Consequence, Refusal, Standing},
    store::{self, Change, NOTE, PAUSE_REASON},
    words::{FileCommand, FileStatus, PauseReason, StatusReason},
};
use crate::{
    app::{
        App,
        life::{Coming, Event},
    },
    life,
    names::same,
    participant::{row::Row, store as files, text::Texts},
    work_item::{self, Raise, WorkCause},
};
use contract::{ParticipantId, StaffId, StaffRole, time::Instant};
use db::Tx;
use identity::things::PARTICIPANT;
use kernel::{
    access::{Actor, Scope, not_for_this_role},
    audit::Audit,
    error::{Error, Result},
    extract::IfMatch,
    protect::privacy::{Name, Note},
};

/// A command, and what is said with it.
#[derive(Debug)]
pub struct Order {
    command: FileCommand,
    reason: Option<StatusReason>,
    attempts: Option<u16>,
    pause_reason: Option<PauseReason>,
    /// Typed, of somebody who died.
    name: Option<Name>,
    note: Option<Note>,
}

impl Order {
    /// A command that says enough by itself.
    pub const fn plain(command: FileCommand) -> Self {
        Self { command, reason: None, attempts: None, pause_reason: None, name: None, note: None }
    }

    /// A pause.
    pub fn pause(pause: FilePause) -> Self {
        let FilePause { reason, note } = pause;
        Self { pause_reason: Some(reason), note, ..Self::plain(FileCommand::Pause) }
    }

    /// A file is closed or opened again, for one of the reasons of the command.
    pub fn for_reason(command: FileCommand, change: StatusChange) -> Result<Self> {
        let StatusChange { reason, attempts, note } = change;
        if !rules::is_reason_of(reason, command) {
            return Err(Error::field("/reason", "not_allowed", "is no reason of this command"));
        }
        if (reason == StatusReason::NotReached) != attempts.is_some() {
            let code = if attempts.is_some() { "not_allowed" } else { "required" };
            return Err(Error::field("/attempts", code, "with not_reached, and only with it"));
        }
        Ok(Self { reason: Some(reason), attempts, note, ..Self::plain(command) })
    }

    /// A death.
    pub fn death(record: DeathRecord) -> Self {
        let DeathRecord { name, note } = record;
        let reason = Some(StatusReason::Died);
        Self { reason, name: Some(name), note, ..Self::plain(FileCommand::RecordDeath) }
    }

    /// A death that was none.
    pub fn no_death(reversal: DeathReversal) -> Self {
        let reason = Some(StatusReason::DeathByMistake);
        Self { reason, note: reversal.note, ..Self::plain(FileCommand::ReverseDeath) }
    }

    /// The role of a caller who may ever give it.
    pub fn authorised(&self, actor: &Actor) -> Result<StaffRole> {
        let role =
            actor.role().filter(|role| rules::may(self.command, *role)).ok_or_else(not_for_this_role)?;
        match self.pause_reason {
            Some(reason) if !rules::may_pause_for(reason, role) => {
                Err(Error::field("/reason", "not_allowed", "not to be said by this role"))
            }
            _ => Ok(role),
        }
    }

    /// What is to be held of other features, before the file is.
    const fn coming(&self, participant: ParticipantId) -> Option<Coming> {
        match self.command {
            FileCommand::Pause => Some(Coming::FilePauses(participant)),
            FileCommand::Complete
            | FileCommand::Withdraw
            | FileCommand::Transfer
            | FileCommand::RecordDeath => Some(Coming::FileCloses(participant)),
            FileCommand::Activate | FileCommand::Resume | FileCommand::Reopen | FileCommand::ReverseDeath => {
                None
            }
        }
    }

    /// The word of the audit log.
    pub const fn verb(&self) -> &'static str {
        self.command.as_str()
    }
}

/// Carries it out. The file as it stands then, and the line of the audit log, which says neither why it rests nor what was noted.
pub async fn carry_out(
    app: &App,
    tx: &mut Tx,
    (actor, scope, role): (&Actor, Scope, StaffRole),
    (id, seen): (ParticipantId, &IfMatch),
    order: Order,
    now: Instant,
) -> Result<(Row, Audit)> {
    if let Some(coming) = order.coming(id) {
        // Asked before anything is held: the time that this takes, and whom it makes wait, would tell of another centre's people.
        files::in_scope(tx, scope, id).await?.ok_or_else(Error::not_found)?;
        life::is_about_to(app, tx, coming, now).await?;
    }
    let mut row = files::load_for_change(tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let standing = standing(tx, &row).await?;
    let to = rules::next(standing, order.command, role)
        .map_err(|refusal| refused(refusal, &rules::possible(standing, role)))?;
    if let Some(typed) = &order.name {
        require_name(app, &row, typed)?;
    }
    let from = standing.status;
    (row.status, row.active, row.version) = (to, rules::is_accompanied(to), row.version + 1);
    // No command begins at a merged file. One that a node of the former version opened again stands for itself, and goes on doing so however
    // it is closed.
    row.merged_into = None;
    files::update(tx, &row).await?;
    tx.changed(row.changed());
    let verb = order.verb();
    log(app, tx, (actor, role), (&row, from), order, now).await?;
    let event = match rules::consequence(from, to) {
        Consequence::Nothing => None,
        Consequence::Pauses => Some(Event::FilePauses(id, row.centre_id)),
        Consequence::Resumes => Some(Event::FileResumes(id, row.centre_id)),
        Consequence::Closes => Some(Event::FileCloses(id)),
        Consequence::Opens => Some(Event::FileOpens(id, row.centre_id)),
    };
    let mut audit = Audit::new(&PARTICIPANT, verb, id.0)
        .about(id)
        .at(row.centre_id)
        .with("from", from.as_str())
        .with("to", to.as_str());
    if let Some(event) = event {
        let cancelled = life::happens(app, tx, actor, event, now).await?.count("appointments_cancelled");
        if cancelled > 0 {
            audit = audit.with("appointments_cancelled", cancelled);
        }
    }
    tell_what_to_do(app, tx, &row, from, now).await?;
    Ok((row, audit))
}

/// Whoever leads is told what is to be done about a death, behind all that ends with it.
async fn tell_what_to_do(app: &App, tx: &mut Tx, row: &Row, from: FileStatus, now: Instant) -> Result<()> {
    let (cause, subject) = (WorkCause::PersonDied, row.id.0);
    if row.status == FileStatus::Deceased {
        let raised = Raise { cause, subject, participant: row.id, centre: row.centre_id };
        return work_item::raise(app, tx, raised, now).await;
    }
    if from == FileStatus::Deceased {
        return work_item::resolve(app, tx, cause, subject, now).await;
    }
    Ok(())
}

/// Where the file stands, and what the log says that matters there.
async fn standing(tx: &mut Tx, row: &Row) -> Result<Standing> {
    let status = row.standing();
    let last = match status {
        FileStatus::Paused | FileStatus::Deceased => store::last_time(tx, row.id, status).await?,
        _ => None,
    };
    Ok(Standing {
        status,
        is_paused_by_manager: last.is_some_and(|(_, role)| role == StaffRole::Manager),
        before_death: last.map_or(FileStatus::Active, |(from, _)| from),
    })
}

fn refused(refusal: Refusal, possible: &[FileCommand]) -> Error {
    match refusal {
        Refusal::NotForThisRole => not_for_this_role(),
        Refusal::PausedByManager => {
            Error::command_refused(None, "a manager paused the file, and a manager resumes it", possible)
        }
        Refusal::NotNow => Error::command_refused(None, "the file does not stand there", possible),
    }
}

/// Whoever records a death types whose: a slip of the finger must not end it all for somebody who lives.
fn require_name(app: &App, row: &Row, typed: &Name) -> Result<()> {
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    let names = Texts { key: &key, id: row.id }.names(row)?;
    let known = [Some(&names.called), names.arabic.as_ref(), names.latin.as_ref()];
    if known.into_iter().flatten().any(|name| same::is_same(name, typed)) {
        return Ok(());
    }
    Err(Error::field("/name", "not_the_name", "must be the whole name of the participant"))
}

async fn log(
    app: &App,
    tx: &mut Tx,
    (actor, role): (&Actor, StaffRole),
    (row, from): (&Row, FileStatus),
    order: Order,
    now: Instant,
) -> Result<()> {
    let key = app.keys.participants.key(row.id.0, &row.data_key)?;
    let random = &*app.random;
    let pause_reason = order.pause_reason.map(|reason| reason.as_str().as_bytes());
    let change = Change {
        version: row.version,
        at: now,
        from_status: from,
        to_status: row.status,
        reason: order.reason,
        side: order.reason.map(rules::side),
        attempts: order.attempts.map(i64::from),
        pause_reason_sealed: pause_reason
            .map(|word| key.seal(PAUSE_REASON.of(row.id), word, random))
            .transpose()?,
        note_sealed: order
            .note
            .as_ref()
            .map(|note| key.seal_text(NOTE.of(row.id), note, random))
            .transpose()?,
        author_id: StaffId(actor.person()),
        author_role: role,
    };
    Ok(store::insert(tx, row.id, &change).await?)
}

//! Carrying out a command: rule, row, reminders and change feed, in the caller's transaction. The operations over HTTP and
//! the buttons of a notification come together here.

use super::{
    answer::situation,
    remind::{self, AppointmentEvent},
    rules,
    store::{self, Row},
    time::AgreedTime,
};
use crate::{
    access::Actor,
    app::App,
    error::{Error, Result},
    protect::{
        privacy::{Address, Note, PrivateText},
        seal::{DataKey, Field, Sealed},
    },
};
use contract::{AppointmentCommand, AppointmentId, AppointmentOutcome, PlaceKind, time::Instant};
use db::{Change, Operation, Tx};

/// A command and what it carries.
#[derive(Debug)]
pub enum Command {
    /// The participant will come.
    Confirm,
    /// The participant will not come.
    Decline(Option<Note>),
    /// The participant asks for another time.
    AskToMove(Option<Note>),
    /// At another time, perhaps another place; with the reason, if the centre is closed then.
    Move(Box<AgreedTime>, Option<(PlaceKind, Option<Address>)>, Option<Note>),
    /// Called off.
    Cancel(Option<Note>),
    /// How it ended.
    RecordOutcome(AppointmentOutcome, Option<Note>),
    /// How it really ended.
    CorrectOutcome(AppointmentOutcome, Note),
}

impl Command {
    /// Its word in the vocabulary.
    pub const fn word(&self) -> AppointmentCommand {
        match self {
            Self::Confirm => AppointmentCommand::Confirm,
            Self::Decline(_) => AppointmentCommand::Decline,
            Self::AskToMove(_) => AppointmentCommand::AskToMove,
            Self::Move(..) => AppointmentCommand::Move,
            Self::Cancel(_) => AppointmentCommand::Cancel,
            Self::RecordOutcome(..) => AppointmentCommand::RecordOutcome,
            Self::CorrectOutcome(..) => AppointmentCommand::CorrectOutcome,
        }
    }

    /// Its name in the audit log.
    pub const fn audited_as(&self) -> &'static str {
        match self {
            Self::Confirm => "appointment.confirm",
            Self::Decline(_) => "appointment.decline",
            Self::AskToMove(_) => "appointment.ask_to_move",
            Self::Move(..) => "appointment.move",
            Self::Cancel(_) => "appointment.cancel",
            Self::RecordOutcome(..) => "appointment.record_outcome",
            Self::CorrectOutcome(..) => "appointment.correct_outcome",
        }
    }

    const fn outcome(&self) -> Option<AppointmentOutcome> {
        match self {
            Self::RecordOutcome(outcome, _) | Self::CorrectOutcome(outcome, _) => Some(*outcome),
            _ => None,
        }
    }

    const fn event(&self) -> Option<AppointmentEvent> {
        match self {
            Self::Confirm | Self::Decline(_) | Self::AskToMove(_) => Some(AppointmentEvent::Answered),
            Self::Move(..) => Some(AppointmentEvent::Moved),
            Self::Cancel(_) => Some(AppointmentEvent::Cancelled),
            Self::RecordOutcome(AppointmentOutcome::NoShow, _) => Some(AppointmentEvent::Missed),
            Self::RecordOutcome(..) | Self::CorrectOutcome(..) => None,
        }
    }
}

/// Carries out `command` on `row`, which is held for the change, and leaves in `row` how it stands afterwards.
pub async fn carry_out(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &mut Row,
    command: Command,
    now: Instant,
) -> Result<()> {
    let before = situation(actor, row, now);
    row.state = rules::decide(before, command.word(), command.outcome())
        .map_err(|refusal| Error::command_refused(refusal.describe(), rules::possible(before)))?;
    let former_start = row.starts_at;
    let (event, outcome) = (command.event(), command.outcome());
    write_down(app, row, command)?;
    row.version += 1;
    store::update(tx, row).await?;
    if let Some(outcome) = outcome {
        keep_outcome(app, tx, row, outcome, actor, now).await?;
    }
    tx.changed(change(row));
    remind::plan_again(app, tx, row, event, former_start, now).await
}

/// What the change feed tells of this row.
pub fn change(row: &Row) -> Change {
    Change {
        centre: row.centre_id.0,
        participant: Some(row.participant_id.0),
        subject_kind: "appointment",
        subject: row.id.0,
        operation: Operation::Upsert,
    }
}

fn write_down(app: &App, row: &mut Row, command: Command) -> Result<()> {
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let text = Sealer { app, key: &key, row: row.id };
    match command {
        Command::Confirm => {}
        Command::Decline(reason) | Command::Cancel(reason) | Command::RecordOutcome(_, reason) => {
            row.reason_sealed = text.seal("reason_sealed", reason.as_ref())?;
        }
        Command::CorrectOutcome(_, reason) => {
            row.reason_sealed = text.seal("reason_sealed", Some(&reason))?
        }
        Command::AskToMove(wish) => {
            row.change_wish_sealed = text.seal("change_wish_sealed", wish.as_ref())?
        }
        Command::Move(time, place, reason) => {
            row.set_time(*time);
            row.change_wish_sealed = None;
            row.reason_sealed = text.seal("reason_sealed", reason.as_ref())?;
            if let Some((kind, details)) = place {
                row.place_kind = kind;
                row.place_sealed = text.seal("place_sealed", details.as_ref())?;
            }
        }
    }
    Ok(())
}

async fn keep_outcome(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    outcome: AppointmentOutcome,
    actor: &Actor,
    now: Instant,
) -> Result<()> {
    let id = app.ids.next();
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let reason = match &row.reason_sealed {
        Some(sealed) => {
            let reason: Note = key.open_text(Field::new("appointment", "reason_sealed", row.id.0), sealed)?;
            Some(key.seal_text(
                Field::new("appointment_outcome", "reason_sealed", id),
                &reason,
                &*app.random,
            )?)
        }
        None => None,
    };
    Ok(store::record_outcome(tx, id, row.id, outcome, reason, actor.person(), now).await?)
}

/// Seals the texts of one appointment.
pub struct Sealer<'a> {
    /// Where random bytes come from.
    pub app: &'a App,
    /// The participant's key.
    pub key: &'a DataKey,
    /// The appointment.
    pub row: AppointmentId,
}

impl Sealer<'_> {
    /// For this column.
    pub fn seal<T: PrivateText>(&self, column: &'static str, text: Option<&T>) -> Result<Option<Sealed>> {
        let field = Field::new("appointment", column, self.row.0);
        Ok(text.map(|text| self.key.seal_text(field, text, &*self.app.random)).transpose()?)
    }
}

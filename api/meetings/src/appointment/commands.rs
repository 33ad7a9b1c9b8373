//! Carrying out a command: rule, row, reminders and change feed, in the caller's transaction. The operations over HTTP and
//! the buttons of a notification come together here.

use super::things::APPOINTMENT;
use super::{
    answer::situation,
    ending::Ending,
    follow_up,
    groups::GroupVersions,
    host::{bring_in, require_accompanied, require_still_receiving},
    memory::Happened,
    outcomes, remind,
    row::Row,
    rules, slots,
    standing::Standing,
    store,
    time::AgreedTime,
};
use crate::{App, contact, life};
use contract::{AppointmentCommand, AppointmentId, PlaceKind, SlotId, StaffId, TimeOrigin, time::Instant};
use db::{Change, Tx};
use kernel::{
    access::Actor,
    audit::Audit,
    error::Result,
    protect::{
        privacy::{Address, Note, PrivateText},
        seal::{DataKey, Field, Sealed},
    },
};
use notifications::subjects::appointment::AppointmentEvent;

/// A command and what it carries.
#[derive(Debug)]
pub enum Command {
    /// The participant will come.
    Confirm,
    /// The participant will not come.
    Decline(Option<Note>),
    /// The participant asks for another time.
    AskToMove(Option<Note>),
    /// One of the times that are offered suits.
    Choose(SlotId),
    /// Several times to choose from.
    Propose(Box<Offer>),
    /// At another time.
    Move(Box<Relocation>),
    /// Called off.
    Cancel(Option<Note>),
    /// How it ended.
    RecordOutcome(Box<Ending>, Option<Note>),
    /// How it really ended.
    CorrectOutcome(Box<Ending>, Note),
}

/// How they meet, and where.
type Place = (PlaceKind, Option<Address>);

/// Times to choose from, in place of whatever was agreed on or offered.
#[derive(Debug)]
pub struct Offer {
    /// In their order.
    pub times: Vec<AgreedTime>,
    /// Where, if that changes.
    pub place: Option<Place>,
    /// Why, if the centre is closed at one of them.
    pub reason: Option<Note>,
}

/// Where in time and space the appointment is put.
#[derive(Debug)]
pub struct Relocation {
    /// When.
    pub time: AgreedTime,
    /// Where, if that changes.
    pub place: Option<Place>,
    /// With whom, if that changes.
    pub host: Option<StaffId>,
    /// Why, if the centre is closed then.
    pub reason: Option<Note>,
}

impl Command {
    /// Its word in the vocabulary.
    pub const fn word(&self) -> AppointmentCommand {
        match self {
            Self::Confirm => AppointmentCommand::Confirm,
            Self::Decline(_) => AppointmentCommand::Decline,
            Self::AskToMove(_) => AppointmentCommand::AskToMove,
            Self::Choose(_) => AppointmentCommand::Choose,
            Self::Propose(_) => AppointmentCommand::Propose,
            Self::Move(_) => AppointmentCommand::Move,
            Self::Cancel(_) => AppointmentCommand::Cancel,
            Self::RecordOutcome(..) => AppointmentCommand::RecordOutcome,
            Self::CorrectOutcome(..) => AppointmentCommand::CorrectOutcome,
        }
    }

    fn ending(&self) -> Option<&Ending> {
        match self {
            Self::RecordOutcome(ending, _) | Self::CorrectOutcome(ending, _) => Some(ending),
            _ => None,
        }
    }

    fn event(&self, before: &Row) -> Option<AppointmentEvent> {
        match self {
            Self::Confirm | Self::Decline(_) | Self::AskToMove(_) | Self::Choose(_) => {
                Some(AppointmentEvent::Answered)
            }
            Self::Propose(_) => Some(AppointmentEvent::Proposed),
            // To its participant, an appointment that had no time yet is new.
            Self::Move(_) if before.time_origin == TimeOrigin::Offered => Some(AppointmentEvent::Scheduled),
            Self::Move(_) => Some(AppointmentEvent::Moved),
            Self::Cancel(_) => Some(AppointmentEvent::Cancelled),
            // Nobody is told that somebody was absent when there was nothing to come to.
            Self::RecordOutcome(ending, _) if ending.counts() => Some(AppointmentEvent::Missed),
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
    let (before, former) = (situation(actor, row, now), row.clone());
    let ending = command.ending().cloned();
    let state = rules::decide(before, command.word(), ending.as_ref().map(|ending| ending.outcome))
        .map_err(|refusal| row.refused(refusal.describe(), &rules::possible(before)))?;
    let event = command.event(row);
    row.standing = ending.map_or_else(|| Standing::of(state), Standing::ended);
    let choice = if let Command::Choose(id) = command { Some(id) } else { None };
    let is_moved = matches!(command, Command::Move(_) | Command::Propose(_));
    let names_host = matches!(&command, Command::Move(relocation) if relocation.host.is_some());
    let is_put_ahead = matches!(command.word(), AppointmentCommand::Move | AppointmentCommand::Propose);
    let chosen = choice.map(|id| former.chosen(actor, id, now)).transpose()?;
    write_down(app, row, command, chosen)?;
    if is_put_ahead {
        require_accompanied(tx, row).await?;
        if names_host {
            bring_in(app, tx, actor, row, now).await?;
        } else {
            require_still_receiving(tx, row, now).await?;
        }
    }
    row.holds_time &= row.state().is_open();
    row.version += 1;
    row.group_versions = Some(GroupVersions::after(&former, row).write()?);
    store::update(tx, row).await.map_err(|error| match choice {
        Some(id) if is_overlap(&error) => former.taken(id, now),
        _ => error.into(),
    })?;
    if is_moved {
        store::note_move(tx, row.id, now).await?;
    }
    if former.time_origin == TimeOrigin::Offered || row.time_origin == TimeOrigin::Offered {
        slots::replace(tx, row).await?;
        slots::look_again(tx, row, now).await?;
    }
    if let Some(ending) = row.standing.ending() {
        keep_outcome(app, tx, row, ending, actor, now).await?;
    }
    tx.changed(change(row));
    // Of a proposal nobody has a start in mind.
    let former_start = (former.time_origin != TimeOrigin::Offered).then_some(former.starts_at);
    let happened = Happened { event, former_start, is_handed_over: former.host_id != row.host_id };
    remind::plan_again(app, tx, row, happened, now).await?;
    follow_up::after(app, tx, (&former, row), now).await?;
    if former.state() != row.state() {
        life::appointment_changes(app, tx, (row.id, row.participant_id), now).await?;
    }
    if former.state().took_place() != row.state().took_place() {
        contact::happened(app, tx, row.participant_id, now).await?;
    }
    Ok(())
}

/// The same, and the line of the audit log that says so.
pub async fn carry_out_audited(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &mut Row,
    command: Command,
    now: Instant,
) -> Result<Audit> {
    let (verb, from) = (command.word().as_str(), row.state());
    carry_out(app, tx, actor, row, command, now).await?;
    let audit = Audit::new(&APPOINTMENT, verb, row.id.0)
        .about(row.participant_id)
        .at(row.centre_id)
        .with("from", from.as_str())
        .with("to", row.state().as_str());
    Ok(match row.standing.ending().and_then(|ending| ending.side) {
        Some(side) => audit.with("side", side.as_str()).with("counts", row.standing.counts()),
        None => audit,
    })
}

fn is_overlap(error: &db::Error) -> bool {
    error.violates("appointment_host_is_free") || error.violates("appointment_participant_is_free")
}

/// What the change feed tells of this row.
pub fn change(row: &Row) -> Change {
    APPOINTMENT.changed(row.centre_id.0, Some(row.participant_id.0), row.id.0)
}

fn write_down(app: &App, row: &mut Row, command: Command, chosen: Option<AgreedTime>) -> Result<()> {
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
        Command::Choose(_) => {
            if let Some(time) = chosen {
                row.settle_on(time, TimeOrigin::Chosen);
            }
            row.change_wish_sealed = None;
        }
        Command::Propose(offer) => {
            let Offer { times, place, reason } = *offer;
            row.offer(app, &times);
            row.change_wish_sealed = None;
            row.reason_sealed = text.seal("reason_sealed", reason.as_ref())?;
            put_at(row, &text, place)?;
        }
        Command::Move(relocation) => {
            let Relocation { time, place, host, reason } = *relocation;
            row.settle_on(time, TimeOrigin::Set);
            row.host_id = host.unwrap_or(row.host_id);
            row.change_wish_sealed = None;
            row.reason_sealed = text.seal("reason_sealed", reason.as_ref())?;
            put_at(row, &text, place)?;
        }
    }
    Ok(())
}

fn put_at(row: &mut Row, text: &Sealer<'_>, place: Option<Place>) -> Result<()> {
    if let Some((kind, details)) = place {
        row.place_kind = kind;
        row.place_sealed = text.seal("place_sealed", details.as_ref())?;
    }
    Ok(())
}

async fn keep_outcome(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    ending: &Ending,
    actor: &Actor,
    now: Instant,
) -> Result<()> {
    let id = app.ids.next();
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let reason = match &row.reason_sealed {
        Some(sealed) => {
            let reason: Note = key.open_text(Field::new("appointment", "reason_sealed", row.id.0), sealed)?;
            Some(key.seal_text(outcomes::reason(id), &reason, &*app.random)?)
        }
        None => None,
    };
    let kept = outcomes::Kept { id, appointment: row.id, stored: row.standing.stored(), ending, reason };
    Ok(outcomes::keep(tx, kept, actor.person(), now).await?)
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

//! The buttons of an appointment's reminders.

use super::things::APPOINTMENT;
use super::{
    commands::{Command, carry_out},
    row::Row,
    rules::{self, ActingAs, Situation, Timing},
    store,
};
use crate::app::{
    App,
    buttons::{Held, Reader, Reminded, Standing, Standings, Told},
};
use contract::{
    AppointmentId, AppointmentState, AuditId, NotificationAction, PersonKind, ReminderId, SubjectKind,
    TimeOrigin,
    push::WallTime,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Tx, sql};
use futures_util::future::BoxFuture;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    legible::Entry,
};
use std::collections::HashMap;
use uuid::Uuid;

/// How an appointment stands.
#[derive(Debug, Clone)]
pub struct AppointmentStanding {
    state: AppointmentState,
    time_origin: TimeOrigin,
    agreed: WallTime,
    /// When it was put at another time or place, or other times were offered, for the last time.
    moved_at: Option<Instant>,
}

/// The same as it lies in its tables. Words are read as text: a later version of this service may have written one that is not
/// known here.
#[derive(sqlx::FromRow)]
struct Stored {
    id: Uuid,
    #[sqlx(flatten)]
    standing: Entry<(), super::standing::Stored>,
    time_origin: String,
    local_start: LocalDateTime,
    zone: ZoneName,
    moved_at: Option<Instant>,
    told_of_move_at: Option<Instant>,
}

impl Stored {
    fn read(self) -> Option<(Uuid, AppointmentStanding)> {
        let standing = AppointmentStanding {
            state: super::standing::Standing::try_from(self.standing.row?).ok()?.state(),
            time_origin: self.time_origin.parse().ok()?,
            agreed: WallTime { local: self.local_start, zone: self.zone },
            moved_at: self.moved_at.max(self.told_of_move_at),
        };
        Some((self.id, standing))
    }
}

/// How these appointments stand, but for what only a later version knows.
async fn standings(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, AppointmentStanding>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = tx.query_rows(
        sql!(
            "SELECT id, state, time_origin, local_start, zone, moved_at, outcome, outcome_side, outcome_cause, outcome_late,
                    outcome_tried, outcome_version, version,
                    -- What was moved before there was the column is known from who was told of it.
                    (SELECT max(created_at) FROM reminder
                     WHERE reminder.subject_id = appointment.id
                       AND reminder.purpose IN ('appointment_moved', 'appointment_proposed')) AS told_of_move_at
             FROM appointment WHERE id IN ({rows})"
        ),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    let rows: Vec<Stored> = query.all().await?;
    Ok(rows.into_iter().filter_map(Stored::read).collect())
}

/// What a button asks for, and the state in which that is the case; none for the buttons of other things.
fn asked(action: NotificationAction) -> Option<(Command, AppointmentState)> {
    match action {
        NotificationAction::Confirm => Some((Command::Confirm, AppointmentState::Confirmed)),
        NotificationAction::AskToMove => Some((Command::AskToMove(None), AppointmentState::ChangeRequested)),
        _ => None,
    }
}

impl Standing for AppointmentStanding {
    fn is_as_told(&self, told: Told<'_>) -> bool {
        self.agreed.local == told.facts.local_start
            && self.agreed.zone == told.facts.zone
            && self.moved_at.is_none_or(|moved_at| moved_at <= told.at)
    }

    fn is_so(&self, action: NotificationAction) -> bool {
        asked(action).is_some_and(|(_, aim)| self.state == aim)
    }

    fn allows(&self, action: NotificationAction) -> bool {
        let timing = if self.time_origin == TimeOrigin::Offered { Timing::Offered } else { Timing::Ahead };
        let before = Situation { state: self.state, timing, acting_as: ActingAs::Participant };
        asked(action).is_some_and(|(command, _)| rules::decide(before, command.word(), None).is_ok())
    }

    fn state(&self) -> &'static str {
        self.state.as_str()
    }

    fn agreed(&self) -> Option<WallTime> {
        Some(self.agreed.clone())
    }
}

/// Appointments.
pub struct Appointments;

impl Reminded for Appointments {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Appointment
    }

    fn standings<'a>(&'a self, tx: &'a mut Tx, ids: &'a [Uuid]) -> Standings<'a> {
        Box::pin(async move {
            let standings = standings(tx, ids).await?.into_iter();
            Ok(standings.map(|(id, standing)| (id, Box::new(standing) as Box<dyn Standing>)).collect())
        })
    }

    fn hold<'a>(
        &'a self,
        tx: &'a mut Tx,
        reader: Reader,
        now: Instant,
    ) -> BoxFuture<'a, Result<Option<Box<dyn Held>>>> {
        Box::pin(async move {
            // Staff answer in the app.
            if reader.kind != PersonKind::Participant || reader.id != reader.participant.0 {
                return Ok(None);
            }
            let id = reader.subject;
            let row = store::load_own_for_change(tx, reader.participant, AppointmentId(id), now).await?;
            let Some(row) = row else { return Ok(None) };
            let standing = standings(tx, &[id]).await?.remove(&id);
            Ok(standing.map(|standing| Box::new(HeldAppointment { row, standing }) as Box<dyn Held>))
        })
    }
}

/// An appointment that is held for its participant to change it.
struct HeldAppointment {
    row: Row,
    standing: AppointmentStanding,
}

impl Held for HeldAppointment {
    fn standing(&self) -> &dyn Standing {
        &self.standing
    }

    fn carry_out<'a>(
        &'a mut self,
        app: &'a App,
        tx: &'a mut Tx,
        action: NotificationAction,
        through: ReminderId,
        now: Instant,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let row = &mut self.row;
            // As the participant, without a session.
            let actor = Actor::Participant { id: row.participant_id, centre: row.centre_id, session: None };
            let (command, _) = asked(action).ok_or_else(Error::not_found)?;
            let (verb, from) = (command.word().as_str(), row.state());
            carry_out(app, tx, &actor, row, command, now).await?;
            self.standing.state = row.state();
            let audit = Audit::new(&APPOINTMENT, verb, row.id.0)
                .about(row.participant_id)
                .with("from", from.as_str())
                .with("to", row.state().as_str())
                .with("through", "notification")
                .with("reminder_id", through.to_string());
            Ok(audit.write(tx, Some(&actor), AuditId::new(&*app.ids), now).await?)
        })
    }
}

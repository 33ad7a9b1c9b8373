//! The buttons of an appointment's reminders.

use super::{
    commands::{Command, carry_out},
    rules::{self, ActingAs, Situation, Timing},
    store::{self, Row},
};
use crate::{
    App,
    buttons::{Standing, Told},
};
use contract::{
    AppointmentCommand, AppointmentId, AppointmentState, AuditId, NotificationAction, ParticipantId,
    ReminderId, TimeOrigin,
    push::WallTime,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Tx, sql};
use kernel::{access::Actor, audit::Audit, error::Result};
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
    state: String,
    time_origin: String,
    local_start: LocalDateTime,
    zone: ZoneName,
    moved_at: Option<Instant>,
    told_of_move_at: Option<Instant>,
}

impl Stored {
    fn read(self) -> Option<(Uuid, AppointmentStanding)> {
        let standing = AppointmentStanding {
            state: self.state.parse().ok()?,
            time_origin: self.time_origin.parse().ok()?,
            agreed: WallTime { local: self.local_start, zone: self.zone },
            moved_at: self.moved_at.max(self.told_of_move_at),
        };
        Some((self.id, standing))
    }
}

/// How these appointments stand, but for what only a later version knows.
pub async fn standings(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, AppointmentStanding>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = tx.query_rows(
        sql!(
            "SELECT id, state, time_origin, local_start, zone, moved_at,
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

const fn command(action: NotificationAction) -> AppointmentCommand {
    match action {
        NotificationAction::Confirm => AppointmentCommand::Confirm,
        NotificationAction::AskToMove => AppointmentCommand::AskToMove,
    }
}

const fn aim(action: NotificationAction) -> AppointmentState {
    match action {
        NotificationAction::Confirm => AppointmentState::Confirmed,
        NotificationAction::AskToMove => AppointmentState::ChangeRequested,
    }
}

impl Standing for AppointmentStanding {
    fn is_as_told(&self, told: Told<'_>) -> bool {
        self.agreed.local == told.facts.local_start
            && self.agreed.zone == told.facts.zone
            && self.moved_at.is_none_or(|moved_at| moved_at <= told.at)
    }

    fn is_so(&self, action: NotificationAction) -> bool {
        self.state == aim(action)
    }

    fn allows(&self, action: NotificationAction) -> bool {
        let timing = if self.time_origin == TimeOrigin::Offered { Timing::Offered } else { Timing::Ahead };
        let before = Situation { state: self.state, timing, acting_as: ActingAs::Participant };
        rules::decide(before, command(action), None).is_ok()
    }

    fn state(&self) -> &'static str {
        self.state.as_str()
    }

    fn agreed(&self) -> Option<WallTime> {
        Some(self.agreed.clone())
    }
}

/// An appointment that is held for its participant to change it.
pub struct Held {
    row: Row,
    standing: AppointmentStanding,
}

impl Held {
    /// The participant's own appointment.
    pub async fn of_participant(
        tx: &mut Tx,
        participant: ParticipantId,
        id: Uuid,
        now: Instant,
    ) -> Result<Option<Self>> {
        let row = store::load_own_for_change(tx, participant, AppointmentId(id), now).await?;
        let Some(row) = row else { return Ok(None) };
        let standing = standings(tx, &[id]).await?.remove(&id);
        Ok(standing.map(|standing| Self { row, standing }))
    }

    /// How it stands.
    pub const fn standing(&self) -> &AppointmentStanding {
        &self.standing
    }

    /// As the participant, without a session.
    pub async fn carry_out(
        &mut self,
        app: &App,
        tx: &mut Tx,
        action: NotificationAction,
        through: ReminderId,
        now: Instant,
    ) -> Result<()> {
        let row = &mut self.row;
        let actor = Actor::Participant { id: row.participant_id, centre: row.centre_id, session: None };
        let command = match action {
            NotificationAction::Confirm => Command::Confirm,
            NotificationAction::AskToMove => Command::AskToMove(None),
        };
        let (word, from) = (command.audited_as(), row.state);
        carry_out(app, tx, &actor, row, command, now).await?;
        self.standing.state = row.state;
        let audit = Audit::new(word, row.id.0)
            .about(row.participant_id)
            .with("from", from.as_str())
            .with("to", row.state.as_str())
            .with("through", "notification")
            .with("reminder_id", through.to_string());
        Ok(audit.write(tx, Some(&actor), AuditId::new(&*app.ids), now).await?)
    }
}

//! Which kinds of subjects have buttons: the one place that knows. What each of them answers is in [`crate::buttons`].

use super::store::Row;
use crate::{App, appointment, buttons::Standing};
use contract::{NotificationAction, ReminderId, SubjectKind, time::Instant};
use db::Tx;
use kernel::error::Result;
use std::collections::HashMap;
use uuid::Uuid;

/// How the subjects of these reminders stand: one statement for each kind that is among them. Those without buttons are not there.
pub async fn standings(tx: &mut Tx, rows: &[Row]) -> Result<HashMap<Uuid, Box<dyn Standing>>> {
    let of_kind = |kind| rows.iter().filter(move |row| row.subject_kind == kind).map(|row| row.subject_id);
    let appointments: Vec<Uuid> = of_kind(SubjectKind::Appointment).collect();
    let mut standings: HashMap<Uuid, Box<dyn Standing>> = HashMap::new();
    for (id, standing) in appointment::standings(tx, &appointments).await? {
        standings.insert(id, Box::new(standing));
    }
    Ok(standings)
}

/// Something with buttons that is held for a change.
pub enum Held {
    /// An appointment.
    Appointment(appointment::Held),
}

impl Held {
    /// The subject of this reminder, if it is still its reader's and has buttons.
    pub async fn hold(tx: &mut Tx, reminder: &Row, now: Instant) -> Result<Option<Self>> {
        let (participant, id) = (reminder.participant_id, reminder.subject_id);
        Ok(match reminder.subject_kind {
            SubjectKind::Appointment => {
                appointment::Held::of_participant(tx, participant, id, now).await?.map(Self::Appointment)
            }
            SubjectKind::EmergencyAccess => None,
        })
    }

    /// How it stands.
    pub const fn standing(&self) -> &dyn Standing {
        match self {
            Self::Appointment(held) => held.standing(),
        }
    }

    /// Does what the button says, as its reader, and notes it in the audit log.
    pub async fn carry_out(
        &mut self,
        app: &App,
        tx: &mut Tx,
        action: NotificationAction,
        through: ReminderId,
        now: Instant,
    ) -> Result<()> {
        match self {
            Self::Appointment(held) => held.carry_out(app, tx, action, through, now).await,
        }
    }
}

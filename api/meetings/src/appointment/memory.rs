//! What happened to an appointment last, as its row keeps it. Reminders tell of it as well, but only where the policy has somebody told, and
//! not when it would have started before.

use contract::{AppointmentId, time::Instant};
use db::{Result, Tx, sql};
use notifications::subjects::appointment::{AppointmentEvent, LastEvent};

/// What just happened to an appointment, as far as somebody is told of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Happened {
    /// What. Without anything (new zone data, another policy) what happened last still counts.
    pub event: Option<AppointmentEvent>,
    /// When it would have started before.
    pub former_start: Option<Instant>,
    /// Whether it has another host now.
    pub is_handed_over: bool,
}

/// What a row keeps.
#[derive(Debug, Default, sqlx::FromRow)]
pub struct Memory {
    /// What happened. As text: a later version may have written a word that is not known here.
    last_event: Option<String>,
    last_event_at: Option<Instant>,
    former_start: Option<Instant>,
    /// When its host took it over.
    pub handed_over_at: Option<Instant>,
}

impl Memory {
    /// What happened last: this, or what reminders tell of. A node of a former version, which keeps nothing on the row, may have
    /// written them since.
    pub fn last_event(&self, told: Option<LastEvent>) -> Option<LastEvent> {
        let kept = self.kept();
        match (kept, told) {
            (Some(kept), Some(told)) if told.at > kept.at => Some(told),
            (Some(kept), _) => Some(kept),
            (None, told) => told,
        }
    }

    fn kept(&self) -> Option<LastEvent> {
        let event = self.last_event.as_deref()?.parse::<AppointmentEvent>().ok()?;
        Some(LastEvent { event, at: self.last_event_at?, former_start: self.former_start })
    }
}

/// Keeps what has just happened.
pub async fn keep(tx: &mut Tx, id: AppointmentId, happened: Happened, now: Instant) -> Result<()> {
    if let Some(event) = happened.event {
        tx.query(sql!(
            "UPDATE appointment SET last_event = $2, last_event_at = $3, former_start = $4 WHERE id = $1"
        ))
        .bind(id)
        .bind(event.as_str())
        .bind(now)
        .bind(happened.former_start)
        .execute()
        .await?;
    }
    if happened.is_handed_over {
        let statement = sql!("UPDATE appointment SET handed_over_at = $2 WHERE id = $1");
        tx.query(statement).bind(id).bind(now).execute().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_seconds(seconds).unwrap()
    }

    fn told(seconds: i64) -> Option<LastEvent> {
        Some(LastEvent { event: AppointmentEvent::Scheduled, at: at(seconds), former_start: None })
    }

    #[test]
    fn the_later_of_what_is_kept_and_what_was_told_counts() {
        let memory = |event: &str| Memory {
            last_event: Some(event.to_owned()),
            last_event_at: Some(at(10)),
            former_start: Some(at(99)),
            handed_over_at: None,
        };
        let kept = LastEvent { event: AppointmentEvent::Moved, at: at(10), former_start: Some(at(99)) };
        for (told, expected) in
            [(None, Some(kept)), (told(9), Some(kept)), (told(10), Some(kept)), (told(11), told(11))]
        {
            assert_eq!(memory("moved").last_event(told), expected);
        }
        assert_eq!(memory("a later version's").last_event(told(9)), told(9));
        assert_eq!(Memory::default().last_event(told(9)), told(9));
    }
}

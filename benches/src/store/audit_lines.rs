//! The audit log of the last months: who read and did what, about whom.

use care::App;
use chrono::TimeDelta;
use contract::PersonKind;
use db::sql;

use super::shape::{id_at, scattered};
use super::{Kind, Shape, begin, pieces};
use crate::Failure;

/// How far it goes back.
const SPAN: TimeDelta = TimeDelta::days(180);

/// What was done, and of what kind it was done to.
const ACTIONS: [(&str, &str); 4] = [
    ("participant.read", "participant"),
    ("appointment.read", "appointment"),
    ("appointment.list", "appointment"),
    ("appointment.schedule", "appointment"),
];

/// Writes it, in the order of time.
pub async fn settle(app: &App, shape: &Shape) -> Result<(), Failure> {
    let step = SPAN.num_microseconds().unwrap_or_default() / i64::try_from(shape.audit_lines.max(1))?;
    let first = shape.now.saturating_sub(SPAN);
    for piece in pieces(shape.audit_lines) {
        let mut tx = begin(app).await?;
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO audit (id, at, centre_id, actor_kind, actor_id, session_id, action, subject_kind, subject_id,
                                    participant_id, details)
                 VALUES {rows}"
            ),
            piece.len(),
            11,
        );
        for number in piece {
            let at = first.saturating_add(TimeDelta::microseconds(step * i64::try_from(number)?));
            let mentor = usize::try_from(scattered(number as u64, shape.mentors as u64))?;
            let round = usize::try_from(scattered(number as u64 ^ 1, shape.rounds as u64))?;
            let meeting = shape.meeting(round * shape.mentors + mentor);
            let (action, kind) = ACTIONS.get(number % ACTIONS.len()).copied().unwrap_or_default();
            let participant = shape.id(Kind::Participant, meeting.participant);
            let subject = match (action, kind) {
                ("appointment.list", _) => None,
                (_, "participant") => Some(participant),
                _ => Some(shape.meeting_id(&meeting)),
            };
            query = query
                .bind(id_at(at, Kind::AuditLine, number))
                .bind(at)
                .bind(shape.id(Kind::Centre, shape.centre_of(mentor)))
                .bind(PersonKind::Staff)
                .bind(shape.id(Kind::Mentor, mentor))
                .bind(shape.id(Kind::MentorSession, mentor))
                .bind(action)
                .bind(kind)
                .bind(subject)
                .bind(subject.map(|_| participant))
                .bind("{}");
        }
        query.execute().await?;
        tx.commit().await?;
    }
    Ok(())
}

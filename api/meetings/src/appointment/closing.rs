//! Appointments at times when their centre is closed from now on. Nothing moves, since people agreed on them; but whoever closes
//! the centre is told which they are, and their hosts get a notice: a door that is locked is found out on the doorstep otherwise.

use crate::{
    App,
    opening_hours::{calendar::Calendar, rules::is_open},
};
use contract::{
    AppointmentId, AppointmentKind, AppointmentState, CentreId, ParticipantId, PlaceKind, ReminderPurpose,
    StaffId, TimeOrigin,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Tx, sql};
use kernel::error::{Error, Result};
use notifications::{
    outbox,
    plan::{diff, plan},
    policy::ReminderPolicy,
    subjects::appointment::AppointmentFacts,
};

/// An appointment that lies ahead, as far as its time and its reminders go.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Ahead {
    /// Its id.
    pub id: AppointmentId,
    /// Who comes.
    pub participant_id: ParticipantId,
    /// Whom they come to.
    pub host_id: StaffId,
    /// What it is for.
    pub kind: AppointmentKind,
    /// Where it stands.
    pub state: AppointmentState,
    /// Start on the wall.
    pub local_start: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// Start, derived.
    pub starts_at: Instant,
    /// End, derived.
    pub ends_at: Instant,
    /// How that time came about.
    pub time_origin: TimeOrigin,
    /// How the two meet.
    pub place_kind: PlaceKind,
    /// Whether the participant is still accompanied, and their file does not rest.
    pub is_accompanied: bool,
    /// Where the participant lives.
    pub participant_zone: ZoneName,
}

/// A centre whose hours have changed.
pub struct Closing<'a> {
    /// Which.
    pub centre: CentreId,
    /// Where it is.
    pub zone: &'a ZoneName,
    /// Its reminder policy, as JSON.
    pub policy: Option<&'a str>,
    /// Its hours until now, as JSON.
    pub before: &'a str,
    /// Its hours from now on, as JSON.
    pub after: &'a str,
}

/// Finds the appointments for which the centre was open and no longer is, in the order of their starts, and plans the notices.
pub async fn tell_hosts(app: &App, tx: &mut Tx, closing: &Closing<'_>, now: Instant) -> Result<Vec<Ahead>> {
    let read = |calendar| serde_json::from_str::<Calendar>(calendar).map_err(Error::internal);
    let (before, after) = (read(closing.before)?, read(closing.after)?);
    if before == after {
        return Ok(Vec::new());
    }
    let on_the_wall = |at| app.zones.to_local(at, closing.zone).map_err(Error::internal);
    let mut closed = Vec::new();
    for ahead in load(tx, closing.centre, now).await? {
        let (start, end) = (on_the_wall(ahead.starts_at)?, on_the_wall(ahead.ends_at)?);
        if is_open(&before, start, end).is_ok() && is_open(&after, start, end).is_err() {
            closed.push(ahead);
        }
    }
    tell(app, tx, closing, &closed, now).await?;
    Ok(closed)
}

/// The agreed appointments that lie ahead. They are not held: whoever changes one at this moment plans its reminders themself.
async fn load(tx: &mut Tx, centre: CentreId, now: Instant) -> db::Result<Vec<Ahead>> {
    tx.query(sql!(
        "SELECT a.id, a.participant_id, a.host_id, a.kind, a.state, a.local_start, a.zone, a.starts_at, a.ends_at, a.time_origin,
                a.place_kind, p.active AND p.status <> 'paused' AS is_accompanied, p.zone AS participant_zone
         FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
         WHERE a.centre_id = $1 AND a.starts_at > $2 AND a.holds_time
           AND a.state IN ('scheduled', 'confirmed', 'change_requested')
         ORDER BY a.starts_at, a.id"
    ))
    .bind(centre)
    .bind(now)
    .all()
    .await
}

/// Plans what the hosts hear of a centre that is closed at the time of these appointments from now on. The plans of the appointments
/// stay as they are, so nobody need be waited for who changes one of them at this moment.
async fn tell(app: &App, tx: &mut Tx, closing: &Closing<'_>, closed: &[Ahead], now: Instant) -> Result<()> {
    let policy = ReminderPolicy::of_centre(closing.policy).map_err(Error::internal)?;
    let mut notices = Vec::new();
    for ahead in closed {
        let facts = AppointmentFacts {
            id: ahead.id,
            centre_id: closing.centre,
            participant_id: ahead.participant_id,
            host_id: ahead.host_id,
            kind: ahead.kind,
            state: ahead.state,
            counts_as_absence: false,
            local_start: ahead.local_start,
            zone: ahead.zone.clone(),
            starts_at: ahead.starts_at,
            time_origin: ahead.time_origin,
            last_offered_start: None,
            place_kind: ahead.place_kind,
            last_event: None,
            handed_over_at: None,
            closed_at: Some(now),
            is_accompanied: ahead.is_accompanied,
            participant_zone: ahead.participant_zone.clone(),
            host_zone: closing.zone.clone(),
        };
        let plan = plan(&facts, &policy, &app.zones, now);
        notices.extend(
            plan.into_iter().filter(|one| one.key.purpose == ReminderPurpose::AppointmentCentreClosed),
        );
    }
    outbox::apply(tx, &diff(&[], &notices), now, &*app.ids).await?;
    Ok(())
}

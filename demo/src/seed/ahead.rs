//! What lies ahead: an appointment, a check-in that is open, a goal, a colleague who is asked to take over, a week in which somebody is away.

use super::{act::Seeding, text};
use crate::people::Guest;
use care::{
    App,
    absence::{deeds, request::NewAbsence},
    accompanied,
    appointment::{NewAppointment, NewPlace, NewProposal, NewSlot, propose, schedule},
    check_in::{
        planning::{self, Planning},
        window::LocalWindow,
    },
    goal::{self, NewGoal, NewGoalStep},
    hand_over::{CompanionHandOver, ask_companion},
    opening_hours::calendar::CalendarDate,
};
use chrono::{Datelike, NaiveTime, TimeDelta, Weekday};
use contract::{
    AssignmentId, CentreId, ParticipantId, PlaceKind, SessionId, StaffId, StaffRole,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Tx, sql};
use kernel::{
    Error, Result,
    access::Actor,
    protect::privacy::{Address, Note},
};

/// A check-in that is open from the start, and one in each of the weeks that follow.
pub async fn ask(
    app: &App,
    tx: &mut Tx,
    now: Instant,
    actor: &Actor,
    participant: ParticipantId,
) -> Result<()> {
    let Actor::Staff { id: mentor, .. } = *actor else { return Ok(()) };
    let today = app.zones.to_local(now, &ZoneName::CASABLANCA).map_err(Error::internal)?;
    let at = |days: u32, hour: u32| {
        let day = today.days_after(days).date();
        NaiveTime::from_hms_opt(hour, 0, 0).and_then(|time| LocalDateTime::new(day, time))
    };
    let mut windows = Vec::new();
    for week in 0..4 {
        let (opens, due, closes) = (at(7 * week, 0), at(7 * week + 2, 20), at(7 * week + 4, 20));
        if let (Some(opens), Some(due), Some(closes)) = (opens, due, closes) {
            windows.push((None, LocalWindow { opens, due, closes }));
        }
    }
    let planning = Planning { participant, questionnaire: None, number: None, zone: None, windows };
    planning::plan(app, tx, actor.staff_caseload()?, mentor, planning, now).await.map(drop)
}

/// What everybody wants to reach, with the first steps.
const GOAL: (&str, [&str; 3]) = (
    "Conduire de nouveau un taxi avant l'été",
    ["Demander à la préfecture ce qu'il faut", "Refaire la photo d'identité", "Déposer le dossier"],
);

/// What they hope for, with its first steps.
pub async fn hope(
    app: &App,
    tx: &mut Tx,
    now: Instant,
    actor: &Actor,
    participant: ParticipantId,
) -> Result<()> {
    let (by, when) = (goal::By::of(actor)?, goal::When { noted_at: None, now });
    let met = accompanied::met(tx, actor.staff_caseload()?, participant).await?;
    let met = met.ok_or_else(Error::not_found)?;
    let (what, steps) = GOAL;
    let new = NewGoal { id: None, participant_id: participant, what: text::<Note>(what)? };
    let (row, _) = goal::set(app, tx, by, met, new, when).await?;
    for step in steps {
        let new = NewGoalStep { id: None, what: text::<Note>(step)? };
        goal::add_step(app, tx, by, &row, new, when).await?;
    }
    Ok(())
}

/// Which participant's mentor asks a colleague to accompany them.
pub const HANDED_OVER: u32 = 4;
/// Which colleague, in the list of the staff.
pub const COLLEAGUE: usize = 1;

/// The mentor asks a colleague to take over, who may answer in the demonstration.
pub async fn hand_over(
    app: &App,
    tx: &mut Tx,
    now: Instant,
    actor: &Actor,
    participant: ParticipantId,
    colleague: StaffId,
) -> Result<()> {
    let assignment: AssignmentId = tx
        .query(sql!("SELECT id FROM assignment WHERE participant_id = $1 AND ended_at IS NULL"))
        .bind(participant)
        .scalar()
        .await?;
    let new = CompanionHandOver {
        id: None,
        staff_id: colleague,
        takes_lead: true,
        ends_former: true,
        note: Some(text::<Note>("Il cherche du travail au port, où tu connais du monde.")?),
    };
    ask_companion(app, tx, actor, (assignment, new), now).await.map(drop)
}

/// Which participant is to choose among several times.
const CHOOSES: u32 = 2;

/// An appointment on one of the coming working days; the later in the list, the later. One participant is to choose the time.
pub async fn invite(
    seeding: &mut Seeding<'_>,
    actor: &Actor,
    guest: &Guest,
    participant: ParticipantId,
    place: u32,
) -> Result<()> {
    let Actor::Staff { id: mentor, role: StaffRole::Mentor, .. } = *actor else { return Ok(()) };
    let (app, now) = (seeding.app, seeding.now);
    for time in times(app, now, place, 3)? {
        seeding.taken.insert((mentor, time.to_string()));
    }
    let tx = &mut *seeding.tx;
    let at = NewPlace {
        kind: PlaceKind::Address,
        details: Some(text::<Address>("Centre d'accompagnement, 2e étage, bureau 4")?),
    };
    let guidance = text::<Note>("Prévoir la carte nationale et, si possible, le contrat de travail")?;
    let made = if place == CHOOSES {
        let new = NewProposal {
            id: None,
            participant_id: participant,
            host_id: mentor,
            kind: guest.kind,
            slots: times(app, now, place, 3)?
                .into_iter()
                .map(|local_start| NewSlot { local_start })
                .collect(),
            duration_minutes: 45,
            zone: None,
            place: at,
            guidance: Some(guidance),
            override_reason: None,
        };
        propose(app, tx, actor.staff_caseload()?, actor, new, now).await.map(drop)
    } else {
        let Some(local_start) = times(app, now, place, 1)?.pop() else { return Ok(()) };
        let new = NewAppointment {
            id: None,
            participant_id: participant,
            host_id: mentor,
            kind: guest.kind,
            local_start,
            duration_minutes: 45,
            zone: None,
            place: at,
            guidance: Some(guidance),
            override_reason: None,
        };
        schedule(app, tx, actor.staff_caseload()?, actor, new, now).await.map(drop)
    };
    // A day off of the centre is no reason to fail: that participant simply has none yet.
    match made {
        Err(error) if error.code() != Some(contract::ProblemCode::CentreClosed) => Err(error),
        _ => Ok(()),
    }
}

/// So many mornings, each on a working day of its own.
fn times(app: &App, now: Instant, place: u32, count: usize) -> Result<Vec<LocalDateTime>> {
    let today = app.zones.to_local(now, &ZoneName::CASABLANCA).map_err(Error::internal)?;
    let mut day = today.date() + TimeDelta::days(i64::from(2 + place));
    let hour = NaiveTime::from_hms_opt(9 + place % 3, 0, 0).unwrap_or_default();
    let mut times = Vec::with_capacity(count);
    while times.len() < count {
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            times.extend(LocalDateTime::new(day, hour));
        }
        day += TimeDelta::days(1);
    }
    Ok(times)
}

/// One of the mentors is away for a week from the day after tomorrow on, and a colleague stands in.
pub async fn absent(
    seeding: &mut Seeding<'_>,
    (manager, role, centre): (StaffId, StaffRole, CentreId),
    (away, stand_in): (StaffId, StaffId),
) -> Result<()> {
    let session = Some(SessionId::new(&*seeding.app.ids));
    let actor = Actor::Staff { id: manager, role, centre, session, is_posted: false };
    let day =
        |ahead: i64| seeding.days.ago(-ahead).to_string().parse::<CalendarDate>().map_err(Error::internal);
    let new = NewAbsence { id: None, from: day(2)?, until: day(8)?, stand_in_id: Some(stand_in) };
    let now = seeding.now;
    match deeds::record(seeding.app, &mut *seeding.tx, &actor, (away, new), now).await {
        Ok((_, audit)) => seeding.log(&actor, audit, now).await,
        Err(error) => seeding.leave_out("recordAbsence", error),
    }
}

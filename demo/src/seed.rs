//! Writing the demonstration's people into an empty database, through the same functions as the service's own operations.

use crate::{
    authenticator,
    people::{CENTRES, Guest, PARTICIPANTS, PASSWORD, STAFF},
    seed_plans,
};
use care::assignment::things::ASSIGNMENT;
use care::{
    App, accompanied,
    appointment::{NewAppointment, NewPlace, NewProposal, NewSlot, propose, schedule},
    centre,
    check_in::{
        planning::{self, Planning},
        window::LocalWindow,
    },
    digest,
    goal::{self, NewGoal, NewGoalStep},
    hand_over::{CompanionHandOver, ask_companion},
    participant::{self, NewParticipant},
    plan_template::PlanTemplateId,
};
use chrono::{Datelike, NaiveTime, TimeDelta, Weekday};
use contract::{
    AssignmentId, CentreId, ParticipantId, PlaceKind, SessionId, StaffId, StaffRole,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Tx, sql};
use identity::sign_in::accounts::{self, Credentials, NewAccount};
use kernel::{
    Error, Result,
    access::Actor,
    protect::privacy::{Address, Email, Name, Note, Phone, PrivateText},
};
use notifications::policy::ReminderPolicy;
use std::collections::BTreeMap;

/// Whom to show.
#[derive(Debug, Clone, Copy)]
pub struct Demonstration {
    /// The participant whose phone is tried.
    pub participant: ParticipantId,
    /// The mentor who accompanies them.
    pub mentor: StaffId,
}

/// Fills an empty database, or finds what an earlier run wrote.
pub async fn seed(app: &App) -> Result<Demonstration> {
    if let Some(found) = find(app).await? {
        let mut tx = app.db.write().await?;
        authenticator::give_to_all(app, &mut tx).await?;
        tx.commit().await?;
        return Ok(found);
    }
    let mut prepared = Vec::new();
    for _ in &STAFF {
        prepared.push(Credentials::with_password(app, PASSWORD).await?);
    }
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let centres = centres(app, &mut tx, now).await?;
    let mut staff = Vec::new();
    for (colleague, credentials) in STAFF.iter().zip(prepared) {
        let id = StaffId::new(&*app.ids);
        let centre = *centres.get(colleague.centre).ok_or_else(Error::not_found)?;
        let (name, email) = (text::<Name>(colleague.name)?, text::<Email>(colleague.email)?);
        let account = NewAccount {
            id,
            centre,
            role: colleague.role,
            language: colleague.language,
            name: &name,
            email: &email,
        };
        accounts::new_account(app, &mut tx, now, &account, credentials).await?;
        keep_password(&mut tx, id).await?;
        staff.push((id, colleague.role, centre));
    }
    let templates = templates(app, &mut tx, now, &staff).await?;
    for (place, guest) in (0..).zip(&PARTICIPANTS) {
        let (mentor, role, centre) = *staff.get(guest.mentor).ok_or_else(Error::not_found)?;
        let participant = settle(app, &mut tx, now, guest, centre, mentor).await?;
        let actor = Actor::Staff {
            id: mentor,
            role,
            centre,
            session: Some(SessionId::new(&*app.ids)),
            is_posted: false,
        };
        invite(app, &mut tx, now, &actor, guest, participant, place).await?;
        match templates.get(&centre).filter(|_| place > 0) {
            // The first one's phone is tried, at any hour of the day.
            Some(template) => {
                seed_plans::start(app, &mut tx, now, &actor, participant, *template).await?;
            }
            None => ask(app, &mut tx, now, &actor, participant).await?,
        }
        hope(app, &mut tx, now, &actor, participant).await?;
        if place == HANDED_OVER {
            let (colleague, ..) = *staff.get(COLLEAGUE).ok_or_else(Error::not_found)?;
            hand_over(app, &mut tx, now, &actor, participant, colleague).await?;
        }
    }
    // Managers find the week in figures as it stands, and need not wait for Monday.
    for centre in centres {
        digest::make_now(app, &mut tx, centre, now).await?;
    }
    tx.commit().await?;
    find(app).await?.ok_or_else(|| Error::internal("the demonstration's people were not written"))
}

/// A plan template of each centre that has a manager.
async fn templates(
    app: &App,
    tx: &mut Tx,
    now: Instant,
    staff: &[(StaffId, StaffRole, CentreId)],
) -> Result<BTreeMap<CentreId, PlanTemplateId>> {
    let mut templates = BTreeMap::new();
    for (manager, _, centre) in staff.iter().filter(|(_, role, _)| *role == StaffRole::Manager) {
        templates.insert(*centre, seed_plans::template(app, tx, now, *centre, *manager).await?);
    }
    Ok(templates)
}

/// Lets the owner keep the password they were given, which otherwise works once.
async fn keep_password(tx: &mut Tx, id: StaffId) -> Result<()> {
    tx.query(sql!("UPDATE staff SET password_change_due = $1, password_expires_at = NULL WHERE id = $2"))
        .bind(false)
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

async fn find(app: &App) -> Result<Option<Demonstration>> {
    let mut tx = app.db.read().await?;
    let found: Option<(ParticipantId, StaffId)> = tx
        .query(sql!(
            "SELECT participant_id, staff_id FROM assignment WHERE ended_at IS NULL ORDER BY id LIMIT 1"
        ))
        .optional()
        .await?;
    Ok(found.map(|(participant, mentor)| Demonstration { participant, mentor }))
}

async fn centres(app: &App, tx: &mut Tx, now: Instant) -> Result<Vec<CentreId>> {
    // Whoever tries the demonstration in the evening wants to see the phone ring all the same.
    let policy = ReminderPolicy { quiet_hours: None, ..ReminderPolicy::default() };
    let mut ids = Vec::new();
    for name in CENTRES {
        ids.push(centre::register(app, tx, now, name, ZoneName::CASABLANCA, Some(&policy)).await?);
    }
    Ok(ids)
}

async fn settle(
    app: &App,
    tx: &mut Tx,
    now: Instant,
    guest: &Guest,
    centre: CentreId,
    mentor: StaffId,
) -> Result<ParticipantId> {
    let new = NewParticipant {
        phone: Some(text::<Phone>(guest.phone)?),
        ..NewParticipant::called(text::<Name>(guest.name)?, guest.language)
    };
    let id = participant::register(app, tx, centre, new, now).await?.id;
    let assignment = AssignmentId::new(&*app.ids);
    tx.query(sql!(
        "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, version)
         VALUES ($1, $2, $3, $4, $5, 1)"
    ))
    .bind(assignment)
    .bind(id)
    .bind(mentor)
    .bind(now)
    .bind(mentor)
    .execute()
    .await?;
    tx.changed(ASSIGNMENT.changed(centre.0, Some(id.0), assignment.0));
    Ok(id)
}

/// A check-in that is open from the start, and one in each of the weeks that follow.
async fn ask(app: &App, tx: &mut Tx, now: Instant, actor: &Actor, participant: ParticipantId) -> Result<()> {
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

async fn hope(app: &App, tx: &mut Tx, now: Instant, actor: &Actor, participant: ParticipantId) -> Result<()> {
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
const HANDED_OVER: u32 = 4;
/// Which colleague, in the list of the staff.
const COLLEAGUE: usize = 1;

/// The mentor asks a colleague to take over, who may answer in the demonstration.
async fn hand_over(
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
async fn invite(
    app: &App,
    tx: &mut Tx,
    now: Instant,
    actor: &Actor,
    guest: &Guest,
    participant: ParticipantId,
    place: u32,
) -> Result<()> {
    let Actor::Staff { id: mentor, role: StaffRole::Mentor, .. } = *actor else { return Ok(()) };
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

fn text<T: PrivateText>(text: &str) -> Result<T> {
    T::parse(text).map_err(Error::internal)
}

//! Writing the demonstration's people into an empty database, through the same functions as the service's own operations: three centres, their
//! staff, and two hundred participants with a year behind them. What lies in the past is done with the past handed in as the present, so
//! that nothing of it is told anybody now. Everybody is invented, and the same every time.

mod act;
mod ahead;
mod check_ins;
mod days;
mod dice;
mod history;
mod invented;
mod meetings;
mod plans;
mod reach;
mod support;
mod work;

use crate::{
    authenticator,
    people::{CENTRES, Guest, PARTICIPANTS, PASSWORD, STAFF},
};
use act::{Seeding, Who};
use care::assignment::things::ASSIGNMENT;
use care::{
    App, centre, digest,
    employer::EmployerId,
    participant::{self, NewParticipant},
    plan_template::PlanTemplateId,
    referral::PartnerId,
};
use chrono::TimeDelta;
use contract::{
    AssignmentId, CentreId, ParticipantId, SessionId, StaffId, StaffRole,
    time::{Instant, ZoneName},
};
use db::{Tx, sql};
use history::Told;
use identity::sign_in::accounts::{self, Credentials, NewAccount};
use invented::{Fate, Person};
use kernel::{
    Error, Result,
    access::Actor,
    protect::privacy::{Email, Name, PrivateText},
};
use notifications::policy::ReminderPolicy;
use serde_json::json;
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
///
/// # Errors
/// If the database cannot be written.
pub async fn seed(app: &App) -> Result<Demonstration> {
    if let Some(found) = find(app).await? {
        let mut tx = app.db.write().await?;
        authenticator::give_to_all(app, &mut tx).await?;
        tx.commit().await?;
        return Ok(found);
    }
    seed_anew(app).await?;
    find(app).await?.ok_or_else(|| Error::internal("the demonstration's people were not written"))
}

/// Fills an empty database, and tells what of the past the service refused: nothing, as long as the demonstration keeps its rules.
///
/// # Errors
/// If the database cannot be written.
pub async fn seed_anew(app: &App) -> Result<Vec<String>> {
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
    let refused = {
        let mut seeding = Seeding::new(app, &mut tx, now)?;
        let mut known = BTreeMap::new();
        for centre in &centres {
            let employers = work::employers(&mut seeding, *centre).await?;
            known.insert(*centre, (employers, reach::partners(&mut seeding, *centre).await?));
        }
        let ground: Ground<'_> = (staff.as_slice(), &templates, &known);
        for (place, guest) in (0..).zip(&PARTICIPANTS) {
            named(&mut seeding, ground, guest, place).await?;
        }
        for number in 0..invented::MANY {
            let person = invented::person(number, &mut seeding.dice);
            made_up(&mut seeding, ground, &person, number).await?;
        }
        let ((away, ..), (stand_in, ..)) =
            (colleague(&staff, AWAY)?, colleague(&staff, COLLEAGUE_STANDING_IN)?);
        ahead::absent(&mut seeding, colleague(&staff, MANAGER)?, (away, stand_in)).await?;
        seeding.refused
    };
    // Managers find the week in figures as it stands, and need not wait for Monday.
    for centre in centres {
        digest::make_now(app, &mut tx, centre, now).await?;
    }
    tx.commit().await?;
    Ok(refused)
}

/// The staff in the order in which they are named.
type Colleagues = [(StaffId, StaffRole, CentreId)];
/// The employers and partners of each centre.
type Known = BTreeMap<CentreId, (Vec<EmployerId>, Vec<PartnerId>)>;
/// What there is when people come.
type Ground<'g> = (&'g Colleagues, &'g BTreeMap<CentreId, PlanTemplateId>, &'g Known);

/// Somebody who is named in the list: with a past, and with what lies ahead.
async fn named(seeding: &mut Seeding<'_>, ground: Ground<'_>, guest: &Guest, place: u32) -> Result<()> {
    let (app, now, (staff, templates, _)) = (seeding.app, seeding.now, ground);
    let (_, _, centre) = *staff.get(guest.mentor).ok_or_else(Error::not_found)?;
    let since = 120 + 15 * i64::from(place);
    let new = json!({"name": guest.name, "language": guest.language, "phone": guest.phone});
    let who = settle(seeding, staff, (new, guest.mentor), (since, 0)).await?;
    let (actor, participant) = (who.companion, who.id);
    let told = Told {
        number: 900 + place,
        given: guest.name.split(' ').next().unwrap_or(guest.name),
        language: guest.language,
        fate: Fate::Active,
        known: known_at(ground, centre),
        template: None,
    };
    history::live(seeding, &who, &told).await?;
    ahead::invite(seeding, &actor, guest, participant, place).await?;
    match templates.get(&centre).filter(|_| place > 0) {
        // The first one's phone is tried, at any hour of the day.
        Some(template) => {
            plans::start(app, &mut *seeding.tx, now, &actor, participant, *template).await?;
        }
        None => ahead::ask(app, &mut *seeding.tx, now, &actor, participant).await?,
    }
    ahead::hope(app, &mut *seeding.tx, now, &actor, participant).await?;
    if place == ahead::HANDED_OVER {
        let (colleague, ..) = *staff.get(ahead::COLLEAGUE).ok_or_else(Error::not_found)?;
        ahead::hand_over(app, &mut *seeding.tx, now, &actor, participant, colleague).await?;
    }
    Ok(())
}

/// Somebody who was made up, with their past.
async fn made_up(seeding: &mut Seeding<'_>, ground: Ground<'_>, person: &Person, number: u32) -> Result<()> {
    let (staff, templates, _) = ground;
    let (_, _, centre) = *staff.get(person.companion).ok_or_else(Error::not_found)?;
    let until = match person.fate {
        Fate::Preparing | Fate::Active | Fate::Paused => 0,
        _ => seeding.dice.between(20, 90),
    };
    let new = json!({
        "name_arabic": person.arabic, "name_latin": person.latin, "language": person.language,
        "phone": person.phone, "file_number": person.file_number, "birth_year": person.birth_year,
        "sex": if person.is_woman { "woman" } else { "man" }, "province": person.province,
        "host_wish": if person.is_woman { "woman" } else { "none" },
        "reads": ["arabic"], "speaks": ["darija"], "preparing": person.fate == Fate::Preparing,
    });
    let who = settle(seeding, staff, (new, person.companion), (person.since, until)).await?;
    let told = Told {
        number,
        given: person.given,
        language: person.language,
        fate: person.fate,
        known: known_at(ground, centre),
        template: templates.get(&centre).copied(),
    };
    history::live(seeding, &who, &told).await?;
    history::close(seeding, &who, &told, &person.latin).await
}

/// Where in the list of the staff the manager of the first centre stands.
const MANAGER: usize = 0;
/// Where the mentor stands who is about to be away.
const AWAY: usize = 2;
/// Where the one stands who stands in.
const COLLEAGUE_STANDING_IN: usize = 1;

fn colleague(staff: &Colleagues, place: usize) -> Result<(StaffId, StaffRole, CentreId)> {
    staff.get(place).copied().ok_or_else(Error::not_found)
}

/// An employer and a partner of a centre, the first ones.
fn known_at((_, _, known): Ground<'_>, centre: CentreId) -> (Option<EmployerId>, Option<PartnerId>) {
    let here = known.get(&centre);
    (
        here.and_then(|(employers, _)| employers.first().copied()),
        here.and_then(|(_, partners)| partners.first().copied()),
    )
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
        let then = now.saturating_sub(TimeDelta::days(365));
        templates.insert(*centre, plans::template(app, tx, then, *centre, *manager).await?);
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

/// Registers somebody as they came, so many days ago, and says who accompanies them since.
async fn settle(
    seeding: &mut Seeding<'_>,
    staff: &Colleagues,
    (new, companion): (serde_json::Value, usize),
    (since, until): (i64, i64),
) -> Result<Who> {
    let app = seeding.app;
    let (mentor, role, centre) = *staff.get(companion).ok_or_else(Error::not_found)?;
    let manager = staff.iter().find(|(_, role, at)| *role == StaffRole::Manager && *at == centre);
    let (manager, _, _) = *manager.ok_or_else(Error::not_found)?;
    let came = seeding.days.hour(since, 9)?;
    let new: NewParticipant = serde_json::from_value(new).map_err(Error::internal)?;
    let id = participant::register(app, &mut *seeding.tx, centre, new, came).await?.id;
    let assignment = AssignmentId::new(&*app.ids);
    seeding
        .tx
        .query(sql!(
            "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, version)
             VALUES ($1, $2, $3, $4, $5, 1)"
        ))
        .bind(assignment)
        .bind(id)
        .bind(mentor)
        .bind(came)
        .bind(mentor)
        .execute()
        .await?;
    seeding.tx.changed(ASSIGNMENT.changed(centre.0, Some(id.0), assignment.0));
    let as_staff = |id: StaffId, role: StaffRole| Actor::Staff {
        id,
        role,
        centre,
        session: Some(SessionId::new(&*app.ids)),
        is_posted: false,
    };
    Ok(Who {
        id,
        own: Actor::Participant { id, centre, session: None },
        companion: as_staff(mentor, role),
        manager: as_staff(manager, StaffRole::Manager),
        since,
        until,
    })
}

fn text<T: PrivateText>(text: &str) -> Result<T> {
    T::parse(text).map_err(Error::internal)
}

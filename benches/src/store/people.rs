//! Centres, staff, participants, and everybody's session.

use care::App;
use contract::time::{Instant, ZoneName};
use contract::{Language, PersonKind, StaffRole};
use db::{Tx, sql};
use kernel::protect::privacy::{Email, Name};
use kernel::protect::seal::{DataKey, Field};
use uuid::Uuid;

use super::{Kind, Shape, begin, pieces};
use crate::Failure;

/// Given names and family names: 900 people before one is called like another.
const GIVEN: [&str; 30] = [
    "Amina",
    "Youssef",
    "فاطمة",
    "Karim",
    "خديجة",
    "Rachid",
    "Salma",
    "عبد الرحيم",
    "Nadia",
    "Omar",
    "زينب",
    "Hamid",
    "Latifa",
    "سعيد",
    "Imane",
    "Mohamed",
    "نور الدين",
    "Hind",
    "Brahim",
    "مريم",
    "Khalid",
    "Sanaa",
    "يوسف",
    "Driss",
    "Ghita",
    "ⵎⵓⵃⴰ",
    "Jamila",
    "حسن",
    "Ilham",
    "Tarik",
];
const FAMILY: [&str; 30] = [
    "Bennani",
    "المرابط",
    "Alaoui",
    "Tazi",
    "الزياني",
    "Benjelloun",
    "Sefrioui",
    "الشرقاوي",
    "Lamrani",
    "Haddadi",
    "بوعزة",
    "Bouzidi",
    "Aït Taleb",
    "الوردي",
    "Chraibi",
    "Amrani",
    "Ouhadda",
    "بناني",
    "Bekkali",
    "الريفي",
    "Idrissi",
    "Fassi",
    "العلوي",
    "Berrada",
    "Kettani",
    "السباعي",
    "Naciri",
    "Slaoui",
    "الإدريسي",
    "Zniber",
];

/// The name of the person with this number.
pub fn name(number: usize) -> String {
    let given = GIVEN.get(number % GIVEN.len()).copied().unwrap_or_default();
    let family = FAMILY.get(number / GIVEN.len() % FAMILY.len()).copied().unwrap_or_default();
    format!("{given} {family}")
}

/// Open at every hour.
fn calendar() -> String {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: Vec<_> = days
        .iter()
        .map(|day| serde_json::json!({"weekday": day, "opens": "00:00", "closes": "23:59"}))
        .collect();
    serde_json::json!({ "hours": hours }).to_string()
}

pub async fn settle(app: &App, shape: &Shape) -> Result<(), Failure> {
    let since = shape.now.saturating_sub(chrono::TimeDelta::days(500));
    let mut tx = begin(app).await?;
    for number in 0..shape.centres {
        tx.query(sql!("INSERT INTO centre (id, name, zone, calendar, version, created_at) VALUES ($1, $2, $3, $4, 1, $5)"))
            .bind(shape.id(Kind::Centre, number))
            .bind(format!("Centre {number}"))
            .bind(ZoneName::CASABLANCA)
            .bind(calendar())
            .bind(since)
            .execute()
            .await?;
    }
    tx.commit().await?;
    for (kind, session, role, count) in [
        (Kind::Mentor, Kind::MentorSession, StaffRole::Mentor, shape.mentors),
        (Kind::Manager, Kind::ManagerSession, StaffRole::Manager, shape.managers),
        (Kind::Administrator, Kind::AdministratorSession, StaffRole::Administrator, shape.overseers),
        (Kind::Observer, Kind::ObserverSession, StaffRole::Observer, shape.overseers),
    ] {
        for piece in pieces(count) {
            let mut tx = begin(app).await?;
            let people: Vec<_> = piece.map(|number| (number, shape.id(kind, number))).collect();
            staff(app, &mut tx, shape, role, &people, since).await?;
            let sessions = people.iter().map(|(number, id)| (shape.id(session, *number), *id)).collect();
            self::sessions(&mut tx, PersonKind::Staff, sessions, since).await?;
            tx.commit().await?;
        }
    }
    for piece in pieces(shape.participants()) {
        let mut tx = begin(app).await?;
        let people: Vec<_> = piece.map(|number| (number, shape.id(Kind::Participant, number))).collect();
        participants(app, &mut tx, shape, &people, since).await?;
        assignments(&mut tx, shape, &people, since).await?;
        let sessions =
            people.iter().map(|(number, id)| (shape.id(Kind::ParticipantSession, *number), *id)).collect();
        self::sessions(&mut tx, PersonKind::Participant, sessions, since).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn staff(
    app: &App,
    tx: &mut Tx,
    shape: &Shape,
    role: StaffRole,
    people: &[(usize, Uuid)],
    since: Instant,
) -> Result<(), Failure> {
    let random = &*app.random;
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO staff (id, centre_id, role, language, data_key, name_sealed, email_sealed, email_lookup,
                                password_hash, password_change_due, active, version, created_at)
             VALUES {rows}"
        ),
        people.len(),
        13,
    );
    for (number, id) in people {
        let (key, field) = (DataKey::generate(random)?, |column| Field::new("staff", column, *id));
        let email = Email::parse(&format!("{}{number}@example.org", role.as_str()))?;
        query = query
            .bind(*id)
            .bind(shape.id(Kind::Centre, shape.centre_of(*number)))
            .bind(role)
            .bind(Language::French)
            .bind(key.wrap(app.keys.staff.wrap_key(), *id, random)?)
            .bind(key.seal_text(field("name_sealed"), &Name::parse(&name(*number))?, random)?)
            .bind(key.seal_text(field("email_sealed"), &email, random)?)
            .bind(app.keys.emails.hash(&email))
            .bind("")
            .bind(false)
            .bind(true)
            .bind(1_i64)
            .bind(since);
    }
    query.execute().await?;
    Ok(())
}

async fn participants(
    app: &App,
    tx: &mut Tx,
    shape: &Shape,
    people: &[(usize, Uuid)],
    since: Instant,
) -> Result<(), Failure> {
    let random = &*app.random;
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO participant
                 (id, centre_id, language, zone, data_key, name_sealed, push_wanted, active, version, created_at)
             VALUES {rows}"
        ),
        people.len(),
        10,
    );
    for (number, id) in people {
        let key = DataKey::generate(random)?;
        let field = Field::new("participant", "name_sealed", *id);
        query = query
            .bind(*id)
            .bind(shape.id(Kind::Centre, shape.centre_of(*number)))
            .bind(Language::Arabic)
            .bind(ZoneName::CASABLANCA)
            .bind(key.wrap(app.keys.participants.wrap_key(), *id, random)?)
            .bind(key.seal_text(field, &Name::parse(&name(*number))?, random)?)
            .bind(true)
            .bind(true)
            .bind(1_i64)
            .bind(since);
    }
    query.execute().await?;
    Ok(())
}

async fn assignments(
    tx: &mut Tx,
    shape: &Shape,
    people: &[(usize, Uuid)],
    since: Instant,
) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, version)
             VALUES {rows}"
        ),
        people.len(),
        6,
    );
    for (number, id) in people {
        let mentor = shape.id(Kind::Mentor, number % shape.mentors);
        query = query
            .bind(shape.id(Kind::Assignment, *number))
            .bind(*id)
            .bind(mentor)
            .bind(since)
            .bind(mentor)
            .bind(1_i64);
    }
    query.execute().await?;
    Ok(())
}

async fn sessions(
    tx: &mut Tx,
    kind: PersonKind,
    sessions: Vec<(Uuid, Uuid)>,
    since: Instant,
) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO session (id, person_kind, staff_id, participant_id, label, generation, rotated_at, created_at,
                                  expires_at)
             VALUES {rows}"
        ),
        sessions.len(),
        9,
    );
    for (session, person) in sessions {
        let (staff, participant) = match kind {
            PersonKind::Staff => (Some(person), None),
            PersonKind::Participant => (None, Some(person)),
        };
        query = query
            .bind(session)
            .bind(kind)
            .bind(staff)
            .bind(participant)
            .bind("Phone")
            .bind(1_i64)
            .bind(since)
            .bind(since)
            .bind(Instant::MAX);
    }
    query.execute().await?;
    Ok(())
}

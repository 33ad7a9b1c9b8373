//! Two centres and their people, every one of them signed in. The names are canaries: texts that must be found nowhere but
//! in answers to those who may read them.

use care::App;
use contract::{
    AssignmentId, CentreId, ParticipantId, PersonKind, SessionId, StaffId, StaffRole, time::Instant,
};
use db::{Tx, sql};
use kernel::protect::{
    privacy::{Email, Name},
    seal::{DataKey, Field},
};
use uuid::Uuid;

/// A person with a session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Their id.
    pub id: Uuid,
    /// Their session.
    pub session: SessionId,
    /// Their access token, good for ten minutes of the test's clock.
    pub access_token: String,
}

/// The people of a test.
#[derive(Debug, Clone)]
pub struct World {
    /// The centre of most people here.
    pub centre: CentreId,
    /// Another centre.
    pub other_centre: CentreId,
    /// A mentor of the centre.
    pub mentor: SignedIn,
    /// Another mentor of the centre, without participants.
    pub other_mentor: SignedIn,
    /// A counsellor of the centre.
    pub counsellor: SignedIn,
    /// The centre's manager.
    pub manager: SignedIn,
    /// The other centre's manager.
    pub other_manager: SignedIn,
    /// A mentor of the other centre.
    pub foreign_mentor: SignedIn,
    /// The administrator.
    pub administrator: SignedIn,
    /// The observer.
    pub observer: SignedIn,
    /// A participant of the centre, assigned to the mentor and the counsellor.
    pub participant: SignedIn,
    /// Another participant of the centre, assigned to the other mentor.
    pub other_participant: SignedIn,
    /// A participant of the other centre, assigned to its mentor.
    pub foreign_participant: SignedIn,
}

/// The name of [`World::participant`].
pub const CANARY_NAME: &str = "Canaria Zwawi";

impl World {
    /// Writes everybody into the database.
    pub async fn settle(app: &App) -> Self {
        let now = app.clock.now();
        let mut tx = app.db.write().await.expect("a transaction");
        let settler = &mut Settler { app, now };
        let centre = settler.centre(&mut tx, "Casablanca-Settat").await;
        let other_centre = settler.centre(&mut tx, "Fès-Meknès").await;
        let mentor = settler.staff(&mut tx, centre, StaffRole::Mentor, "mentor@example.org").await;
        let other_mentor =
            settler.staff(&mut tx, centre, StaffRole::Mentor, "other-mentor@example.org").await;
        let counsellor =
            settler.staff(&mut tx, centre, StaffRole::Counsellor, "counsellor@example.org").await;
        let manager = settler.staff(&mut tx, centre, StaffRole::Manager, "manager@example.org").await;
        let other_manager =
            settler.staff(&mut tx, other_centre, StaffRole::Manager, "other-manager@example.org").await;
        let foreign_mentor =
            settler.staff(&mut tx, other_centre, StaffRole::Mentor, "foreign-mentor@example.org").await;
        let administrator =
            settler.staff(&mut tx, centre, StaffRole::Administrator, "administrator@example.org").await;
        let observer = settler.staff(&mut tx, centre, StaffRole::Observer, "observer@example.org").await;
        let participant = settler.participant(&mut tx, centre, CANARY_NAME).await;
        let other_participant = settler.participant(&mut tx, centre, "Other Participant").await;
        let foreign_participant = settler.participant(&mut tx, other_centre, "Foreign Participant").await;
        for (centre, participant, staff) in [
            (centre, &participant, &mentor),
            (centre, &participant, &counsellor),
            (centre, &other_participant, &other_mentor),
            (other_centre, &foreign_participant, &foreign_mentor),
        ] {
            settler.assign(&mut tx, centre, participant, staff).await;
        }
        tx.commit().await.expect("the world is settled");
        Self {
            centre,
            other_centre,
            mentor,
            other_mentor,
            counsellor,
            manager,
            other_manager,
            foreign_mentor,
            administrator,
            observer,
            participant,
            other_participant,
            foreign_participant,
        }
    }
}

/// Writes people into the database as the service writes them.
pub(crate) struct Settler<'a> {
    pub(crate) app: &'a App,
    pub(crate) now: Instant,
}

impl Settler<'_> {
    /// A centre that is open at every hour.
    pub(crate) async fn centre(&mut self, tx: &mut Tx, name: &str) -> CentreId {
        self.centre_open(tx, name, always_open()).await
    }

    /// A centre that is open in the usual hours of a working week.
    pub(crate) async fn usual_centre(&mut self, tx: &mut Tx, name: &str) -> CentreId {
        self.centre_open(tx, name, "{}".to_owned()).await
    }

    async fn centre_open(&mut self, tx: &mut Tx, name: &str, calendar: String) -> CentreId {
        let id = CentreId::new(&*self.app.ids);
        tx.query(sql!(
            "INSERT INTO centre (id, name, zone, calendar, version, created_at)
             VALUES ($1, $2, 'Africa/Casablanca', $3, 1, $4)"
        ))
        .bind(id)
        .bind(name)
        .bind(calendar)
        .bind(self.now)
        .execute()
        .await
        .expect("a centre");
        tx.changed(db::Change {
            audience: None,
            centre: id.0,
            participant: None,
            subject_kind: "centre",
            subject: id.0,
            operation: db::Operation::Create,
        });
        id
    }

    pub(crate) async fn staff(
        &mut self,
        tx: &mut Tx,
        centre: CentreId,
        role: StaffRole,
        email: &str,
    ) -> SignedIn {
        let (app, id) = (self.app, StaffId::new(&*self.app.ids));
        let key = DataKey::generate(&*app.random).expect("a data key");
        let seal = |column, text: &str| {
            key.seal(Field::new("staff", column, id.0), text.as_bytes(), &*app.random).expect("sealed")
        };
        let address = Email::parse(email).expect("an address");
        tx.query(sql!(
            "INSERT INTO staff (id, centre_id, role, language, data_key, name_sealed, email_sealed, email_lookup,
                                password_hash, password_change_due, active, version, created_at)
             VALUES ($1, $2, $3, 'fr', $4, $5, $6, $7, '', $8, $9, 1, $10)"
        ))
        .bind(id)
        .bind(centre)
        .bind(role)
        .bind(key.wrap(app.keys.staff.wrap_key(), id.0, &*app.random).expect("wrapped"))
        .bind(seal("name_sealed", &format!("Staff {email}")))
        .bind(seal("email_sealed", email))
        .bind(app.keys.emails.hash(&address))
        .bind(false)
        .bind(true)
        .bind(self.now)
        .execute()
        .await
        .expect("a staff member");
        self.session(tx, PersonKind::Staff, id.0).await
    }

    async fn participant(&mut self, tx: &mut Tx, centre: CentreId, name: &str) -> SignedIn {
        let (app, id) = (self.app, ParticipantId::new(&*self.app.ids));
        let key = DataKey::generate(&*app.random).expect("a data key");
        let name = Name::parse(name).expect("a name");
        let sealed = key.seal_text(Field::new("participant", "name_sealed", id.0), &name, &*app.random);
        tx.query(sql!(
            "INSERT INTO participant (id, centre_id, language, zone, data_key, name_sealed, push_wanted, active, version, created_at)
             VALUES ($1, $2, 'ar', 'Africa/Casablanca', $3, $4, $5, $6, 1, $7)"
        ))
        .bind(id)
        .bind(centre)
        .bind(key.wrap(app.keys.participants.wrap_key(), id.0, &*app.random).expect("wrapped"))
        .bind(sealed.expect("sealed"))
        .bind(true)
        .bind(true)
        .bind(self.now)
        .execute()
        .await
        .expect("a participant");
        tx.changed(db::Change {
            audience: None,
            centre: centre.0,
            participant: Some(id.0),
            subject_kind: "participant",
            subject: id.0,
            operation: db::Operation::Upsert,
        });
        self.session(tx, PersonKind::Participant, id.0).await
    }

    pub(crate) async fn session(&mut self, tx: &mut Tx, kind: PersonKind, person: Uuid) -> SignedIn {
        let session = SessionId::new(&*self.app.ids);
        let (staff, participant) = match kind {
            PersonKind::Staff => (Some(person), None),
            PersonKind::Participant => (None, Some(person)),
        };
        tx.query(sql!(
            "INSERT INTO session (id, person_kind, staff_id, participant_id, label, generation, rotated_at, created_at, expires_at)
             VALUES ($1, $2, $3, $4, 'test', 1, $5, $5, $6)"
        ))
        .bind(session)
        .bind(kind)
        .bind(staff)
        .bind(participant)
        .bind(self.now)
        .bind(self.now.saturating_add(chrono::TimeDelta::days(3650)))
        .execute()
        .await
        .expect("a session");
        let access_token =
            self.app.sign_in.access_tokens.issue(person, session, self.now).expect("an access token");
        SignedIn { id: person, session, access_token }
    }

    async fn assign(&mut self, tx: &mut Tx, centre: CentreId, participant: &SignedIn, staff: &SignedIn) {
        let id = AssignmentId::new(&*self.app.ids);
        tx.query(sql!(
            "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, version) VALUES ($1, $2, $3, $4, $3, 1)"
        ))
        .bind(id)
        .bind(participant.id)
        .bind(staff.id)
        .bind(self.now)
        .execute()
        .await
        .expect("an assignment");
        tx.changed(db::Change {
            audience: None,
            centre: centre.0,
            participant: Some(participant.id),
            subject_kind: "assignment",
            subject: id.0,
            operation: db::Operation::Create,
        });
    }
}

impl SignedIn {
    /// The same person on another device.
    pub async fn on_another_device(&self, app: &App) -> Self {
        let mut tx = app.db.write().await.expect("a transaction");
        let kind: PersonKind = tx
            .query(sql!("SELECT person_kind FROM session WHERE id = $1"))
            .bind(self.session)
            .scalar()
            .await
            .expect("a session");
        let now = app.clock.now();
        let session = Settler { app, now }.session(&mut tx, kind, self.id).await;
        tx.commit().await.expect("a session");
        session
    }

    /// The same person with a fresh access token, after the test moved its clock.
    #[must_use]
    pub fn again(&self, app: &App) -> Self {
        let access_token =
            app.sign_in.access_tokens.issue(self.id, self.session, app.clock.now()).expect("an access token");
        Self { access_token, ..self.clone() }
    }
}

/// Open at every hour: only the tests of opening hours are about them.
fn always_open() -> String {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: Vec<_> = days
        .iter()
        .map(|day| serde_json::json!({"weekday": day, "opens": "00:00", "closes": "23:59"}))
        .collect();
    serde_json::json!({ "hours": hours }).to_string()
}

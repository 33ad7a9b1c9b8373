//! The commands. Every operation that changes something is here with a request that is carried out if nobody is in the way;
//! `every_operation_has_a_deed` in `pairs.rs` says which one is missing.

use super::scene::Scene;
use crate::{
    operations::{self, Ids, PASSWORD},
    sign_in::Device,
};
use contract::{NotificationAction, ReminderId, StaffId};
use muwakaba_tests::{http::Request, world::SignedIn};
use notifications::action_token::TokenPurpose;
use serde_json::{Value, json};
use uuid::Uuid;

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Nobody,
    Participant,
    Mentor,
    Counsellor,
    Manager,
    Administrator,
}

/// A command.
#[derive(Debug, Clone, Copy)]
pub struct Deed {
    /// What it is.
    pub name: &'static str,
    /// The operation of the contract.
    pub operation: &'static str,
    by: By,
    /// Whether it is about the manager instead of the mentor.
    is_about_manager: bool,
    /// What its body is, if not the one of the operations' own list.
    body: Option<fn(&Ids) -> Value>,
}

const fn deed(name: &'static str, operation: &'static str, by: By) -> Deed {
    Deed { name, operation, by, is_about_manager: false, body: None }
}

impl Deed {
    const fn with(self, body: fn(&Ids) -> Value) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn of_manager(self) -> Self {
        Self { is_about_manager: true, ..self }
    }

    /// Whether it is about an appointment that there is.
    pub fn needs_appointment(&self) -> bool {
        self.operation.ends_with("Appointment")
            && !matches!(self.operation, "scheduleAppointment" | "proposeAppointment")
            || matches!(
                self.operation,
                "chooseAppointmentTime"
                    | "offerAppointmentTimes"
                    | "recordAppointmentOutcome"
                    | "correctAppointmentOutcome"
                    | "writeAppointmentNote"
                    | "pressNotificationButton"
                    | "sendReceipt"
                    | "pushMutations"
            )
    }
}

/// All of them.
pub const ALL: &[Deed] = &[
    deed("schedule", "scheduleAppointment", By::Mentor),
    deed("schedule with another host", "scheduleAppointment", By::Manager).with(at_anothers),
    deed("propose", "proposeAppointment", By::Mentor),
    deed("confirm", "confirmAppointment", By::Participant),
    deed("decline", "declineAppointment", By::Participant),
    deed("ask to move", "askToMoveAppointment", By::Participant),
    deed("choose", "chooseAppointmentTime", By::Participant),
    deed("offer other times", "offerAppointmentTimes", By::Mentor),
    deed("move", "moveAppointment", By::Mentor),
    deed("move to another host", "moveAppointment", By::Manager).with(to_another),
    deed("cancel", "cancelAppointment", By::Manager),
    deed("record the outcome", "recordAppointmentOutcome", By::Mentor),
    deed("correct the outcome", "correctAppointmentOutcome", By::Manager),
    deed("write a note", "writeAppointmentNote", By::Counsellor),
    deed("press a button", "pressNotificationButton", By::Nobody),
    deed("send what was recorded", "pushMutations", By::Participant),
    deed("send a receipt", "sendReceipt", By::Nobody),
    deed("assign", "assignParticipant", By::Manager),
    deed("end an assignment", "endAssignment", By::Manager),
    deed("register a centre", "registerCentre", By::Administrator),
    deed("change the calendar", "changeCentre", By::Manager),
    deed("change the zone", "changeCentre", By::Administrator).with(|_| json!({"zone": "Europe/Paris"})),
    deed("register a subscription", "registerWebPushDevice", By::Participant),
    deed("register a token", "registerFcmDevice", By::Participant),
    deed("refresh a subscription", "refreshWebPushDevice", By::Participant),
    deed("refresh a token", "refreshFcmDevice", By::Participant),
    deed("remove a device", "removeDevice", By::Participant),
    deed("open an emergency access", "openEmergencyAccess", By::Manager),
    deed("end an emergency access", "endEmergencyAccess", By::Administrator),
    deed("make an enrolment code", "createEnrolmentCode", By::Mentor),
    deed("enrol a phone", "enrolPhone", By::Nobody),
    deed("change oneself", "changeMe", By::Mentor),
    deed("choose a language", "changeMe", By::Participant),
    deed("change the password", "changePassword", By::Mentor),
    deed("begin an authenticator", "beginAuthenticator", By::Mentor),
    deed("confirm an authenticator", "confirmAuthenticator", By::Mentor),
    deed("end a session", "endMySession", By::Participant),
    deed("sign out", "signOut", By::Participant),
    deed("cut a phone off", "endParticipantSessions", By::Manager),
    deed("cut a mentor's devices off", "endStaffSessions", By::Administrator),
    deed("sign in", "signIn", By::Nobody),
    deed("refresh tokens", "refreshTokens", By::Nobody),
    deed("register a participant", "registerParticipant", By::Manager),
    deed("change a file", "changeParticipant", By::Mentor),
    deed("move to another centre", "moveParticipant", By::Manager),
    deed("close a file", "changeParticipant", By::Manager).with(|_| json!({"active": false})),
    deed("add a mentor", "addStaffMember", By::Administrator),
    deed("change a mentor", "changeStaffMember", By::Administrator),
    deed("close an account", "changeStaffMember", By::Administrator).with(to_the_spare),
    deed("close a manager's account", "changeStaffMember", By::Administrator)
        .of_manager()
        .with(|_| json!({"active": false})),
    deed("change a role", "changeStaffMember", By::Administrator).with(|_| json!({"role": "counsellor"})),
    deed("reset a mentor", "resetStaffMember", By::Administrator),
];

/// The deed of this name.
pub fn named(name: &str) -> Deed {
    *ALL.iter().find(|deed| deed.name == name).unwrap_or_else(|| panic!("no deed is called {name}"))
}

fn to_the_spare(ids: &Ids) -> Value {
    json!({"active": false, "appointments_to": ids.spare})
}

fn at_anothers(ids: &Ids) -> Value {
    json!({
        "participant_id": ids.participant, "host_id": ids.spare, "kind": "social_counselling",
        "local_start": "2027-01-01T10:00:00", "duration_minutes": 45, "zone": "Africa/Casablanca",
        "place": {"kind": "phone"}, "override_reason": "No other hour suits",
    })
}

fn to_another(ids: &Ids) -> Value {
    json!({"local_start": "2028-01-01T10:00:00", "host_id": ids.spare, "override_reason": "No other hour suits"})
}

/// A request that is ready to be sent.
pub struct Ready {
    /// It.
    pub request: Request,
    /// What it is about.
    pub ids: Ids,
    /// Who sends it, if they are signed in.
    pub caller: Option<SignedIn>,
}

impl Deed {
    /// Puts everything into the state that it needs, or takes the other deed's appointment for its own.
    pub async fn ready(&self, scene: &Scene, serial: u32, shared: Option<&Ids>) -> Ready {
        let stage = &scene.stage;
        let app = &stage.app;
        let operation =
            operations::all().into_iter().find(|one| one.id == self.operation).expect("an operation");
        let caller = match self.by {
            By::Nobody => None,
            By::Participant => Some(&app.world.participant),
            By::Mentor => Some(&app.world.mentor),
            By::Counsellor => Some(&app.world.counsellor),
            By::Manager => Some(&app.world.manager),
            By::Administrator => Some(&app.world.administrator),
        };
        let caller = match caller {
            Some(person) => Some(person.on_another_device(&app.app).await),
            None => None,
        };
        let target = scene.target();
        let ids = match shared {
            Some(ids) if self.needs_appointment() => *ids,
            _ => stage.ready(&operation, target).await,
        };
        let mut ids = stage.seen_by(&operation, ids, caller.as_ref()).await;
        if matches!(self.operation, "pressNotificationButton" | "sendReceipt") && shared.is_none() {
            let confirm =
                operations::all().into_iter().find(|one| one.id == "confirmAppointment").expect("one");
            ids = stage.ready(&confirm, target).await;
        }
        if self.is_about_manager {
            ids.companion = app.world.manager.id;
        }
        let request = match self.operation {
            "pressNotificationButton" => {
                self.with_token(scene, &ids, TokenPurpose::Action(NotificationAction::Confirm)).await
            }
            "sendReceipt" => self.with_token(scene, &ids, TokenPurpose::Receipt).await,
            "enrolPhone" => enrolment(scene).await,
            "signIn" => sign_in(scene).await,
            "refreshTokens" => refreshing(scene).await,
            // Whatever the version, so that what they are moved by at the same moment is in nobody's way.
            "changeMe" if self.by == By::Participant => {
                let caller = caller.as_ref().expect("a participant");
                app.patch("/v1/me").by(caller).header("if-match", "*").json(json!({"language": "fr"}))
            }
            _ => {
                let mut prepared = stage.request(&operation, ids, caller.as_ref(), serial).await;
                if let Some(body) = self.body {
                    prepared.body = Some(body(&ids));
                }
                prepared.by(app, caller.as_ref())
            }
        };
        Ready { request, ids, caller }
    }

    async fn with_token(&self, scene: &Scene, ids: &Ids, purpose: TokenPurpose) -> Request {
        let app = &scene.stage.app;
        let mut tx = app.app.db.read().await.expect("a transaction");
        let reminder: Option<Uuid> = tx
            .query(db::sql!("SELECT id FROM reminder WHERE subject_id = $1 AND recipient_kind = 'participant' ORDER BY due_at LIMIT 1"))
            .bind(ids.appointment)
            .optional_scalar()
            .await
            .expect("a reminder");
        let until = app.now().saturating_add(chrono::TimeDelta::hours(1));
        let reminder = ReminderId(reminder.unwrap_or_default());
        let token = app.app.push.action_key.issue(reminder, purpose, until).into_text();
        match purpose {
            TokenPurpose::Receipt => app.post("/v1/receipts").json(json!({"token": token, "event": "seen"})),
            _ => app.post("/v1/actions").json(json!({"token": token})),
        }
    }
}

/// The participant's phone is enrolled with a right code.
async fn enrolment(scene: &Scene) -> Request {
    let app = &scene.stage.app;
    let path = format!("/v1/participants/{}/enrolment-codes", scene.target().participant);
    let manager = app.world.manager.on_another_device(&app.app).await;
    let code = app.post(&path).by(&manager).expect(201).await.string("/qr_payload");
    let proof = Device::new().proof(app, "POST", "/v1/enrolment");
    app.post("/v1/enrolment")
        .header("dpop", proof)
        .json(json!({"qr_secret": code, "device_label": "Android phone"}))
}

/// The mentor signs in on their own phone with the right password.
async fn sign_in(scene: &Scene) -> Request {
    let app = &scene.stage.app;
    let device = Device::new();
    let mut tx = app.app.db.write().await.expect("a transaction");
    tx.query(db::sql!("INSERT INTO enrolled_device (staff_id, device_key, enrolled_at) VALUES ($1, $2, $3)"))
        .bind(StaffId(scene.target().companion))
        .bind(device.thumbprint())
        .bind(app.now())
        .execute()
        .await
        .expect("a second factor");
    tx.commit().await.expect("a second factor");
    device.sign_in(app).json(json!({"email": "mentor@example.org", "password": PASSWORD}))
}

/// The mentor's browser asks for new tokens.
async fn refreshing(scene: &Scene) -> Request {
    let app = &scene.stage.app;
    let session = app.world.mentor.on_another_device(&app.app).await.session;
    let token = app.app.sign_in.refresh_tokens.issue(session, 1);
    app.post("/v1/token").json(json!({"refresh_token": token, "refresh_token_in": "body"}))
}

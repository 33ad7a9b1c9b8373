//! A staff member and a phone whose every word is a canary, or a secret of the service.

use crate::{
    access::Caller::{Administrator, Counsellor, Manager, Mentor},
    operations::Ids,
    privacy::{Aviary, WRONG_PASSWORD},
    registry::Canary,
    sign_in::{Device, enrol, signed_in},
};
use serde_json::json;

/// A staff member's name.
pub const STAFF_NAME: &str = "Qanari-staff-name Driss";
/// A staff member's address.
const STAFF_EMAIL: &str = "driss@qanari-staff.example";
/// A staff member's password.
const PASSWORD: &str = "over the roofs qanari-secret-9";
/// The key under which an app repeats a request.
const REPETITION: &str = "qanari-repetition-2d8b";

/// All of them.
pub const ALL: &[Canary] = &[
    // Whoever accompanies somebody asks a colleague, by name, to take over.
    Canary {
        text: STAFF_NAME,
        columns: &["staff.name_sealed"],
        readers: &[Mentor, Counsellor, Manager, Administrator],
    },
    Canary { text: STAFF_EMAIL, columns: &["staff.email_sealed"], readers: &[Manager, Administrator] },
    Canary { text: PASSWORD, columns: &[], readers: &[] },
];

/// Both of them.
pub async fn release(aviary: &mut Aviary<'_>, ids: Ids) -> Ids {
    staff(aviary).await;
    phone(aviary, &ids).await;
    ids
}

/// A staff member from the first day to the second authenticator app.
async fn staff(aviary: &mut Aviary<'_>) {
    let (app, world) = (&aviary.stage.app, &aviary.stage.app.world);
    let new = json!({"name": STAFF_NAME, "email": STAFF_EMAIL, "role": "mentor", "language": "fr"});
    let add = app.post("/v1/staff").by(&world.manager).header("idempotency-key", REPETITION).json(new);
    let added = add.expect(201).await;
    let id = added.string("/staff_id");
    let reset = app.post(&format!("/v1/staff/{id}/reset")).by(&world.manager).expect(200).await;
    let one_time = reset.string("/one_time_password");
    aviary.secrets.extend([added.string("/one_time_password"), one_time.clone(), REPETITION.to_owned()]);
    let device = Device::new();
    let sign_in =
        |password: &str| device.sign_in(app).json(json!({"email": STAFF_EMAIL, "password": password}));
    aviary.refusals.push(sign_in(WRONG_PASSWORD).expect(401).await);
    let first = sign_in(&one_time).expect(200).await;
    aviary.keep_tokens(&first);
    let person = signed_in(&first);
    let change = |from: &str, to: &str| {
        app.put("/v1/me/password").by(&person).json(json!({"current_password": from, "new_password": to}))
    };
    aviary.refusals.push(change(WRONG_PASSWORD, PASSWORD).expect(400).await);
    change(&one_time, PASSWORD).expect(204).await;
    aviary.refusals.push(change(PASSWORD, PASSWORD).expect(400).await);
    let begin = app.post("/v1/me/authenticator").by(&person).json(json!({"current_password": PASSWORD}));
    let secret = begin.expect(200).await;
    aviary.secrets.extend([secret.string("/secret"), secret.string("/uri")]);
    let next = app
        .post("/v1/token")
        .header("dpop", device.proof(app, "POST", "/v1/token"))
        .json(json!({"refresh_token": first.string("/refresh_token")}))
        .expect(200)
        .await;
    aviary.keep_tokens(&next);
}

/// A phone that is enrolled.
async fn phone(aviary: &mut Aviary<'_>, ids: &Ids) {
    let (app, world) = (&aviary.stage.app, &aviary.stage.app.world);
    let path = format!("/v1/participants/{}/enrolment-codes", ids.participant);
    let made = app.post(&path).by(&world.mentor).header("idempotency-key", "k4").expect(201).await;
    aviary.secrets.extend([made.string("/code"), made.string("/qr_payload")]);
    let device = Device::new();
    let enrolled = enrol(app, &device, json!({"code": made.string("/code")})).await;
    assert_eq!(enrolled.status, 200, "{}", enrolled.text());
    aviary.keep_tokens(&enrolled);
    aviary.refusals.push(enrol(app, &device, json!({"code": made.string("/code")})).await);
    aviary.refusals.push(enrol(app, &device, json!({"qr_secret": made.string("/qr_payload")})).await);
}

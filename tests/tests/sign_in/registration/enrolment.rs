//! The enrolment of phones.

use crate::{
    operations::Stage,
    races::{By, deed},
    registry::{Feature, Phones, about, instead},
    sign_in::Device,
};
use muwakaba_tests::http::Request;
use serde_json::json;

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    // Nobody's code: what this operation gives to whom is for the tests of signing in.
    bodies: &[instead("enrolPhone", |_| {
        json!({
            "code": "7KQM-2WXA",
            "device_label": "Android phone",
            "language": "ar",
            "refresh_token_in": "body",
        })
    })],
    open: &["POST /v1/enrolment"],
    deeds: &[
        deed("make an enrolment code", "createEnrolmentCode", By::Mentor),
        deed("enrol a phone", "enrolPhone", By::Nobody)
            .sent(|stage, _, _| Box::pin(enrolment(stage)))
            .audited_when_refused(),
    ],
    never: &[
        "SELECT 'a code of a former centre: ' || code.id FROM enrolment_code AS code JOIN participant AS p ON p.id = code.participant_id
         JOIN staff AS s ON s.id = code.created_by WHERE code.closed_at IS NULL AND s.centre_id <> p.centre_id",
        "SELECT 'two open enrolment codes of ' || participant_id FROM enrolment_code WHERE closed_at IS NULL
         GROUP BY participant_id HAVING count(*) > 1",
    ],
    tables: &[
        about("enrolment_code", "enrolment code", Phones::SECRET).unseeded("no list reads it"),
    ],
    ..Feature::NOTHING
};

/// The participant's phone is enrolled with a right code.
async fn enrolment(stage: &Stage) -> Request {
    let app = &stage.app;
    let path = format!("/v1/participants/{}/enrolment-codes", stage.own.participant);
    let manager = app.world.manager.on_another_device(&app.app).await;
    let code = app.post(&path).by(&manager).expect(201).await.string("/qr_payload");
    let proof = Device::new().proof(app, "POST", "/v1/enrolment");
    app.post("/v1/enrolment")
        .header("dpop", proof)
        .json(json!({"qr_secret": code, "device_label": "Android phone"}))
}

//! One's own settings, password and authenticator.

use crate::{
    operations::{PASSWORD, Stage},
    races::{By, deed},
    registry::{Feature, found, instead},
};
use muwakaba_tests::{SignedIn, http::Request};
use serde_json::{Value, json};

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    bodies: &[
        instead("changeMe", |_| json!({"language": "fr"})),
        instead("changePassword", |asked| {
            json!({
                "current_password": PASSWORD,
                "new_password": format!("nine storks on the minaret {}", asked.serial),
            })
        }),
        instead("beginAuthenticator", |_| json!({"current_password": PASSWORD})),
        found("confirmAuthenticator", |stage, caller| Box::pin(code(stage, caller))),
    ],
    deeds: &[
        deed("change oneself", "changeMe", By::Mentor),
        deed("choose a language", "changeMe", By::Participant)
            .sent(|stage, _, caller| Box::pin(language(stage, caller))),
        deed("change the password", "changePassword", By::Mentor).audited_when_refused(),
        deed("begin an authenticator", "beginAuthenticator", By::Mentor).audited_when_refused(),
        deed("confirm an authenticator", "confirmAuthenticator", By::Mentor).audited_when_refused(),
    ],
    unsung: &[
        ("staff.authenticator_sealed", "made by the service, and looked for as a secret of its own"),
        ("staff.authenticator_pending_sealed", "made by the service, and looked for as a secret of its own"),
    ],
    ..Feature::NOTHING
};

/// Whatever the version, so that what they are moved by at the same moment is in nobody's way.
async fn language(stage: &Stage, caller: Option<&SignedIn>) -> Request {
    let caller = caller.expect("a participant");
    stage.app.patch("/v1/me").by(caller).header("if-match", "*").json(json!({"language": "fr"}))
}

/// What the caller's new authenticator app shows, if they may have one.
async fn code(stage: &Stage, caller: Option<&SignedIn>) -> Value {
    let nobodys = json!({"code": "000000"});
    let Some(caller) = caller else { return nobodys };
    let asked = json!({"current_password": PASSWORD});
    let begun = stage.app.post("/v1/me/authenticator").by(caller).json(asked).send().await;
    if begun.status != 200 {
        return nobodys;
    }
    let app = totp_rs::Totp::from_url(begun.string("/uri")).expect("an authenticator's address");
    let now = u64::try_from(stage.app.now().as_seconds()).expect("a time");
    json!({"code": app.generate(now).to_string()})
}

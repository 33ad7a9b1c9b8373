//! Signing in, staying signed in, and being cut off.

mod cookie;
mod credentials;
mod enrolment;
mod password;
mod races;
mod refresh;
pub mod registration;
mod second_factor;
mod sessions;
mod tokens;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use contract::{Language, StaffId, StaffRole};
use identity::sign_in::accounts::{self, Credentials, NewAccount};
use kernel::protect::privacy::{Email, Name};
use muwakaba_tests::{Answer, TestApp, http::Request, world::SignedIn};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use totp_rs::Totp;

pub const PASSWORD: &str = "حصان صحيح بطارية دباسة";

/// A staff account with its factors.
pub struct Account {
    pub id: StaffId,
    pub email: String,
    pub password: String,
    pub authenticator: Option<Totp>,
    /// The owner's phone: the second factor where there is no authenticator.
    pub device: Device,
}

impl Account {
    /// An account just made, its password still the one-time one.
    pub async fn new(app: &TestApp, role: StaffRole, email: &str) -> Self {
        let app = &app.app;
        let credentials = Credentials::generate(app, role).await.unwrap();
        let id = StaffId::new(&*app.ids);
        let account = NewAccount {
            id,
            centre: app_centre(app).await,
            role,
            language: Language::French,
            name: &Name::parse("Zineb Amrani").unwrap(),
            email: &Email::parse(email).unwrap(),
        };
        let mut tx = app.db.write().await.unwrap();
        let shown =
            accounts::new_account(app, &mut tx, app.clock.now(), &account, credentials).await.unwrap();
        tx.commit().await.unwrap();
        Self {
            id,
            email: email.to_owned(),
            password: shown.one_time_password.to_string(),
            authenticator: shown.authenticator_uri.map(|uri| Totp::from_url(uri.as_str()).unwrap()),
            device: Device::new(),
        }
    }

    /// An account in use: its owner has chosen a password.
    pub async fn in_use(app: &TestApp, role: StaffRole, email: &str) -> Self {
        let mut account = Self::new(app, role, email).await;
        let first = signed_in(&account.sign_in(app).await);
        let change = json!({"current_password": account.password, "new_password": PASSWORD});
        app.put("/v1/me/password").by(&first).json(change).expect(204).await;
        app.clock.advance(TimeDelta::seconds(30));
        account.password = PASSWORD.to_owned();
        account
    }

    /// What its owner sends to sign in now.
    pub fn request(&self, app: &TestApp) -> Value {
        let mut request = json!({"email": self.email, "password": self.password});
        if let Some(code) = self.code(app) {
            request["authenticator_code"] = json!(code);
        }
        request
    }

    /// What the authenticator app shows now.
    pub fn code(&self, app: &TestApp) -> Option<String> {
        let seconds = u64::try_from(app.now().as_seconds()).unwrap();
        self.authenticator.as_ref().map(|totp| totp.generate(seconds).to_string())
    }

    /// Signs in, which must succeed: in a browser without a key by who has an authenticator, else on the owner's phone.
    pub async fn sign_in(&self, app: &TestApp) -> Answer {
        match self.authenticator {
            Some(_) => app.post("/v1/sign-in").json(self.request(app)).expect(200).await,
            None => self.sign_in_on(app, &self.device).await,
        }
    }

    /// Signs in on a device with a key of its own, which must succeed.
    pub async fn sign_in_on(&self, app: &TestApp, device: &Device) -> Answer {
        device.sign_in(app).json(self.request(app)).expect(200).await
    }
}

async fn app_centre(app: &care::App) -> contract::CentreId {
    let mut tx = app.db.read().await.unwrap();
    tx.query(db::sql!("SELECT id FROM centre ORDER BY id LIMIT 1")).scalar().await.unwrap()
}

/// The person of an answer that holds tokens.
pub fn signed_in(answer: &Answer) -> SignedIn {
    SignedIn {
        id: answer.string("/person/id").parse().unwrap(),
        session: answer.string("/session_id").parse().unwrap(),
        access_token: answer.string("/access_token"),
    }
}

/// A phone with a key that never leaves it.
pub struct Device(EcdsaKeyPair);

impl Device {
    pub fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    /// A sign-in with a proof of this device's key.
    pub fn sign_in(&self, app: &TestApp) -> Request {
        app.post("/v1/sign-in").header("dpop", self.proof(app, "POST", "/v1/sign-in"))
    }

    /// By what the service knows its key: RFC 7638.
    pub fn thumbprint(&self) -> String {
        let point = self.0.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..]].map(|part| URL_SAFE_NO_PAD.encode(part));
        let key = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key.as_bytes()))
    }

    /// A proof for this request, never used before.
    pub fn proof(&self, app: &TestApp, method: &str, path: &str) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let point = self.0.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..]].map(|part| URL_SAFE_NO_PAD.encode(part));
        let header =
            json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256", "x": x, "y": y}});
        let claims = json!({
            "htm": method,
            "htu": format!("{}{path}", app.base_url),
            "iat": app.now().as_seconds(),
            "jti": NEXT.fetch_add(1, Ordering::Relaxed).to_string(),
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Makes an enrolment code for the world's participant; the whole answer.
pub async fn enrolment_code(app: &TestApp) -> Answer {
    let path = format!("/v1/participants/{}/enrolment-codes", app.world.participant.id);
    app.post(&path).by(&app.world.mentor.again(&app.app)).expect(201).await
}

/// Enrols a phone with the code, in whichever form the body has it.
pub async fn enrol(app: &TestApp, device: &Device, mut body: Value) -> Answer {
    body["device_label"] = json!("Android phone");
    let proof = device.proof(app, "POST", "/v1/enrolment");
    app.post("/v1/enrolment").header("dpop", proof).json(body).send().await
}

//! What a forger can do who has everything but the private key: the public key is published, and a real token is theirs.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::ProblemCode;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Header and claims of a real token.
fn parts(app: &TestApp) -> (Value, Value) {
    let token = &app.world.mentor.access_token;
    let mut parts = token.split('.');
    (decoded(parts.next().unwrap()), decoded(parts.next().unwrap()))
}

async fn refused(app: &TestApp, token: &str) {
    let bearer = format!("Bearer {token}");
    let problem =
        app.get("/v1/me").header("authorization", &bearer).refused(ProblemCode::Unauthenticated).await;
    assert_eq!(problem.detail, None, "a forger is told nothing");
}

both_databases! {
    async fn the_public_key_is_no_secret_to_sign_with(app: TestApp) {
        let (header, claims) = parts(&app);
        let keys = app.get("/.well-known/jwks.json").expect(200).await;
        let x = keys.string("/keys/0/x");
        let public_key = URL_SAFE_NO_PAD.decode(&x).unwrap();
        for algorithm in ["HS256", "EdDSA"] {
            let mut header = header.clone();
            header["alg"] = json!(algorithm);
            let message = format!("{}.{}", encoded(&header), encoded(&claims));
            for secret in [public_key.as_slice(), x.as_bytes()] {
                let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
                refused(&app, &format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))).await;
            }
        }
    }

    async fn a_key_of_the_forgers_own_is_not_taken_however_it_is_handed_in(app: TestApp) {
        let (header, claims) = parts(&app);
        let own = Ed25519KeyPair::generate().unwrap();
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(own.public_key().as_ref())});
        for (name, value) in [
            ("kid", header["kid"].clone()),
            ("kid", json!("own")),
            ("kid", json!("../../../../dev/null")),
            ("kid", json!("x' OR '1'='1")),
            ("jwk", jwk),
            ("jku", json!(format!("{}/keys", app.base_url))),
            ("x5u", json!(format!("{}/keys", app.base_url))),
            ("crit", json!(["exp"])),
        ] {
            let mut header = header.clone();
            header[name] = value;
            let message = format!("{}.{}", encoded(&header), encoded(&claims));
            refused(&app, &format!("{message}.{}", URL_SAFE_NO_PAD.encode(own.sign(message.as_bytes())))).await;
        }
    }

    async fn a_header_that_says_two_things_or_too_much_says_nothing(app: TestApp) {
        let good = app.world.mentor.access_token.clone();
        app.get("/v1/me").by(&app.world.mentor).expect(200).await;
        app.get("/v1/me").by(&app.world.mentor).by(&app.world.mentor).refused(ProblemCode::Unauthenticated).await;
        app.get("/v1/me").by(&app.world.mentor).header("authorization", "Bearer x").refused(ProblemCode::Unauthenticated).await;
        app.get(&format!("/v1/me?access_token={good}")).refused(ProblemCode::Unauthenticated).await;
        for token in [format!("{good},{good}"), format!("{good} {good}"), format!(" {good}"), format!("{good}."), format!("{good}=")] {
            refused(&app, &token).await;
        }
        for value in ["", "Bearer", "Bearer ", "bearer: x", &good] {
            app.get("/v1/me").header("authorization", value).refused(ProblemCode::Unauthenticated).await;
        }
        let huge = app.get("/v1/me").header("authorization", format!("Bearer {}", "A".repeat(200_000))).send().await;
        assert!([401, 431].contains(&huge.status), "{}", huge.text());
        let (header, claims) = parts(&app);
        let bomb = json!({"iss": "x".repeat(4_000), "sub": claims["sub"]});
        refused(&app, &format!("{}.{}.{}", encoded(&header), encoded(&bomb), "A".repeat(86))).await;
    }

    async fn a_token_of_an_ended_session_is_refused_at_once(app: TestApp) {
        app.post("/v1/me/sign-out").by(&app.world.mentor).expect(204).await;
        app.get("/v1/me").by(&app.world.mentor).refused(ProblemCode::Unauthenticated).await;
        let staff = format!("/v1/staff/{}/sessions", app.world.other_mentor.id);
        app.delete(&staff).by(&app.world.manager).expect(200).await;
        app.get("/v1/me").by(&app.world.other_mentor).refused(ProblemCode::Unauthenticated).await;
    }
}

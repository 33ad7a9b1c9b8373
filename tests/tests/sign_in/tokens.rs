//! Access tokens at the door.

use super::{Account, signed_in};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use contract::{ProblemCode, StaffRole};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use muwakaba_tests::both_databases;
use serde_json::{Value, json};

both_databases! {
    async fn hostile_tokens_are_refused(app: TestApp) {
        let good = app.world.mentor.access_token.clone();
        let parts: Vec<&str> = good.split('.').collect();
        let [header, claims, signature] = parts[..] else { panic!("three parts") };
        let mut nobody: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
        nobody["alg"] = json!("none");
        let nobody = URL_SAFE_NO_PAD.encode(nobody.to_string());
        let mut other: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        other["sid"] = json!(app.world.administrator.session);
        let other = URL_SAFE_NO_PAD.encode(other.to_string());
        for token in [
            String::new(),
            "x".to_owned(),
            format!("{nobody}.{claims}."),
            format!("{nobody}.{claims}.{signature}"),
            format!("{header}.{other}.{signature}"),
            format!("{header}.{claims}."),
            format!("{header}.{claims}"),
            "é".to_owned(),
        ] {
            let problem = app.get("/v1/me").header("authorization", format!("Bearer {token}")).refused(ProblemCode::Unauthenticated).await;
            assert_eq!(problem.detail, None, "{token}");
        }
        for header in [good.clone(), format!("Basic {good}"), format!("DPoP {good}")] {
            app.get("/v1/me").header("authorization", header).refused(ProblemCode::Unauthenticated).await;
        }
        let refused = app.get("/v1/me").expect(401).await;
        assert_eq!(refused.header("www-authenticate"), "Bearer");
        app.get("/v1/me").by(&app.world.mentor).expect(200).await;
    }

    async fn a_token_expires(app: TestApp) {
        app.clock.advance(TimeDelta::seconds(604));
        app.get("/v1/me").by(&app.world.mentor).expect(200).await;
        app.clock.advance(TimeDelta::seconds(1));
        app.get("/v1/me").by(&app.world.mentor).refused(ProblemCode::Unauthenticated).await;
    }

    async fn whoever_has_the_key_set_can_check_a_token_that_says_nothing_personal(app: TestApp) {
        let account = Account::in_use(&app, StaffRole::Mentor, "zineb@example.org").await;
        let person = signed_in(&account.sign_in(&app).await);
        let answer = app.get("/.well-known/jwks.json").expect(200).await;
        let key = answer.json()["keys"][0].clone();
        assert_eq!((&key["kty"], &key["crv"], &key["alg"], &key["use"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA"), &json!("sig")));
        let header = jsonwebtoken::decode_header(&person.access_token).unwrap();
        assert_eq!(key["kid"], header.kid.unwrap());
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&["muwakaba"]);
        validation.set_issuer(&[&app.base_url]);
        validation.validate_exp = false;
        let verifying = DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
        let claims = jsonwebtoken::decode::<Value>(&person.access_token, &verifying, &validation).unwrap().claims;
        let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
        assert_eq!(names, ["aud", "exp", "iat", "iss", "nbf", "sid", "sub"]);
    }
}

use super::*;
use serde_json::{Value, json};
use uuid::Uuid;

const ISSUER: &str = "https://muwakaba.example.org";
const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> Instant {
    Instant::from_seconds(NOW + seconds).unwrap()
}

fn new_key() -> Vec<u8> {
    Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap().as_ref().to_vec()
}

fn tokens(key: &[u8]) -> AccessTokens {
    AccessTokens::new(ISSUER.to_owned(), key, None).unwrap()
}

fn session() -> SessionId {
    SessionId(Uuid::from_u128((0x7 << 76) | (0x2 << 62) | 7))
}

/// Signs any header and claims with a key of ours: what only somebody could do who has the key.
fn sign(key: &[u8], header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = Ed25519KeyPair::from_pkcs8(key).unwrap().sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header(key: &[u8]) -> Value {
    json!({"alg": "EdDSA", "typ": "at+jwt", "kid": tokens(key).key_id})
}

fn claims() -> Value {
    json!({"iss": ISSUER, "aud": "muwakaba", "sub": Uuid::from_u128(1), "sid": session(),
           "iat": NOW, "nbf": NOW, "exp": NOW + LIFETIME})
}

#[test]
fn a_token_is_good_for_ten_minutes_and_five_seconds_of_leeway() {
    let tokens = tokens(&new_key());
    let token = tokens.issue(Uuid::from_u128(1), session(), at(0)).unwrap();
    for (seconds, good) in [(-6, false), (-5, true), (0, true), (604, true), (605, false), (100_000, false)] {
        assert_eq!(tokens.verify(&token, at(seconds)), good.then_some(session()), "{seconds}");
    }
}

#[test]
fn headers_that_say_anything_else_are_refused() {
    let key = new_key();
    assert_eq!(tokens(&key).verify(&sign(&key, &header(&key), &claims()), at(0)), Some(session()));
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("typ", json!("JWT")),
        ("typ", Value::Null),
        ("kid", json!("another")),
        ("kid", Value::Null),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("jku", json!("https://example.org/keys")),
        ("x5u", json!("https://example.org/certificate")),
        ("x5c", json!(["AAAA"])),
        ("jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"})),
    ] {
        let mut header = header(&key);
        header[name] = value.clone();
        assert_eq!(tokens(&key).verify(&sign(&key, &header, &claims()), at(0)), None, "{name} {value}");
    }
}

#[test]
fn claims_for_somebody_else_or_missing_ones_are_refused() {
    let key = new_key();
    for (name, value) in [
        ("iss", json!("https://other.example.org")),
        ("aud", json!("other")),
        ("sub", json!("nobody")),
        ("sid", json!("no session")),
        ("exp", json!(NOW - 5)),
        ("nbf", json!(NOW + 6)),
    ] {
        let mut wrong = claims();
        wrong[name] = value;
        assert_eq!(tokens(&key).verify(&sign(&key, &header(&key), &wrong), at(0)), None, "{name} wrong");
        let mut missing = claims();
        missing.as_object_mut().unwrap().remove(name);
        assert_eq!(tokens(&key).verify(&sign(&key, &header(&key), &missing), at(0)), None, "{name} missing");
    }
}

#[test]
fn tokens_of_another_key_and_changed_ones_are_refused() {
    let (key, other) = (new_key(), new_key());
    // Signed with another key under our key's name.
    assert_eq!(tokens(&key).verify(&sign(&other, &header(&key), &claims()), at(0)), None);
    let good = sign(&key, &header(&key), &claims());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = message.split_once('.').unwrap();
    let mut later = claims();
    later["exp"] = json!(NOW + 100_000);
    let later = URL_SAFE_NO_PAD.encode(later.to_string());
    for token in [
        format!("{head}.{later}.{signature}"),
        format!("{message}."),
        message.to_owned(),
        String::new(),
        "..".to_owned(),
        format!("{good}A"),
        format!(" {good}"),
    ] {
        assert_eq!(tokens(&key).verify(&token, at(0)), None, "{token}");
    }
}

#[test]
fn after_a_change_of_key_the_last_tokens_of_the_old_one_are_still_good() {
    let (old, new) = (new_key(), new_key());
    let token = tokens(&old).issue(Uuid::from_u128(1), session(), at(0)).unwrap();
    let both = AccessTokens::new(ISSUER.to_owned(), &new, Some(&old)).unwrap();
    assert_eq!(both.verify(&token, at(0)), Some(session()));
    assert_eq!(tokens(&new).verify(&token, at(0)), None);
    let fresh = both.issue(Uuid::from_u128(1), session(), at(0)).unwrap();
    assert_eq!(tokens(&new).verify(&fresh, at(0)), Some(session()));
    let names: Vec<String> = both.key_set().keys.into_iter().map(|key| key.kid).collect();
    assert_eq!(names, [tokens(&new).key_id, tokens(&old).key_id]);
}

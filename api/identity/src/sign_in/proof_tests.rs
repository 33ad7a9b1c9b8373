use super::*;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn now() -> Instant {
    Instant::from_seconds(1_800_000_000).unwrap()
}

fn public_url() -> Uri {
    "https://muwakaba.example.org".parse().unwrap()
}

fn verify(text: &str) -> Result<Proof> {
    Proof::verify(
        text,
        &Expected { method: "POST", path: "/v1/token", public_url: &public_url(), now: now() },
    )
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn claims() -> Value {
    json!({"htm": "POST", "htu": "https://muwakaba.example.org/v1/token", "iat": 1_800_000_000_i64, "jti": "a"})
}

fn with(mut value: Value, name: &str, to: Value) -> Value {
    value[name] = to;
    value
}

struct P256(EcdsaKeyPair);

impl P256 {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn header(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..]].map(|part| URL_SAFE_NO_PAD.encode(part));
        json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256", "x": x, "y": y}})
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

#[test]
fn good_proofs_of_both_kinds_are_taken() {
    let key = P256::new();
    let proof = verify(&key.sign(&key.header(), &claims())).unwrap();
    assert_eq!(proof.key().len(), 43);

    let key = Ed25519KeyPair::generate().unwrap();
    let x = URL_SAFE_NO_PAD.encode(key.public_key());
    let header = json!({"typ": "dpop+jwt", "alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": x}});
    let message = format!("{}.{}", encode(&header), encode(&claims()));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    assert_ne!(verify(&format!("{message}.{signature}")).unwrap().key(), proof.key());
}

/// RFC 8037, appendix A.3: the thumbprint of the key of its example.
#[test]
fn the_published_thumbprint_is_ours() {
    let seed: Vec<u8> = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let key = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let jwk = Jwk {
        kty: "OKP".into(),
        crv: "Ed25519".into(),
        x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".into(),
        y: None,
        d: None,
    };
    let thumbprint = jwk.check("EdDSA", b"x", key.sign(b"x").as_ref()).unwrap();
    assert_eq!(thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn claims_for_another_request_or_time_are_refused() {
    let key = P256::new();
    let refused = [
        ("htm", json!("GET")),
        ("htm", json!("post")),
        ("htu", json!("https://muwakaba.example.org/v1/enrolment")),
        ("htu", json!("https://other.example.org/v1/token")),
        ("htu", json!("https://muwakaba.example.org:8443/v1/token")),
        ("htu", json!("https://muwakaba.example.org/v1/token?a=b")),
        ("htu", json!("/v1/token")),
        ("iat", json!(1_799_999_939)),
        ("iat", json!(1_800_000_006)),
        ("iat", json!(i64::MIN)),
        ("iat", json!(i64::MAX)),
        ("iat", json!("1800000000")),
        ("jti", json!("")),
        ("jti", json!("a".repeat(129))),
    ];
    for (name, value) in refused {
        let text = key.sign(&key.header(), &with(claims(), name, value.clone()));
        assert!(verify(&text).is_err(), "{name} {value}");
    }
    for (name, value) in [
        ("htu", json!("http://MUWAKABA.example.org:443/v1/token")),
        ("iat", json!(1_799_999_940)),
        ("iat", json!(1_800_000_005)),
    ] {
        let text = key.sign(&key.header(), &with(claims(), name, value.clone()));
        assert!(verify(&text).is_ok(), "{name} {value}");
    }
}

#[test]
fn headers_that_mean_something_else_are_refused() {
    let key = P256::new();
    for (name, value) in [
        ("typ", json!("JWT")),
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("EdDSA")),
        ("crit", json!(["exp"])),
        ("jwk", P256::new().header()["jwk"].clone()),
        ("jwk", with(key.header()["jwk"].clone(), "d", json!("AAAA"))),
        ("jwk", with(key.header()["jwk"].clone(), "x", json!("AAAA"))),
        ("jwk", json!({"kty": "oct", "k": "AAAA"})),
    ] {
        let text = key.sign(&with(key.header(), name, value.clone()), &claims());
        assert!(verify(&text).is_err(), "{name} {value}");
    }
    let good = key.sign(&key.header(), &claims());
    let (message, _) = good.rsplit_once('.').unwrap();
    for text in [String::new(), "..".to_owned(), message.to_owned(), format!("{message}."), "a".repeat(3_000)]
    {
        assert!(verify(&text).is_err(), "{text}");
    }
}

#[test]
fn on_a_developers_machine_one_loopback_name_is_as_good_as_another() {
    let public_url: Uri = "http://localhost:8080".parse().unwrap();
    for (text, same) in [
        ("http://127.0.0.1:8080/v1/token", true),
        ("http://[::1]:9/v1/token", true),
        ("https://localhost/v1/token", true),
        ("http://muwakaba.example.org/v1/token", false),
        ("http://localhost.example.org/v1/token", false),
    ] {
        assert_eq!(is_same_service(&text.parse().unwrap(), &public_url), same, "{text}");
    }
}

proptest! {
    #[test]
    fn hostile_text_is_refused_and_nothing_breaks(text in "[A-Za-z0-9_.=-]{0,300}") {
        prop_assert!(verify(&text).is_err());
    }
}

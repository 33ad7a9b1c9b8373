//! Tokens: the RFC's example, the cache, and what a push service refuses.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

use crate::channel::web_push::vapid::{Contact, VapidKeys, VapidRefusal, VapidSigner, verify};

/// RFC 8292 section 2.4; the line breaks of the RFC are taken out.
const RFC_HEADER: &str = "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";
const RFC_KEY: &str =
    "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";
const ORIGIN: &str = "https://push.example.net";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn noon() -> DateTime<Utc> {
    at("2026-12-01T12:00:00Z")
}

fn signer() -> (VapidSigner, String) {
    let (keys, _) = VapidKeys::generate().unwrap();
    let public_key = keys.public_key();
    (VapidSigner::new(Arc::new(keys), Contact::parse("mailto:push@example.org").unwrap()), public_key)
}

#[test]
fn the_example_of_rfc_8292_is_accepted_in_its_time_only() {
    let expiry = DateTime::from_timestamp(1_453_523_768, 0).unwrap();
    let claims = verify(RFC_HEADER, ORIGIN, Some(RFC_KEY), expiry - TimeDelta::hours(1)).unwrap();
    assert_eq!(claims.sub.as_deref(), Some("mailto:push@example.com"));
    for (now, ok) in [
        (expiry - TimeDelta::seconds(1), true),
        (expiry, false),
        (expiry - TimeDelta::hours(24), true),
        (expiry - TimeDelta::hours(24) - TimeDelta::seconds(1), false),
    ] {
        assert_eq!(verify(RFC_HEADER, ORIGIN, None, now).is_ok(), ok, "{now}");
    }
}

#[test]
fn each_fault_of_a_header_has_its_refusal() {
    let now = at("2016-01-23T00:00:00Z");
    let refusal = |header: &str, origin| verify(header, origin, Some(RFC_KEY), now).err();
    assert_eq!(refusal(RFC_HEADER, ORIGIN), None);
    assert_eq!(refusal(RFC_HEADER, "https://push.example.net:8443"), Some(VapidRefusal::Audience));
    assert_eq!(refusal(&RFC_HEADER.replace("vapid ", "Bearer "), ORIGIN), Some(VapidRefusal::Malformed));
    assert_eq!(refusal(RFC_HEADER.split(',').next().unwrap(), ORIGIN), Some(VapidRefusal::Malformed));
    assert_eq!(refusal("vapid", ORIGIN), Some(VapidRefusal::Malformed));
    assert_eq!(refusal(&RFC_HEADER.replace(".i3CY", ".j3CY"), ORIGIN), Some(VapidRefusal::Signature));
    assert_eq!(refusal(&RFC_HEADER.replace("k=BA1H", "k=BA1I"), ORIGIN), Some(VapidRefusal::Key));
    let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"none"}"#);
    let unsigned = RFC_HEADER.replace("eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9", &header);
    assert_eq!(refusal(&unsigned, ORIGIN), Some(VapidRefusal::Algorithm));
    let (other, _) = VapidKeys::generate().unwrap();
    assert_eq!(verify(RFC_HEADER, ORIGIN, Some(&other.public_key()), now), Err(VapidRefusal::Key));
}

#[test]
fn one_signature_serves_an_origin_until_an_hour_before_its_end() {
    let (signer, public_key) = signer();
    let first = signer.authorization(ORIGIN, noon()).unwrap();
    assert!(first.is_sensitive());
    assert_eq!(signer.authorization(ORIGIN, noon() + TimeDelta::hours(11)).unwrap(), first);
    let later = noon() + TimeDelta::hours(11) + TimeDelta::seconds(1);
    let second = signer.authorization(ORIGIN, later).unwrap();
    assert_ne!(second, first);
    let claims = verify(second.to_str().unwrap(), ORIGIN, Some(&public_key), later).unwrap();
    assert_eq!(claims.exp, (later + TimeDelta::hours(12)).timestamp());
    assert_eq!(claims.sub.as_deref(), Some("mailto:push@example.org"));

    assert_ne!(signer.authorization(ORIGIN, noon()).unwrap(), second, "the clock was set back");
}

#[test]
fn each_origin_has_its_own_with_the_port_in_it() {
    let (signer, public_key) = signer();
    for origin in ["http://127.0.0.1:4000", "http://127.0.0.1:4001"] {
        let header = signer.authorization(origin, noon()).unwrap();
        assert_eq!(verify(header.to_str().unwrap(), origin, Some(&public_key), noon()).unwrap().aud, origin);
    }
}

#[test]
fn a_refused_signature_is_made_anew() {
    let (signer, _) = signer();
    let first = signer.authorization(ORIGIN, noon()).unwrap();
    signer.forget(ORIGIN);
    assert_ne!(signer.authorization(ORIGIN, noon()).unwrap(), first);
}

#[test]
fn keys_survive_storage_and_do_not_print() {
    let (keys, pkcs8) = VapidKeys::generate().unwrap();
    let again = VapidKeys::from_pkcs8(&pkcs8).unwrap();
    assert_eq!(again.public_key(), keys.public_key());
    assert_eq!(format!("{keys:?}"), format!("VapidKeys({}, …)", keys.public_key()));
    assert!(VapidKeys::from_pkcs8(&pkcs8[1..]).is_err());
    assert!(VapidKeys::from_pkcs8(b"").is_err());
}

#[test]
fn a_contact_is_a_way_to_reach_someone() {
    for good in ["mailto:push@example.org", "https://example.org/contact"] {
        assert!(Contact::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "push@example.org",
        "mailto:",
        "mailto:@",
        "http://example.org",
        "https://",
        "mailto:a b@c",
        "tel:1",
    ] {
        assert!(Contact::parse(bad).is_err(), "{bad}");
    }
}

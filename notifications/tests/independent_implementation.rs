//! Web Push as another implementation sees it: `tests/oracle/web_push_oracle.py`, run by the Python that
//! `MUWAKABA_PYTHON` names (it needs pywebpush, http-ece and py-vapid).
//!
//! Without that variable there is nothing to compare with, and the tests say so and pass; with
//! `CI_REQUIRES_ORACLE=1` they fail instead, so that a test run that must have it cannot quietly do without.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "all of this file is a test; clippy excepts only the functions marked as such"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use notifications::channel::web_push::decrypt::decrypt;
use notifications::channel::web_push::encrypt::{
    EphemeralSource as _, PaddedLength, SystemEphemeral, encrypt,
};
use notifications::channel::web_push::keys::{ReceiverKeys, SubscriptionKeys};
use notifications::channel::web_push::vapid::{Contact, VapidKeys, VapidRefusal, VapidSigner, verify};
use serde_json::{Value, json};

/// Payload lengths around every edge: nothing, one block, the limit.
const LENGTHS: [usize; 9] = [0, 1, 15, 16, 17, 300, 1_000, 1_499, 1_500];

struct Oracle {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    fn start() -> Option<Self> {
        let Some(python) = std::env::var_os("MUWAKABA_PYTHON").filter(|python| !python.is_empty()) else {
            let required = std::env::var("CI_REQUIRES_ORACLE").is_ok_and(|value| value == "1");
            assert!(!required, "CI_REQUIRES_ORACLE=1, but MUWAKABA_PYTHON names no Python with pywebpush");
            eprintln!("not compared: MUWAKABA_PYTHON is not set");
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracle/web_push_oracle.py");
        let mut process = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("MUWAKABA_PYTHON is a Python that can be run");
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Some(Self { process, input, output })
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.input, "{question}")
            .expect("the oracle runs (are pywebpush, http-ece, py-vapid installed?)");
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line)
            .expect("the oracle answers (are pywebpush, http-ece, py-vapid installed?)");
        assert_eq!(answer.get("error"), None, "{question}");
        answer
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}"))
}

fn payload(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 % 256) as u8).collect()
}

#[test]
fn the_other_implementation_opens_what_we_seal() {
    let Some(mut oracle) = Oracle::start() else { return };
    for length in LENGTHS {
        let receiver = ReceiverKeys::generate().unwrap();
        let keys = SubscriptionKeys::parse(&receiver.p256dh(), &receiver.auth_base64url()).unwrap();
        let ephemeral = SystemEphemeral.next().unwrap();
        let body = encrypt(&payload(length), &keys, PaddedLength::STANDARD, &ephemeral).unwrap();
        let answer = oracle.ask(&json!({
            "do": "open",
            "body": encoded(&body),
            "private_key": encoded(&receiver.private_key_bytes().unwrap()[..]),
            "auth": receiver.auth_base64url(),
        }));
        assert_eq!(text(&answer, "payload"), encoded(&payload(length)), "{length} bytes");
    }
}

#[test]
fn we_open_what_the_other_implementation_seals() {
    let Some(mut oracle) = Oracle::start() else { return };
    // The other one has no way to seal nothing.
    for length in LENGTHS.into_iter().filter(|length| *length > 0) {
        let receiver = ReceiverKeys::generate().unwrap();
        let answer = oracle.ask(&json!({
            "do": "seal",
            "payload": encoded(&payload(length)),
            "p256dh": receiver.p256dh(),
            "auth": receiver.auth_base64url(),
        }));
        let body = URL_SAFE_NO_PAD.decode(text(&answer, "body")).unwrap();
        assert_eq!(decrypt(&body, &receiver).unwrap(), payload(length), "{length} bytes");
    }
}

#[test]
fn the_other_implementation_accepts_our_signature_and_no_changed_one() {
    let Some(mut oracle) = Oracle::start() else { return };
    let (keys, _) = VapidKeys::generate().unwrap();
    let signer = VapidSigner::new(Arc::new(keys), Contact::parse("mailto:push@example.org").unwrap());
    let now: DateTime<Utc> = "2026-12-01T12:00:00Z".parse().unwrap();
    let origin = "https://push.example.net:8443";
    let header = signer.authorization(origin, now).unwrap();
    let header = header.to_str().unwrap();

    let answer = oracle.ask(&json!({ "do": "check", "authorization": header }));
    assert_eq!(answer["valid"], true);
    let expiry = (now + TimeDelta::hours(12)).timestamp();
    assert_eq!(answer["claims"], json!({ "aud": origin, "exp": expiry, "sub": "mailto:push@example.org" }));

    let (other, _) = VapidKeys::generate().unwrap();
    let (token, _) = header.split_once("k=").unwrap();
    let changed = format!("{token}k={}", other.public_key());
    assert_eq!(oracle.ask(&json!({ "do": "check", "authorization": changed }))["valid"], false);
}

#[test]
fn we_accept_the_other_implementations_signature() {
    let Some(mut oracle) = Oracle::start() else { return };
    let now: DateTime<Utc> = "2026-12-01T12:00:00Z".parse().unwrap();
    let answer = oracle.ask(&json!({
        "do": "sign",
        "audience": "https://push.example.net:8443",
        "expiry": (now + TimeDelta::hours(12)).timestamp(),
        "contact": "mailto:push@example.org",
    }));
    let header = text(&answer, "authorization");
    assert!(verify(header, "https://push.example.net:8443", None, now).is_ok());
    assert_eq!(verify(header, "https://push.example.net", None, now), Err(VapidRefusal::Audience));
}

//! The RFC's own example, round trips, and everything that must not be opened.

use std::time::Duration;

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contract::DeviceId;
use proptest::prelude::*;
use uuid::Uuid;

use crate::channel::web_push::decrypt::{DecryptError, decrypt};
use crate::channel::web_push::encrypt::{
    EncryptError, Ephemeral, EphemeralSource as _, PaddedLength, SystemEphemeral, encrypt,
};
use crate::channel::web_push::keys::{KeysRefusal, ReceiverKeys, SubscriptionKeys};
use crate::channel::web_push::request::{TopicKey, time_to_live};

/// RFC 8291 section 5 and appendix A.
mod rfc {
    pub const PLAINTEXT: &[u8] = b"When I grow up, I want to be a watermelon";
    pub const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    pub const RECEIVER_PRIVATE: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    pub const RECEIVER_PUBLIC: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    pub const SENDER_PRIVATE: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    pub const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
    pub const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
}

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn rfc_receiver() -> ReceiverKeys {
    let private = bytes(rfc::RECEIVER_PRIVATE).try_into().unwrap();
    ReceiverKeys::from_bytes(&private, bytes(rfc::AUTH).try_into().unwrap()).unwrap()
}

fn subscription(receiver: &ReceiverKeys) -> SubscriptionKeys {
    SubscriptionKeys::parse(&receiver.p256dh(), &receiver.auth_base64url()).unwrap()
}

fn seal(payload: &[u8], receiver: &ReceiverKeys, padded: PaddedLength) -> Vec<u8> {
    encrypt(payload, &subscription(receiver), padded, &SystemEphemeral.next().unwrap()).unwrap()
}

#[test]
fn the_example_of_rfc_8291_comes_out_byte_for_byte() {
    let receiver = rfc_receiver();
    assert_eq!(receiver.p256dh(), rfc::RECEIVER_PUBLIC);
    let ephemeral = Ephemeral {
        private_key: PrivateKey::from_private_key(&ECDH_P256, &bytes(rfc::SENDER_PRIVATE)).unwrap(),
        salt: bytes(rfc::SALT).try_into().unwrap(),
    };
    // The example is not padded.
    let padded = PaddedLength::new(rfc::PLAINTEXT.len()).unwrap();
    let keys = SubscriptionKeys::parse(rfc::RECEIVER_PUBLIC, rfc::AUTH).unwrap();
    let body = encrypt(rfc::PLAINTEXT, &keys, padded, &ephemeral).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(body), rfc::BODY);
}

#[test]
fn the_example_of_rfc_8291_is_opened() {
    assert_eq!(decrypt(&bytes(rfc::BODY), &rfc_receiver()).unwrap(), rfc::PLAINTEXT);
}

#[test]
fn a_payload_over_the_padded_length_is_refused() {
    let receiver = rfc_receiver();
    for padded in [PaddedLength::STANDARD, PaddedLength::SMALL] {
        let longest = vec![7; padded.payload()];
        assert_eq!(decrypt(&seal(&longest, &receiver, padded), &receiver).unwrap(), longest);
        let longer = vec![7; padded.payload() + 1];
        let refused = encrypt(&longer, &subscription(&receiver), padded, &SystemEphemeral.next().unwrap());
        assert_eq!(refused, Err(EncryptError::TooLong(padded.payload())));
    }
    assert_eq!(PaddedLength::STANDARD.body(), 1_603);
    assert_eq!(PaddedLength::SMALL.body(), 403);
    assert_eq!(PaddedLength::new(3_993).map(PaddedLength::body), Some(4_096));
    assert_eq!(PaddedLength::new(3_994), None);
}

#[test]
fn two_messages_share_neither_salt_nor_key() {
    let receiver = rfc_receiver();
    let (one, two) = (seal(b"x", &receiver, PaddedLength::SMALL), seal(b"x", &receiver, PaddedLength::SMALL));
    assert_ne!(one[..16], two[..16]);
    assert_ne!(one[21..86], two[21..86]);
}

#[test]
fn a_body_for_someone_else_is_not_opened() {
    let body = seal(b"x", &rfc_receiver(), PaddedLength::SMALL);
    assert_eq!(decrypt(&body, &ReceiverKeys::generate().unwrap()), Err(DecryptError::NotAuthentic));
    // The same key pair with another authentication secret.
    let private = bytes(rfc::RECEIVER_PRIVATE).try_into().unwrap();
    let other = ReceiverKeys::from_bytes(&private, [9; 16]).unwrap();
    assert_eq!(decrypt(&body, &other), Err(DecryptError::NotAuthentic));
}

#[test]
fn stored_receiver_keys_still_open() {
    let receiver = ReceiverKeys::generate().unwrap();
    let body = seal(b"kept", &receiver, PaddedLength::STANDARD);
    let auth = bytes(&receiver.auth_base64url()).try_into().unwrap();
    let again = ReceiverKeys::from_bytes(&receiver.private_key_bytes().unwrap(), auth).unwrap();
    assert_eq!(decrypt(&body, &again).unwrap(), b"kept");
}

#[test]
fn hostile_subscription_keys_are_refused() {
    let good = rfc::RECEIVER_PUBLIC;
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let mut off_curve = bytes(good);
    off_curve[64] ^= 1;
    let mut compressed = bytes(good)[..33].to_vec();
    compressed[0] = 2 + (bytes(good)[64] & 1);
    let mut hybrid = bytes(good);
    hybrid[0] = 6 + (hybrid[64] & 1);
    let over_the_field = [&[4_u8][..], &[0xff; 64]].concat();
    for (p256dh, refusal) in [
        (encoded(&off_curve), KeysRefusal::PublicKeyPoint),
        (encoded(&[&[4_u8][..], &[0; 64]].concat()), KeysRefusal::PublicKeyPoint),
        (encoded(&over_the_field), KeysRefusal::PublicKeyPoint),
        (encoded(&hybrid), KeysRefusal::PublicKeyForm),
        (encoded(&compressed), KeysRefusal::PublicKeyForm),
        (encoded(&[0]), KeysRefusal::PublicKeyForm),
        (encoded(&[0; 65]), KeysRefusal::PublicKeyForm),
        (String::new(), KeysRefusal::PublicKeyForm),
        ("A".repeat(1_000_000), KeysRefusal::PublicKeyForm),
        (good.replace('B', "+"), KeysRefusal::PublicKeyForm),
        (format!("{good} "), KeysRefusal::PublicKeyForm),
    ] {
        assert_eq!(SubscriptionKeys::parse(&p256dh, rfc::AUTH).err(), Some(refusal), "{p256dh:.100}");
    }
    for auth in ["", "BTBZMqHH6r4Tts7J_aSI", "BTBZMqHH6r4Tts7J_aSIggAA", "BTBZMqHH6r4Tts7J/aSIgg"] {
        assert_eq!(SubscriptionKeys::parse(good, auth).err(), Some(KeysRefusal::Auth), "{auth}");
    }
    assert!(SubscriptionKeys::parse(&format!("{good}="), &format!("{}==", rfc::AUTH)).is_ok());
}

#[test]
fn secrets_do_not_print() {
    let receiver = rfc_receiver();
    let printed = format!("{receiver:?} {:?} {:?}", subscription(&receiver), TopicKey::new(&[1; 32]));
    assert_eq!(printed, "ReceiverKeys(…) SubscriptionKeys(…) TopicKey(…)");
}

#[test]
fn malformed_bodies_are_told_from_forged_ones() {
    let receiver = rfc_receiver();
    let body = seal(b"x", &receiver, PaddedLength::SMALL);
    for length in [0, 15, 16, 20, 21, 85, 86, 102] {
        assert_eq!(decrypt(&body[..length], &receiver), Err(DecryptError::Malformed), "{length}");
    }
    let changed = |at: usize, to: u8| {
        let mut body = body.clone();
        body[at] = to;
        decrypt(&body, &receiver)
    };
    assert_eq!(changed(20, 33), Err(DecryptError::Malformed), "key id of another length");
    assert_eq!(changed(18, 0), Err(DecryptError::Malformed), "record size under the record's");
    assert_eq!(changed(21, 3), Err(DecryptError::Malformed), "point in another form");
    assert_eq!(changed(85, body[85] ^ 1), Err(DecryptError::Sender), "point off the curve");
    assert_eq!(changed(0, body[0] ^ 1), Err(DecryptError::NotAuthentic), "another salt");
}

#[test]
fn the_topic_is_stable_secret_and_of_the_allowed_length() {
    let key = TopicKey::new(&[1; 32]);
    let [person, other, subject] = [1, 2, 3].map(Uuid::from_u128);
    let (phone, tablet) = (DeviceId(other), DeviceId(subject));
    let topic = key.topic(phone, person, subject);
    assert_eq!(topic.as_str().len(), 32);
    assert!(topic.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert_eq!(topic, key.topic(phone, person, subject));
    // Nobody learns from two of them that they belong together.
    let all = [
        topic.clone(),
        key.topic(tablet, person, subject),
        key.topic(phone, person, other),
        key.topic(phone, other, subject),
        key.tag(person, subject),
        key.tag(other, subject),
        key.wake_up(phone),
        key.wake_up(tablet),
        TopicKey::new(&[2; 32]).topic(phone, person, subject),
    ];
    for (index, one) in all.iter().enumerate() {
        assert!(all.iter().skip(index + 1).all(|another| another != one), "{index}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_is_opened_and_every_body_is_as_long(payload in prop::collection::vec(any::<u8>(), 0..=1_500)) {
        let receiver = ReceiverKeys::generate().unwrap();
        let body = seal(&payload, &receiver, PaddedLength::STANDARD);
        prop_assert_eq!(body.len(), PaddedLength::STANDARD.body());
        prop_assert_eq!(decrypt(&body, &receiver).unwrap(), payload);
    }

    #[test]
    fn one_changed_bit_anywhere_is_noticed(at in 0..403_usize, bit in 0..8_u8) {
        let receiver = rfc_receiver();
        let mut body = seal(b"payload", &receiver, PaddedLength::SMALL);
        body[at] ^= 1 << bit;
        let opened = decrypt(&body, &receiver);
        // The record size is not authenticated by the coding; a larger one still holds the record.
        if (16..20).contains(&at) {
            prop_assert!(matches!(opened, Ok(_) | Err(DecryptError::Malformed)));
        } else {
            prop_assert!(opened.is_err());
        }
    }

    #[test]
    fn any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(decrypt(&body, &rfc_receiver()).is_err());
    }

    #[test]
    fn no_message_lives_longer_than_it_is_of_use(left in 0..10_000_000_u64) {
        let header = time_to_live(Duration::from_secs(left));
        let seconds: u64 = header.to_str().unwrap().parse().unwrap();
        prop_assert!(seconds <= left);
        // And it is not cut to a small part, up to the four weeks that services keep messages.
        prop_assert!(!(60..=2_419_200).contains(&left) || seconds * 6 > left);
    }
}

use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Instant {
    Instant::from_seconds(seconds).unwrap()
}

fn reminder(number: u128) -> ReminderId {
    ReminderId(Uuid::from_u128(number))
}

#[test]
fn a_token_opens_its_own_action_until_it_expires() {
    let key = ActionKey::new(&[7; 32]);
    for purpose in TokenPurpose::all() {
        let token = key.issue(reminder(5), purpose, at(1_000));
        assert_eq!(token.as_str().len(), TOKEN_LENGTH);
        assert_eq!(
            key.verify(token.as_str(), at(999)),
            Ok(VerifiedToken { reminder_id: reminder(5), purpose })
        );
        assert_eq!(key.verify(token.as_str(), at(1_000)), Err(TokenRefusal::Expired));
    }
}

#[test]
fn every_changed_bit_is_noticed_and_so_is_another_key() {
    let key = ActionKey::new(&[7; 32]);
    let token = key.issue(reminder(5), TokenPurpose::Action(NotificationAction::Confirm), at(1_000));
    let bytes = URL_SAFE_NO_PAD.decode(token.as_str()).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            key.verify(&URL_SAFE_NO_PAD.encode(changed), at(0)),
            Err(TokenRefusal::Invalid),
            "bit {bit}"
        );
    }
    assert_eq!(ActionKey::new(&[8; 32]).verify(token.as_str(), at(0)), Err(TokenRefusal::Invalid));
}

#[test]
fn no_button_works_for_more_than_a_week_and_receipts_a_day_longer() {
    let now = at(0);
    let (day, month) = (TimeDelta::days(1), TimeDelta::days(30));
    assert_eq!(
        expiry(TokenPurpose::Action(NotificationAction::Confirm), now, now.saturating_add(day)),
        now.saturating_add(day)
    );
    assert_eq!(
        expiry(TokenPurpose::Action(NotificationAction::AskToMove), now, now.saturating_add(month)),
        now.saturating_add(MAX_LIFE)
    );
    assert_eq!(
        expiry(TokenPurpose::Receipt, now, now.saturating_add(day)),
        now.saturating_add(day + RECEIPT_GRACE)
    );
}

#[test]
fn neither_key_nor_token_prints() {
    let key = ActionKey::new(&[7; 32]);
    let token = key.issue(reminder(5), TokenPurpose::Action(NotificationAction::Confirm), at(1_000));
    assert_eq!(format!("{key:?} {token:?}"), "ActionKey(…) ActionToken(…)");
}

proptest! {
    #[test]
    fn no_text_makes_it_fail_otherwise_than_by_refusing(text in ".{0,60}") {
        prop_assert_eq!(ActionKey::new(&[7; 32]).verify(&text, at(0)), Err(TokenRefusal::Invalid));
    }
}

/// Tokens lie on phones for a week, so no byte may change its meaning.
#[test]
fn each_purpose_keeps_its_byte() {
    let bytes: Vec<(&str, u8)> =
        TokenPurpose::all().map(|purpose| (purpose.as_str(), purpose.byte())).collect();
    for known in [("confirm", 1), ("ask_to_move", 2), ("receipt", 3)] {
        assert!(bytes.contains(&known), "{bytes:?}");
    }
    for (place, (_, byte)) in bytes.iter().enumerate() {
        assert!(bytes.iter().take(place).all(|(_, other)| other != byte), "one byte for two: {bytes:?}");
    }
}

use super::*;
use proptest::prelude::*;

#[test]
fn every_state_and_every_command() {
    let mut table = String::new();
    for state in ReferralState::ALL {
        for command in ReferralCommand::ALL {
            let becomes = after(*state, *command).map_or("-", ReferralState::as_str);
            table += &format!("{state} {command} {becomes}\n");
        }
    }
    let expected = "\
asked send sent
asked accept accepted
asked refuse refused
asked record_meeting -
asked close -
asked revoke revoked
sent send sent
sent accept accepted
sent refuse refused
sent record_meeting -
sent close -
sent revoke revoked
accepted send -
accepted accept -
accepted refuse -
accepted record_meeting met
accepted close closed
accepted revoke revoked
refused send -
refused accept -
refused refuse -
refused record_meeting -
refused close -
refused revoke -
met send -
met accept -
met refuse -
met record_meeting -
met close closed
met revoke revoked
closed send -
closed accept -
closed refuse -
closed record_meeting -
closed close -
closed revoke -
revoked send -
revoked accept -
revoked refuse -
revoked record_meeting -
revoked close -
revoked revoke -
";
    assert_eq!(table, expected);
}

#[test]
fn a_partner_has_a_week_and_the_link_two() {
    let at = |text: &str| text.parse::<Instant>().unwrap();
    let sent = at("2026-11-01T10:00:00Z");
    for (now, waits) in [
        ("2026-11-08T09:59:59Z", Waiting::Quiet(at("2026-11-08T10:00:00Z"))),
        ("2026-11-08T10:00:00Z", Waiting::Unanswered(at("2026-11-15T10:00:00Z"))),
        ("2026-11-15T09:59:59Z", Waiting::Unanswered(at("2026-11-15T10:00:00Z"))),
        ("2026-11-15T10:00:00Z", Waiting::LinkExpired),
    ] {
        assert_eq!(waiting(sent, at(now)), waits, "{now}");
    }
}

#[test]
fn they_meet_after_they_asked_and_not_in_the_future() {
    let at = |text: &str| text.parse::<Instant>().unwrap();
    let (asked, now) = (at("2026-11-01T23:30:00Z"), at("2026-11-08T23:30:00Z"));
    for (day, fault) in [
        ("2026-10-30", Some("before_start")),
        ("2026-10-31", None),
        ("2026-11-09", None),
        ("2026-11-10", Some("future")),
    ] {
        assert_eq!(
            check_meeting(day.parse().unwrap(), asked, now).err().map(|fault| fault.0),
            fault,
            "{day}"
        );
    }
}

proptest! {
    #[test]
    fn whatever_is_done_what_is_over_stays_so(commands in proptest::collection::vec(0_usize..6, 0..20)) {
        let mut state = Asked;
        for command in commands {
            let command = ReferralCommand::ALL[command];
            prop_assert_eq!(possible(state).contains(&command), after(state, command).is_some());
            if let Some(next) = after(state, command) {
                prop_assert!(is_open(state));
                state = next;
            } else {
                prop_assert!(!is_open(state) || command != Revoke);
            }
        }
    }
}

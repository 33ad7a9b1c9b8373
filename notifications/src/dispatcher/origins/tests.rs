use std::time::Duration;

use contract::time::Instant;
use contract::{DeviceId, ReminderId, Urgency};
use tokio::time::Instant as Tick;
use uuid::Uuid;

use super::*;
use crate::outbox::{Due, Lease, Origin};

fn target(endpoint: &str) -> Target {
    let address = match endpoint {
        "fcm" => Address::Fcm { token: "a token".to_owned() },
        _ => Address::WebPush {
            endpoint: endpoint.to_owned(),
            agreement_key: Vec::new(),
            authentication_secret: Vec::new(),
        },
    };
    Target { device_id: DeviceId(Uuid::nil()), version: 1, is_refused: false, address }
}

fn claim(number: u128, endpoints: &[&str]) -> Claimed {
    Claimed {
        reminder: Due {
            id: ReminderId(Uuid::from_u128(number)),
            recipient_id: Uuid::nil(),
            subject_id: Uuid::nil(),
            is_repeated: false,
            urgency: Urgency::Normal,
            due_at: Instant::MIN,
            expires_at: Instant::MAX,
        },
        facts: None,
        language: None,
        home: None,
        targets: endpoints.iter().map(|endpoint| target(endpoint)).collect(),
        origin: Origin::Reminder,
        lease: Lease { from: Instant::MIN, until: Instant::MAX },
    }
}

fn go(entry: Entry) -> Visit {
    match entry {
        Entry::Go(visit) => visit,
        Entry::Parked => panic!("it was put aside"),
        Entry::GiveBack(..) => panic!("it was given back"),
    }
}

const A: &str = "https://a.example/1";
const B: &str = "https://b.example/1";
const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn a_service_is_named_by_scheme_host_and_port() {
    for (endpoint, named) in [
        ("https://a.example/x/y", "https://a.example"),
        ("http://127.0.0.1:8080/push/1", "http://127.0.0.1:8080"),
        ("https://a.example", "https://a.example"),
        ("fcm", "fcm"),
    ] {
        assert_eq!(name(&target(endpoint)), named);
    }
}

#[test]
fn one_service_has_a_quarter_of_the_lanes_and_others_are_not_concerned() {
    let (mut origins, now) = (Origins::new(16), Tick::now());
    let visits: Vec<Visit> = (0..4).map(|number| go(origins.enter(claim(number, &[A]), now))).collect();
    assert!(matches!(origins.enter(claim(4, &[A]), now), Entry::Parked));
    go(origins.enter(claim(5, &[B]), now));
    go(origins.enter(claim(6, &[]), now));
    // Whoever leaves takes up what was put aside.
    let freed = origins.leave(&visits[0], true, now + MILLISECOND);
    assert_eq!(freed.next.map(|claimed| claimed.reminder.id), Some(ReminderId(Uuid::from_u128(4))));
    assert!(!origins.has_parked());
}

#[test]
fn what_a_silent_service_is_asked_for_is_given_back() {
    let (mut origins, now) = (Origins::new(8), Tick::now());
    for number in 0..2 {
        go(origins.enter(claim(number, &[A]), now));
    }
    assert!(matches!(origins.enter(claim(2, &[A]), now), Entry::Parked));
    assert!(origins.sweep(now + SILENCE - MILLISECOND, false).is_empty());
    let later = now + SILENCE;
    assert!(matches!(origins.enter(claim(3, &[A]), later), Entry::GiveBack(_, SHORTEST_PAUSE)));
    let swept = origins.sweep(later, false);
    assert_eq!((swept.len(), swept[0].1, origins.has_parked()), (1, SHORTEST_PAUSE, false));
    // The other phone of the same person is reached.
    let visit = go(origins.enter(claim(4, &[A, B, A]), later));
    assert_eq!((visit.without_place.as_slice(), visit.pause), (&[0, 2][..], SHORTEST_PAUSE));
    origins.leave(&visit, true, later);
    assert_eq!(origins.lots[name(&target(A))].busy, 2, "it had no place there and gives none back");
}

#[test]
fn a_slow_service_is_not_waited_for_longer_than_a_second() {
    let (mut origins, mut now) = (Origins::new(8), Tick::now());
    let mut visits: VecDeque<Visit> =
        (0..2).map(|number| go(origins.enter(claim(number, &[A]), now))).collect();
    // Answers come, one each fifth of a second, so it is not silent; each takes five seconds.
    for number in 2..60 {
        now += 200 * MILLISECOND;
        if number % 2 == 0 {
            let visit = visits.pop_front().unwrap();
            let visit = Visit { began: now - Duration::from_secs(5), ..visit };
            assert!(origins.leave(&visit, true, now).next.is_none());
            visits.push_back(go(origins.enter(claim(number, &[A]), now)));
        }
    }
    assert!(
        matches!(origins.enter(claim(99, &[A]), now), Entry::GiveBack(_, pause) if pause >= SHORTEST_PAUSE)
    );
}

#[test]
fn a_quick_service_may_have_a_whole_batch_put_aside() {
    let (mut origins, now) = (Origins::new(8), Tick::now());
    for number in 0..2 {
        let visit = go(origins.enter(claim(number, &[A]), now));
        origins.leave(&visit, true, now + MILLISECOND);
    }
    for number in 0..2 {
        go(origins.enter(claim(number, &[A]), now));
    }
    for number in 0..500 {
        assert!(matches!(origins.enter(claim(number, &[A]), now), Entry::Parked));
    }
    assert_eq!(origins.sweep(now, true).len(), 500, "whoever stops gives everything back");
    assert!(!origins.has_parked());
}

#[test]
fn services_that_nobody_visits_are_forgotten() {
    let (mut origins, now) = (Origins::new(8), Tick::now());
    for number in 0..1_000 {
        let endpoint = format!("https://{number}.push.example/x");
        let visit = go(origins.enter(claim(number, &[&endpoint]), now));
        origins.leave(&visit, number % 2 == 0, now);
    }
    assert!(origins.lots.is_empty());
}

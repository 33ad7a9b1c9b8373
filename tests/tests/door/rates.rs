//! How often one session and one address may ask.

use super::{FOREVER, House};
use kernel::door::{RequestRate, RequestRates};
use muwakaba::limits::Limits;
use std::time::Instant;

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or_default()
}

fn authorized(house: &House) -> String {
    format!("authorization: Bearer {}\r\n", house.app.world.mentor.access_token)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_loops_waits_and_the_others_do_not() {
    let rate = RequestRate::new(2, 5);
    let house =
        House::with(Limits { requests: RequestRates { session: rate, source: None }, ..Limits::default() })
            .await;
    let mine = authorized(&house);
    let (mut good, mut waiting) = (0, String::new());
    for _ in 0..20 {
        let answer = house.ask("GET", "/v1/me", &mine).await;
        match status(&answer) {
            "200" => good += 1,
            "429" => waiting = answer,
            _ => panic!("{answer}"),
        }
    }
    assert!(good >= 5, "{good}");
    assert!(waiting.contains("retry-after: 1\r\n") && waiting.contains("too_many"), "{waiting}");
    let other = format!("authorization: Bearer {}\r\n", house.app.world.manager.access_token);
    assert_eq!(status(&house.ask("GET", "/v1/me", &other).await), "200");
    // And not for long.
    let begun = Instant::now();
    while status(&house.ask("GET", "/v1/me", &mine).await) != "200" {
        assert!(begun.elapsed() < FOREVER, "it waits for ever");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_loops_waits_whatever_it_asks_for_but_for_the_health() {
    let rate = RequestRate::new(1, 3);
    let house =
        House::with(Limits { requests: RequestRates { session: None, source: rate }, ..Limits::default() })
            .await;
    for path in ["/openapi.json", "/.well-known/jwks.json", "/nothing"] {
        assert_ne!(status(&house.ask("GET", path, "").await), "429", "{path}");
    }
    let mut waited = 0;
    for path in ["/openapi.json", "/openapi.yaml", "/docs", "/v1/me", "/nothing", "/.well-known/jwks.json"] {
        waited += usize::from(status(&house.ask("GET", path, "").await) == "429");
    }
    assert!(waited >= 3, "{waited}");
    for _ in 0..20 {
        assert_eq!(status(&house.ask("GET", "/healthz", "").await), "204");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_syncs_after_a_week_is_never_told_to_wait() {
    // As the settings have it when nobody chose anything.
    let settings = muwakaba::settings::Settings::load(None, []).unwrap();
    let house = House::with(settings.limits).await;
    let mine = authorized(&house);
    for _ in 0..300 {
        assert_eq!(status(&house.ask("GET", "/v1/me", &mine).await), "200");
    }
}

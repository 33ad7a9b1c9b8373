//! What all answers have in common, and how malformed requests are answered.

use super::{House, assert_problem};
use muwakaba::{limits::Limits, proxies::Proxies};

#[tokio::test]
async fn every_answer_carries_the_headers_of_an_interface() {
    let house = House::with(Limits::default()).await;
    let requests = [
        ("GET", "/healthz"),
        ("GET", "/v1/appointments"),
        ("GET", "/nothing/here"),
        ("DELETE", "/healthz"),
        ("GET", "/test/panic"),
        ("POST", "/v1/sign-in"),
    ];
    for (method, path) in requests {
        let answer = house.ask(method, path, "").await.to_lowercase();
        for header in [
            "x-content-type-options: nosniff",
            "content-security-policy: default-src 'none'; frame-ancestors 'none'",
            "referrer-policy: no-referrer",
            "cross-origin-resource-policy: same-origin",
            "cross-origin-opener-policy: same-origin",
            "x-frame-options: deny",
            "strict-transport-security: max-age=63072000",
            "cache-control: no-store, no-transform",
            "x-request-id: ",
        ] {
            assert!(answer.contains(header), "{method} {path} lacks {header}: {answer}");
        }
        assert!(!answer.contains("\r\nserver: "), "{answer}");
    }
    let plain = House::behind("http://127.0.0.1:8080", Limits::default(), Proxies::default()).await;
    let answer = plain.ask("GET", "/healthz", "").await;
    assert!(!answer.contains("strict-transport-security"), "browsers would be locked out: {answer}");
}

#[tokio::test]
async fn the_page_may_only_do_what_it_needs() {
    let house = House::with(Limits::default()).await;
    for (path, kind) in
        [("/docs/", "text/html"), ("/docs/page.js", "text/javascript"), ("/docs/page.css", "text/css")]
    {
        let answer = house.ask("GET", path, "").await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(kind), "{answer}");
        let policy = answer.lines().find(|line| line.starts_with("content-security-policy: ")).unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("require-trusted-types-for 'script'")
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(
            !answer.contains("://") && !answer.contains("innerHTML") && !answer.contains("<script>"),
            "{path}"
        );
    }
    assert!(house.ask("GET", "/docs", "").await.contains("location: /docs/"));
    let packed = house.ask("GET", "/openapi.json", "accept-encoding: gzip\r\n").await;
    assert!(packed.contains("content-encoding: gzip"), "the same for everybody, so it may be compressed");
    let tag = packed.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let known = house
        .ask("GET", "/openapi.json", &format!("accept-encoding: gzip\r\nif-none-match: {tag}\r\n"))
        .await;
    assert!(known.starts_with("HTTP/1.1 304") && known.ends_with("\r\n\r\n"), "{known}");
    let plain = house.ask("GET", "/openapi.json", "").await;
    assert!(
        plain.contains("vary: accept-encoding")
            && !plain.contains("content-encoding")
            && !plain.contains(tag)
    );
    let personal = house.ask("GET", "/v1/appointments", "accept-encoding: gzip\r\n").await;
    assert!(!personal.contains("content-encoding"), "{personal}");
}

#[tokio::test]
async fn a_panic_is_a_plain_answer_and_the_service_goes_on() {
    let house = House::with(Limits::default()).await;
    let answer = house.ask("GET", "/test/panic", "").await;
    assert_problem(&answer, "500", "internal");
    assert!(!answer.contains("canary") && !answer.contains("Fatima"), "{answer}");
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap();
    assert!(answer.contains(&format!("\"request_id\":\"{id}\"")), "{answer}");
    assert!(house.ask("GET", "/healthz", "").await.starts_with("HTTP/1.1 204"));
}

#[tokio::test]
async fn large_heads_are_refused() {
    let house = House::with(Limits::default()).await;
    let long = "a".repeat(9 * 1_024);
    assert_problem(
        &house.ask("GET", &format!("/v1/appointments?cursor={long}"), "").await,
        "414",
        "address_too_long",
    );
    assert_problem(
        &house.ask("GET", "/healthz", &format!("x-long: {long}\r\n")).await,
        "431",
        "headers_too_large",
    );
    let many: String = (0..90).map(|number| format!("x-{number}: {}\r\n", "a".repeat(100))).collect();
    assert_problem(&house.ask("GET", "/healthz", &many).await, "431", "headers_too_large");
    let huge = house.ask("GET", "/healthz", &format!("x-huge: {}\r\n", "a".repeat(300 * 1_024))).await;
    assert!(huge.is_empty() || huge.starts_with("HTTP/1.1 431"), "{huge}");
    for nonsense in [
        "\u{0}\u{1}\u{2}\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /\u{0} HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nhost\r\n\r\n",
    ] {
        let answer = house.say(nonsense).await;
        assert!(answer.starts_with("HTTP/1.1 400") || answer.is_empty(), "{nonsense:?}: {answer}");
    }
}

#[tokio::test]
async fn the_date_is_that_of_the_services_own_clock() {
    let house = House::with(Limits::default()).await;
    for (now, date) in [
        ("2026-11-23T10:00:00Z", "Mon, 23 Nov 2026 10:00:00 GMT"),
        ("2026-11-23T10:00:01Z", "Mon, 23 Nov 2026 10:00:01 GMT"),
        // The system's clock was wrong, and is set back.
        ("2026-11-01T08:05:09Z", "Sun, 01 Nov 2026 08:05:09 GMT"),
    ] {
        house.app.clock.set(now.parse().unwrap());
        let answer = house.ask("GET", "/healthz", "").await;
        let dates: Vec<_> = answer.lines().filter_map(|line| line.strip_prefix("date: ")).collect();
        assert_eq!(dates, [date]);
    }
}

#[tokio::test]
async fn a_request_is_for_one_host() {
    let house = House::with(Limits::default()).await;
    for head in [
        "GET /healthz HTTP/1.1\r\n",
        "GET /healthz HTTP/1.1\r\nhost: door\r\nhost: door\r\n",
        "GET /healthz HTTP/1.1\r\nhost: door\r\nHost: elsewhere\r\n",
        "GET /healthz HTTP/1.1\r\nhost: two words\r\n",
        "GET /healthz HTTP/1.1\r\nhost: door/path\r\n",
        "GET /healthz HTTP/1.1\r\nhost: someone@door\r\n",
        "GET /nothing/here HTTP/1.1\r\n",
        "GET http://door/healthz HTTP/1.1\r\n",
        "GET /healthz HTTP/1.0\r\nhost: door\r\nhost: elsewhere\r\n",
    ] {
        let answer = house.say(format!("{head}connection: close\r\n\r\n")).await;
        assert!(answer.contains(" 400 ") && answer.contains("\"code\":\"malformed\""), "{head}: {answer}");
    }
    for head in [
        "GET /healthz HTTP/1.1\r\nhost: door:8080\r\n",
        "GET /healthz HTTP/1.1\r\nhost:\r\n",
        "GET /healthz HTTP/1.0\r\n",
    ] {
        let answer = house.say(format!("{head}connection: close\r\n\r\n")).await;
        assert!(answer.contains(" 204 "), "{head}: {answer}");
    }
}

#[tokio::test]
async fn methods_and_kinds_are_what_the_contract_says() {
    let house = House::with(Limits::default()).await;
    let head = house.ask("HEAD", "/openapi.yaml", "").await;
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    assert!(head.contains("content-type: application/yaml"), "{head}");
    let wrong = house.ask("DELETE", "/healthz", "").await;
    assert_problem(&wrong, "405", "method_not_allowed");
    assert!(wrong.contains("allow: GET,HEAD"), "{wrong}");
    assert_problem(&house.ask("BREW", "/v1/appointments", "").await, "405", "method_not_allowed");
    assert_problem(&house.ask("GET", "/v2/appointments", "").await, "404", "not_found");
    assert_problem(
        &house.ask("GET", "/v1/appointments", "accept: text/html\r\n").await,
        "406",
        "not_acceptable",
    );
    assert_problem(
        &house.ask("GET", "/v1/appointments", "accept: text/html, */*;q=0.1\r\n").await,
        "401",
        "unauthenticated",
    );
}

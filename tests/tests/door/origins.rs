//! Pages of other origins, and where requests come from.

use super::{House, assert_problem};
use muwakaba::{
    limits::Limits,
    proxies::{ForwardedBy, Proxies},
};

const SIGN_IN: &str = "/v1/sign-in";

#[tokio::test]
async fn foreign_pages_may_change_nothing() {
    let house = House::with(Limits::default()).await;
    let foreign = [
        "origin: https://elsewhere.example\r\n",
        "origin: http://muwakaba.example\r\n",
        "origin: https://muwakaba.example:8443\r\n",
        "origin: https://muwakaba.example.evil.example\r\n",
        "origin: null\r\n",
        "origin: https://muwakaba.example\r\norigin: https://elsewhere.example\r\n",
        "sec-fetch-site: cross-site\r\n",
        "sec-fetch-site: same-site\r\n",
    ];
    for headers in foreign {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            assert_problem(&house.ask(method, SIGN_IN, headers).await, "403", "foreign_origin");
        }
        let read = house.ask("GET", "/healthz", headers).await;
        assert!(read.starts_with("HTTP/1.1 204"), "{read}");
        assert!(!read.contains("access-control-"), "no other origin may read answers: {read}");
    }
    for headers in [
        "",
        "origin: https://muwakaba.example\r\n",
        "sec-fetch-site: same-origin\r\n",
        "sec-fetch-site: none\r\n",
    ] {
        let answer = house.ask("POST", SIGN_IN, headers).await;
        assert_problem(&answer, "415", "unsupported_media_type");
    }
}

#[tokio::test]
async fn only_a_named_proxy_is_believed() {
    let claim = "x-forwarded-for: 198.51.100.7\r\nforwarded: for=198.51.100.8\r\n";
    let unnamed = House::with(Limits::default()).await;
    assert!(unnamed.ask("GET", "/test/source", claim).await.ends_with("\r\n\r\n127.0.0.1"));
    let trusted = vec!["127.0.0.0/8".parse().unwrap()];
    let proxies = Proxies { trusted, header: ForwardedBy::XForwardedFor };
    // One place for each address, and the proxy's connections are everybody's.
    let limits = Limits { connections_per_source: 1, ..Limits::default() };
    let named = House::behind("https://muwakaba.example", limits, proxies).await;
    let _kept = named.connect().await;
    assert!(named.ask("GET", "/test/source", claim).await.ends_with("\r\n\r\n198.51.100.7"));
}

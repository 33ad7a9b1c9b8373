//! Which host a request is for (RFC 9112 §3.2): HTTP/1.1 says it once and properly, and so does everybody who says it at all. A
//! request that two programs on its way would read as for two hosts is answered by none.

use axum::http::{HeaderValue, Version, header, uri::Authority};
use contract::ProblemCode;
use kernel::error::{Error, Result};

/// Refuses requests without a host, with two, or with one that cannot be.
pub fn check<B>(request: &axum::http::Request<B>) -> Result<()> {
    fault(request).map_or(Ok(()), |what| Err(Error::with_detail(ProblemCode::Malformed, what)))
}

fn fault<B>(request: &axum::http::Request<B>) -> Option<&'static str> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version() == Version::HTTP_11 => Some("HTTP/1.1 needs a Host header"),
        (None, _) => None,
        (Some(_), Some(_)) => Some("there is more than one Host header"),
        (Some(host), None) if !is_host(host) => Some("the Host header names no host"),
        (Some(host), None) if request.version() == Version::HTTP_2 => {
            // RFC 9113 §8.3.1: it must not name another host than the request's own field does.
            let stated = request.uri().authority().map(|authority| authority.as_str().as_bytes());
            let differs = stated.is_some_and(|stated| !stated.eq_ignore_ascii_case(host.as_bytes()));
            differs.then_some("the Host header names another host than :authority")
        }
        (Some(_), None) => None,
    }
}

/// `uri-host [ ":" port ]`, which may be empty (RFC 9110 §7.2).
fn is_host(value: &HeaderValue) -> bool {
    if value.is_empty() {
        return true;
    }
    let Some(authority) = value.to_str().ok().and_then(|text| text.parse::<Authority>().ok()) else {
        return false;
    };
    let text = authority.as_str();
    let after = text.get(authority.host().len()..).unwrap_or_default();
    let has_port = after.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    text.starts_with(authority.host()) && !authority.host().is_empty() && (after.is_empty() || has_port)
}

#[cfg(test)]
mod tests {
    use super::fault;
    use axum::http::{Request, Version};

    fn is_refused(version: Version, uri: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().version(version).uri(uri);
        for host in hosts {
            request = request.header("host", *host);
        }
        fault(&request.body(()).unwrap()).is_some()
    }

    #[test]
    fn one_host_and_a_proper_one() {
        for good in ["muwakaba.example", "127.0.0.1:8080", "[::1]:8080", "localhost:", "", "A.example"] {
            assert!(!is_refused(Version::HTTP_11, "/", &[good]), "{good}");
        }
        for bad in ["a b", "a/b", "user@a.example", "a:b", ":80", "a:80:80", "[::1", "http://a.example"] {
            assert!(is_refused(Version::HTTP_11, "/", &[bad]), "{bad}");
        }
        assert!(is_refused(Version::HTTP_11, "/", &[]));
        assert!(is_refused(Version::HTTP_11, "http://a.example/", &[]));
        assert!(is_refused(Version::HTTP_11, "/", &["a.example", "a.example"]));
        assert!(is_refused(Version::HTTP_10, "/", &["a.example", "b.example"]));
        assert!(!is_refused(Version::HTTP_10, "/", &[]));
        assert!(!is_refused(Version::HTTP_2, "https://a.example/", &[]));
        assert!(!is_refused(Version::HTTP_2, "https://a.example/", &["A.example"]));
        assert!(is_refused(Version::HTTP_2, "https://a.example/", &["b.example"]));
    }
}

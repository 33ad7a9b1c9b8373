//! Which address a request really came from, when a reverse proxy stands before the service. A header that says so is
//! believed only if the peer is a proxy that the settings name, and only the one header that this proxy is known to write:
//! the other could have been sent by anybody through it.

use axum::http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The header in which a proxy tells whom it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForwardedBy {
    /// `X-Forwarded-For`, which nearly every proxy writes.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies in front of the service.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// Their addresses.
    pub trusted: Vec<IpNet>,
    /// The header that they write.
    pub header: ForwardedBy,
}

impl Proxies {
    /// Whether this is one of the proxies.
    pub fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// The address that the request came from: the peer's, or the last one before the trusted proxies. An entry that cannot
    /// be read ends the search, since whatever stands before it may be made up.
    pub fn source(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut source = peer.to_canonical();
        if !self.is_trusted(source) {
            return source;
        }
        for hop in self.hops(headers).into_iter().rev() {
            let Some(address) = hop else { break };
            source = address;
            if !self.is_trusted(source) {
                break;
            }
        }
        source
    }

    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let name = match self.header {
            ForwardedBy::XForwardedFor => "x-forwarded-for",
            ForwardedBy::Forwarded => "forwarded",
        };
        headers
            .get_all(name)
            .iter()
            .flat_map(|value| value.to_str().unwrap_or("?").split(','))
            .map(|element| match self.header {
                ForwardedBy::XForwardedFor => address(element),
                ForwardedBy::Forwarded => forwarded_for(element),
            })
            .collect()
    }
}

/// The `for` of one element of `Forwarded`, such as `for="[2001:db8::1]:4711";proto=https`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| address(value.trim().trim_matches('"')))?
    })
}

/// An address, with or without brackets and port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = || text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    text.parse::<SocketAddr>()
        .map(|with_port| with_port.ip())
        .or_else(|_| bare())
        .ok()
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::{ForwardedBy, Proxies};
    use axum::http::HeaderMap;
    use std::net::IpAddr;

    fn source(header: ForwardedBy, peer: &str, lines: &[(&'static str, &str)]) -> String {
        let trusted = ["10.0.0.0/8", "::1/128"].iter().map(|network| network.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        Proxies { trusted, header }.source(peer.parse::<IpAddr>().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_else_is_believed() {
        let claim = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.2")];
        assert_eq!(source(ForwardedBy::XForwardedFor, "203.0.113.9", &claim), "203.0.113.9");
        assert_eq!(source(ForwardedBy::XForwardedFor, "::ffff:203.0.113.9", &claim), "203.0.113.9");
        assert_eq!(source(ForwardedBy::XForwardedFor, "10.0.0.1", &claim), "198.51.100.1");
        assert_eq!(source(ForwardedBy::Forwarded, "10.0.0.1", &claim), "198.51.100.2");
    }

    #[test]
    fn the_last_address_before_the_proxies_counts() {
        let read = |value| source(ForwardedBy::XForwardedFor, "10.0.0.1", &[("x-forwarded-for", value)]);
        assert_eq!(read("192.0.2.66, 198.51.100.1, 10.2.0.1"), "198.51.100.1");
        assert_eq!(read("192.0.2.66, unknown, 10.2.0.1"), "10.2.0.1");
        assert_eq!(read("[2001:db8::7]:443"), "2001:db8::7");
        assert_eq!(read("192.0.2.1:80"), "192.0.2.1");
        assert_eq!(read(""), "10.0.0.1");
        let lines = [("x-forwarded-for", "192.0.2.66"), ("x-forwarded-for", "192.0.2.5")];
        assert_eq!(source(ForwardedBy::XForwardedFor, "::1", &lines), "192.0.2.5");
    }

    #[test]
    fn the_standard_header_is_read() {
        let read = |value| source(ForwardedBy::Forwarded, "::1", &[("forwarded", value)]);
        assert_eq!(read("for=192.0.2.60;proto=http;by=203.0.113.43"), "192.0.2.60");
        assert_eq!(read("proto=https; For=\"[2001:db8:cafe::17]:4711\""), "2001:db8:cafe::17");
        assert_eq!(read("for=192.0.2.1, for=_hidden"), "::1");
    }
}

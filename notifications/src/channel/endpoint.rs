//! Which push endpoints may be called, and which addresses may be connected to.
//!
//! A push endpoint is a URL that a client hands in and that this server will then call: the classic opening for making
//! a server talk to its own neighbours. So it passes two gates. [`Endpoint::parse`] looks at the text when it is
//! registered and again before every use: https on port 443, a host on the allow-list, nothing clever in the URL.
//! [`address_allowed`] looks at each address the host resolves to at the moment of connecting, because a name that was
//! harmless at registration may resolve to `127.0.0.1` a second later. Redirects and proxies are not followed at all.
//!
//! One switch, `allow_loopback`, opens `http://127.0.0.1:PORT` and `http://[::1]:PORT` for demonstrations and tests.
//! It opens nothing else: other private addresses stay refused.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bytes::Bytes;
use http::Uri;

/// The longest endpoint that is accepted, in bytes. Those of the known services are under 600.
pub const MAX_ENDPOINT_LENGTH: usize = 2_048;

/// The push services that are called unless the configuration says otherwise: Chrome, Chromium as distributions build it,
/// Firefox, Safari, Edge.
pub const STANDARD_HOSTS: [&str; 5] = [
    "fcm.googleapis.com",
    "jmt17.google.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
];

/// Why an endpoint is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointRefusal {
    /// Longer than [`MAX_ENDPOINT_LENGTH`].
    #[error("the endpoint is longer than {MAX_ENDPOINT_LENGTH} bytes")]
    TooLong,
    /// Not a URL, or with characters that a URL does not have.
    #[error("the endpoint is not a URL")]
    Malformed,
    /// Not `https://`.
    #[error("the endpoint is not an https URL")]
    Scheme,
    /// A name or password before the host.
    #[error("the endpoint has a user name in it")]
    UserInfo,
    /// A part after `#`.
    #[error("the endpoint has a fragment")]
    Fragment,
    /// A port other than 443.
    #[error("the endpoint is not on port 443")]
    Port,
    /// An address in the place of a host name.
    #[error("the endpoint names an address and not a host")]
    AddressLiteral,
    /// A host that is not on the allow-list.
    #[error("the endpoint is not at a known push service")]
    Host,
}

impl EndpointRefusal {
    /// The stable name of the refusal, for logs and problem answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::Scheme => "scheme",
            Self::UserInfo => "user_info",
            Self::Fragment => "fragment",
            Self::Port => "port",
            Self::AddressLiteral => "address_literal",
            Self::Host => "host",
        }
    }
}

/// A line of the allow-list that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a host name in lower case nor \"*.\" before one with at least two labels")]
pub struct UnusableHostPattern(pub String);

#[derive(Debug, Clone, PartialEq, Eq)]
enum HostPattern {
    Exactly(Box<str>),
    /// Any host below this suffix; the suffix is kept with its leading dot.
    Below(Box<str>),
}

impl HostPattern {
    fn parse(text: &str) -> Option<Self> {
        let (below, name) = match text.strip_prefix("*.") {
            Some(suffix) => (true, suffix),
            None => (false, text),
        };
        if !is_host_name(name) || ends_in_number(name) || !name.contains('.') {
            return None;
        }
        Some(if below { Self::Below(format!(".{name}").into()) } else { Self::Exactly(name.into()) })
    }

    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Exactly(name) => host == name.as_ref(),
            Self::Below(suffix) => host.len() > suffix.len() && host.ends_with(suffix.as_ref()),
        }
    }
}

/// Which endpoints are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointPolicy {
    hosts: Vec<HostPattern>,
    allow_loopback: bool,
}

impl EndpointPolicy {
    /// The policy with [`STANDARD_HOSTS`] and no loopback.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            hosts: STANDARD_HOSTS.into_iter().filter_map(HostPattern::parse).collect(),
            allow_loopback: false,
        }
    }

    /// A policy with its own allow-list: each line a host (`push.example.org`) or a wildcard for everything below one
    /// (`*.example.org`). `allow_loopback` opens `http://127.0.0.1:PORT` and `http://[::1]:PORT` for demonstrations
    /// and tests, and must be off anywhere else.
    ///
    /// # Errors
    /// The first line that is no such pattern.
    pub fn new<'a>(
        hosts: impl IntoIterator<Item = &'a str>,
        allow_loopback: bool,
    ) -> Result<Self, UnusableHostPattern> {
        let hosts = hosts
            .into_iter()
            .map(|line| HostPattern::parse(line).ok_or_else(|| UnusableHostPattern(line.to_owned())))
            .collect::<Result<_, _>>()?;
        Ok(Self { hosts, allow_loopback })
    }

    /// The same policy with the loopback switch set.
    #[must_use]
    pub fn with_loopback(mut self, allow_loopback: bool) -> Self {
        self.allow_loopback = allow_loopback;
        self
    }

    /// Whether the loopback switch is on.
    #[must_use]
    pub const fn allows_loopback(&self) -> bool {
        self.allow_loopback
    }
}

/// A push endpoint that has passed the policy.
///
/// Whoever knows an endpoint can reach the device, so it does not print: `Debug` shows the origin only.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    uri: Uri,
    origin: Box<str>,
}

impl Endpoint {
    /// Accepts an endpoint, or says why not.
    ///
    /// The text is read by the same parser that the HTTP client uses, so there is no second opinion about which host
    /// it names; spellings that only a lenient parser would take (upper-case scheme or host, backslashes, spaces) are
    /// refused. Browsers hand out endpoints in the canonical spelling.
    ///
    /// # Errors
    /// The first rule of the policy that it breaks.
    pub fn parse(text: &str, policy: &EndpointPolicy) -> Result<Self, EndpointRefusal> {
        if text.len() > MAX_ENDPOINT_LENGTH {
            return Err(EndpointRefusal::TooLong);
        }
        if text.contains('#') {
            return Err(EndpointRefusal::Fragment);
        }
        if !text.bytes().all(is_url_byte) {
            return Err(EndpointRefusal::Malformed);
        }
        let Some((scheme, rest)) = text.split_once("://") else { return Err(EndpointRefusal::Malformed) };
        let secure = match scheme {
            "https" => true,
            "http" if policy.allow_loopback => false,
            _ => return Err(EndpointRefusal::Scheme),
        };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(EndpointRefusal::UserInfo);
        }
        let origin: Box<str> = if secure {
            format!("https://{}", accept_host(authority, policy)?).into()
        } else {
            accept_loopback(authority)?
        };
        let uri = Uri::from_maybe_shared(Bytes::copy_from_slice(text.as_bytes()))
            .map_err(|_| EndpointRefusal::Malformed)?;
        // The rules above were applied to the text; they hold for the request only if the client reads the same host.
        let agreed = uri.authority().is_some_and(|seen| seen.as_str() == authority);
        if agreed { Ok(Self { uri, origin }) } else { Err(EndpointRefusal::Malformed) }
    }

    /// The URL as the HTTP client takes it.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Scheme, host, and the port where it is not the scheme's own: what VAPID calls the audience (RFC 8292 section 2).
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Endpoint({}/…)", self.origin)
    }
}

fn accept_host<'a>(authority: &'a str, policy: &EndpointPolicy) -> Result<&'a str, EndpointRefusal> {
    if authority.starts_with('[') {
        return Err(EndpointRefusal::AddressLiteral);
    }
    let host = match authority.split_once(':') {
        None => authority,
        Some((host, "443")) => host,
        Some(_) => return Err(EndpointRefusal::Port),
    };
    if ends_in_number(host) {
        return Err(EndpointRefusal::AddressLiteral);
    }
    if !is_host_name(host) {
        return Err(EndpointRefusal::Malformed);
    }
    if policy.hosts.iter().any(|pattern| pattern.matches(host)) {
        Ok(host)
    } else {
        Err(EndpointRefusal::Host)
    }
}

fn accept_loopback(authority: &str) -> Result<Box<str>, EndpointRefusal> {
    for host in ["127.0.0.1", "[::1]"] {
        let Some(rest) = authority.strip_prefix(host) else { continue };
        let Some(port) = rest.strip_prefix(':') else { return Err(EndpointRefusal::Port) };
        // Written once more, so that "+80" and "080" do not pass as another spelling of a port.
        let port = port.parse::<u16>().ok().filter(|number| *number != 0 && number.to_string() == port);
        return match port {
            None => Err(EndpointRefusal::Port),
            Some(80) => Ok(format!("http://{host}").into()),
            Some(port) => Ok(format!("http://{host}:{port}").into()),
        };
    }
    Err(EndpointRefusal::Scheme)
}

/// The characters of RFC 3986, appendix A.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&byte)
}

/// A host name in lower case, in the letters-digits-hyphen form.
fn is_host_name(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        })
}

/// Whether lenient software would read the name as an IPv4 address ("127.1", "2130706433", "0x7f.1").
fn ends_in_number(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// Whether a connection to this address may be opened: public unicast addresses only, and `127.0.0.1` and `::1` while
/// `allow_loopback` is on.
///
/// IPv4 addresses inside IPv6 ones are looked at as what they are. Ranges: the IANA special-purpose registries
/// (RFC 6890 and its updates); translation and tunnel prefixes are refused because they can lead to a private address.
#[must_use]
pub fn address_allowed(address: IpAddr, allow_loopback: bool) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address) || (allow_loopback && address == Ipv4Addr::LOCALHOST),
        IpAddr::V6(address) => is_public_v6(address) || (allow_loopback && address == Ipv6Addr::LOCALHOST),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224..=255, ..]     // this network, private, loopback, multicast and reserved, broadcast
            | [100, 64..=127, ..]          // shared by carriers (CGNAT)
            | [169, 254, ..]               // link-local, cloud metadata
            | [172, 16..=31, ..]           // private
            | [192, 0, 0 | 2, _]           // protocol assignments, documentation
            | [192, 88, 99, _]             // 6to4 relays
            | [192, 168, ..]               // private
            | [198, 18 | 19, ..]           // benchmarks
            | [198, 51, 100, _]            // documentation
            | [203, 0, 113, _] // documentation
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Protocol assignments, among them Teredo (2001::/32), benchmarks and ORCHID.
        [0x2001, 0x0000..=0x01ff, ..] => false,
        // Documentation, 6to4.
        [0x2001, 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0x0000..=0x0fff, ..] => false,
        // Everything that is assigned as global unicast lies in 2000::/3; the rest is loopback, translation
        // (64:ff9b::/96, 64:ff9b:1::/48), unique local, link-local, multicast or not assigned.
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

#[cfg(test)]
mod tests;

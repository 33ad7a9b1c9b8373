//! What values look like, and what is said about one that does not.

use crate::proxies::ForwardedBy;
use ipnet::IpNet;
use notifications::channel::{endpoint::EndpointPolicy, web_push::vapid::Contact};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};
use tracing_subscriber::EnvFilter;

/// A value as it was written.
pub enum Raw {
    /// One word, number or text.
    Text(String),
    /// A list of them.
    List(Vec<String>),
}

impl Raw {
    fn text(self) -> Result<String, String> {
        match self {
            Self::Text(text) => Ok(text),
            Self::List(_) => Err("must be one value, not a list".to_owned()),
        }
    }
}

/// What a setting can be.
pub trait Value: Sized {
    /// Reads it, or says what is wrong: the end of a sentence that begins with the setting's name.
    fn read(raw: Raw) -> Result<Self, String>;
}

/// Types that are read from one word.
macro_rules! parsed {
    ($($kind:ty: $expected:literal),+ $(,)?) => { $(
        impl Value for $kind {
            fn read(raw: Raw) -> Result<Self, String> {
                raw.text()?.trim().parse().map_err(|_| concat!("must be ", $expected).to_owned())
            }
        }
    )+ };
}

parsed!(
    bool: "true or false",
    u32: "a whole number",
    usize: "a whole number",
    SocketAddr: "an address and port such as 127.0.0.1:8080 or [::1]:8080",
);

impl Value for String {
    fn read(raw: Raw) -> Result<Self, String> {
        let text = raw.text()?;
        if text.trim().is_empty() { Err("must not be empty".to_owned()) } else { Ok(text) }
    }
}

impl Value for PathBuf {
    fn read(raw: Raw) -> Result<Self, String> {
        String::read(raw).map(Self::from)
    }
}

/// A list; in a variable it is written with commas.
impl<V: Value> Value for Vec<V> {
    fn read(raw: Raw) -> Result<Self, String> {
        let items = match raw {
            Raw::List(items) => items,
            Raw::Text(text) => {
                text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
            }
        };
        items.into_iter().map(|item| V::read(Raw::Text(item))).collect()
    }
}

impl Value for IpNet {
    fn read(raw: Raw) -> Result<Self, String> {
        let text = raw.text()?;
        text.parse().or_else(|_| text.parse::<IpAddr>().map(Self::from)).map_err(|_| {
            format!("must list addresses or networks such as 10.0.0.1 or 10.0.0.0/8, which `{text}` is not")
        })
    }
}

/// Types that are one of a few words.
macro_rules! words {
    ($kind:ty: $($word:literal => $value:expr),+) => {
        impl Value for $kind {
            fn read(raw: Raw) -> Result<Self, String> {
                match raw.text()?.as_str() {
                    $($word => Ok($value),)+
                    _ => Err(["must be one of", $($word),+].join(" ")),
                }
            }
        }
    };
}

words!(ForwardedBy: "x-forwarded-for" => Self::XForwardedFor, "forwarded" => Self::Forwarded);

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

words!(LogFormat: "text" => Self::Text, "json" => Self::Json);

/// What may be served although the service is reachable from other machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// The API reference.
    Documentation,
    /// The meters.
    Metrics,
}

words!(Exposure: "docs" => Self::Documentation, "metrics" => Self::Metrics);

/// What is worth a log line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLevel(pub String);

impl Default for LogLevel {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl Value for LogLevel {
    fn read(raw: Raw) -> Result<Self, String> {
        let text = raw.text()?;
        match EnvFilter::try_new(&text) {
            Ok(_) => Ok(Self(text)),
            Err(_) => {
                Err("must be error, warn, info, debug or trace, or a list such as info,sqlx=warn".to_owned())
            }
        }
    }
}

/// An address of this service or of one that it uses: scheme, host and port only.
pub struct ServiceUrl(pub String);

impl Value for ServiceUrl {
    fn read(raw: Raw) -> Result<Self, String> {
        let text = raw.text()?;
        let text = text.strip_suffix('/').unwrap_or(&text);
        let url: axum::http::Uri = text.parse().map_err(|_| not_an_address())?;
        let is_whole = matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some();
        let is_bare = url.path() == "/" && url.query().is_none() && !text.contains('@');
        if is_whole && is_bare { Ok(Self(text.to_owned())) } else { Err(not_an_address()) }
    }
}

fn not_an_address() -> String {
    "must be an address without a path, such as https://muwakaba.example".to_owned()
}

/// An address with a path.
pub struct TokenUrl(pub String);

impl Value for TokenUrl {
    fn read(raw: Raw) -> Result<Self, String> {
        let text = raw.text()?;
        let is_web = text
            .parse::<axum::http::Uri>()
            .is_ok_and(|url| matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some());
        if is_web { Ok(Self(text)) } else { Err("must be a web address".to_owned()) }
    }
}

/// Stands for the push services of the well-known browsers, in a list that adds others.
pub const USUAL_HOSTS: &str = "default";

/// A host that subscriptions may lead to, or [`USUAL_HOSTS`].
pub struct HostPattern(pub String);

impl Value for HostPattern {
    fn read(raw: Raw) -> Result<Self, String> {
        let text = raw.text()?;
        if text == USUAL_HOSTS {
            return Ok(Self(text));
        }
        match EndpointPolicy::new([text.as_str()], false) {
            Ok(_) => Ok(Self(text)),
            Err(_) => Err(format!(
                "must list hosts such as push.example.org or *.example.org, or \"default\", which `{text}` is not"
            )),
        }
    }
}

/// Whom a push service may write to.
pub struct PushContact(pub String);

impl PushContact {
    /// The contact of a service that nobody configured: this project's page would be wrong, and RFC 8292 wants one.
    pub fn nobody() -> Self {
        Self("mailto:operator@localhost".to_owned())
    }

    /// Whether nobody is reached there: the default, or another address of a machine that every machine calls itself.
    pub fn is_nobody(text: &str) -> bool {
        text.ends_with("@localhost")
    }
}

impl Value for PushContact {
    fn read(raw: Raw) -> Result<Self, String> {
        let text = raw.text()?;
        match Contact::parse(&text) {
            Ok(_) => Ok(Self(text)),
            Err(_) => Err("must be mailto:somebody@example.org or an https address".to_owned()),
        }
    }
}

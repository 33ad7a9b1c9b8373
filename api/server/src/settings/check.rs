//! What must not be reachable from other machines unless somebody said so on purpose.

use super::{error::SettingsError, reader::Reader, value::Exposure};
use std::net::{IpAddr, SocketAddr};

/// What is known about who can reach the service.
pub struct Checks<'a> {
    is_public: bool,
    exposed: &'a [Exposure],
}

impl<'a> Checks<'a> {
    /// A service is public if it listens beyond this machine, and also if a proxy brings people to it from there.
    pub fn new(listen: SocketAddr, public_url: &str, exposed: &'a [Exposure]) -> Self {
        Self { is_public: !listen.ip().is_loopback() || !is_local(public_url), exposed }
    }

    /// Whether others than this machine can reach the service.
    pub const fn is_public(&self) -> bool {
        self.is_public
    }

    /// The switch for push services on this machine would let a stranger's subscription reach into it.
    pub fn loopback_push(&self, read: &Reader<'_>, allowed: bool) -> Result<(), SettingsError> {
        if allowed && self.is_public {
            return Err(read.refuse(
                "push.allow_loopback",
                "is for demonstrations and tests on one machine, and this service can be reached from others",
            ));
        }
        Ok(())
    }

    /// Meters tell how much is going on; that is nobody else's business.
    pub fn metrics(&self, read: &Reader<'_>, listen: Option<SocketAddr>) -> Result<(), SettingsError> {
        let is_open = listen.is_some_and(|address| !address.ip().is_loopback());
        if is_open && !self.exposed.contains(&Exposure::Metrics) {
            return Err(read.refuse(
                "metrics.listen",
                "can be reached from other machines: name a loopback address, or add \"metrics\" to public_bind_serves",
            ));
        }
        Ok(())
    }

    /// Whether the API reference is served: by default only where nobody else can reach it.
    pub fn documentation(&self, read: &Reader<'_>, asked: Option<bool>) -> Result<bool, SettingsError> {
        let may = !self.is_public || self.exposed.contains(&Exposure::Documentation);
        match asked {
            Some(true) if !may => Err(read.refuse(
                "documentation",
                "would show the API reference to everybody: add \"docs\" to public_bind_serves if that is meant",
            )),
            Some(asked) => Ok(asked),
            None => Ok(may),
        }
    }
}

fn is_local(url: &str) -> bool {
    let parsed: Result<axum::http::Uri, _> = url.parse();
    let host = parsed.as_ref().ok().and_then(axum::http::Uri::host).unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

//! The network address that a request came from, for limits on failed tries. The accept loop puts it on the request; it knows
//! which proxies may say so in a header. Without it the other end of the connection counts.

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, request::Parts},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

/// Where a request came from; the unspecified address if nobody said, such as in a test without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source(pub IpAddr);

impl Source {
    /// Of a request with these extensions.
    pub fn of(extensions: &Extensions) -> Self {
        let stated = extensions.get::<Self>().copied();
        let peer = || extensions.get::<ConnectInfo<SocketAddr>>().map(|info| Self(info.0.ip()));
        stated.or_else(peer).unwrap_or(Self(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// One subscriber has a whole /64 of IPv6 addresses.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

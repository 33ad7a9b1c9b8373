//! How the service is reached from outside.

use crate::limits::Limits;
use kernel::door::{Buckets, PageOrigin};
use std::sync::Arc;

/// How the service is reached from outside.
#[derive(Debug, Clone)]
pub struct Door {
    origin: PageOrigin,
    /// Its limits.
    pub limits: Limits,
    /// Whether the API reference is served at `/docs`.
    pub documentation: bool,
    buckets: Arc<Buckets>,
}

impl Door {
    /// The door of a service that people reach under `public_url`, such as `https://muwakaba.example`.
    pub fn new(public_url: &str, limits: Limits, documentation: bool) -> Self {
        let buckets = Arc::new(Buckets::new(&limits.requests));
        Self { origin: PageOrigin::of(public_url), limits, documentation, buckets }
    }

    /// The origin of the service's own pages.
    pub const fn origin(&self) -> &PageOrigin {
        &self.origin
    }

    /// How often somebody may ask.
    pub const fn buckets(&self) -> &Arc<Buckets> {
        &self.buckets
    }

    /// Whether people reach it under https.
    pub fn is_https(&self) -> bool {
        self.origin.as_str().starts_with("https://")
    }
}

//! How often one address may ask. The session has a bucket of its own, from which [`Call`](kernel::extract::Call) takes once it is
//! known; this layer puts it where it is found.

use axum::extract::{MatchedPath, Request};
use kernel::{
    door::{Buckets, Source},
    error::Result,
};
use std::sync::Arc;

/// Whoever watches over the service asks these all the time.
const FREE: &[&str] = &["/healthz", "/readyz"];

/// Refuses a request of an address that asks too often.
pub fn take(buckets: &Arc<Buckets>, request: &mut Request) -> Result<()> {
    let is_free = request.extensions().get::<MatchedPath>().is_some_and(|path| FREE.contains(&path.as_str()));
    if !is_free {
        buckets.take_for_source(Source::of(request.extensions()).0)?;
    }
    request.extensions_mut().insert(buckets.clone());
    Ok(())
}

//! How long an address and how large the headers of a request may be. Heads that are much larger never come here: the
//! connection refuses them while reading.

use crate::limits::Limits;
use axum::extract::Request;
use contract::ProblemCode;
use kernel::error::{Error, Result};

/// Refuses what is over the limits.
pub fn check(limits: &Limits, request: &Request) -> Result<()> {
    let address = request.uri().path_and_query().map_or(0, |text| text.as_str().len());
    if address > limits.address {
        let most = format!("at most {} bytes", limits.address);
        return Err(Error::with_detail(ProblemCode::AddressTooLong, most));
    }
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers > limits.headers {
        let most = format!("at most {} bytes in all", limits.headers);
        return Err(Error::with_detail(ProblemCode::HeadersTooLarge, most));
    }
    Ok(())
}

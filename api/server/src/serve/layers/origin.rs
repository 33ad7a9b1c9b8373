//! Pages of other origins may not change anything here. Browsers say which page a request comes from; programs that are no
//! browsers say nothing and need no such protection, since nobody's credentials are sent by them unasked.

use axum::{extract::Request, http::Method};
use contract::ProblemCode;
use kernel::{
    door::{PageOrigin, Standing},
    error::{Error, Result},
};

/// Refuses requests of foreign pages that may change something.
pub fn check(origin: &PageOrigin, request: &Request) -> Result<()> {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if only_reads || origin.standing(request.headers()) != Standing::Foreign {
        return Ok(());
    }
    Err(Error::new(ProblemCode::ForeignOrigin))
}

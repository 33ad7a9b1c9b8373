//! Pages of other origins may not change anything here. Browsers say which page a request comes from; programs that are no
//! browsers say nothing and need no such protection, since nobody's credentials are sent by them unasked.
//!
//! Pages for people without an account are left out: there are no credentials that a browser could send, and their forms come from "null",
//! since those pages do not tell where they are.

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
};
use contract::ProblemCode;
use kernel::{
    door::{PageOrigin, Standing},
    error::{Error, Result},
};

/// Refuses requests of foreign pages that may change something.
pub fn check(origin: &PageOrigin, request: &Request) -> Result<()> {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let path = request.extensions().get::<MatchedPath>();
    let is_open =
        path.is_some_and(|path| care::PAGES.iter().any(|pages| path.as_str().starts_with(pages.below)));
    if only_reads || is_open || origin.standing(request.headers()) != Standing::Foreign {
        return Ok(());
    }
    Err(Error::new(ProblemCode::ForeignOrigin))
}

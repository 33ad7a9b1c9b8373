//! Reading the audit log. It is written by [`kernel::audit`], in the transaction of each deed; here it is only read, and each
//! role sees its own part: administrators all of it, managers their centre's, mentors and counsellors what they did
//! themselves, observers all of it without saying who, and participants who opened or changed their own file.

mod answer;
mod http;
mod request;
mod rules;
mod store;

pub use answer::AuditLine;

use crate::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The feature's operations.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::list))
}

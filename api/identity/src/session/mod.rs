//! What somebody who is signed in sees and changes of themselves: who they are, in which language, and on which phones and
//! browsers they are signed in. A lost phone is cut off here, by its owner or by those who accompany them.

mod http;
mod me;
mod store;
mod sync;

pub use http::EndedSessions;
use sync::SyncForm;

use kernel::sync_form::list::{ListOf, PhoneList};

/// What phones get of oneself.
pub const LISTS: &[&dyn PhoneList] = &[&ListOf::<SyncForm>::new()];

use crate::Identity;
use axum::extract::FromRef;
use kernel::{Kernel, extract::Callers};
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/me` and one's own sessions.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Callers + Clone + 'static,
    Identity: FromRef<S>,
    Kernel: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(me::me, me::change_me))
        .routes(routes!(http::my_sessions))
        .routes(routes!(http::end_my_session))
        .routes(routes!(http::sign_out))
}

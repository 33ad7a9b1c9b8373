//! What somebody who is signed in sees and changes of themselves: who they are, in which language, and on which phones and
//! browsers they are signed in. A lost phone is cut off here, by its owner or by those who accompany them.

mod http;
mod me;
mod store;
mod sync;

pub use me::Me;
pub use sync::SyncForm;

use crate::app::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/me`, sessions, and ending those of others.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(me::me, me::change_me))
        .routes(routes!(http::my_sessions))
        .routes(routes!(http::end_my_session))
        .routes(routes!(http::sign_out))
        .routes(routes!(http::end_staff_sessions))
        .routes(routes!(http::end_participant_sessions))
}

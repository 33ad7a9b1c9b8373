//! Every operation of the service, one line a feature. Deleting a feature is deleting its folder and its line here.

use crate::{app::App, openapi::Contract};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// The operations and their contract.
pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Contract::openapi()).nest("/v1", features())
}

fn features() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}

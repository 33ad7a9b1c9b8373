//! Every operation of the service, with its part of the contract. Those of a feature come with the feature.

use crate::{documentation, health, serve::layers};
use axum::middleware::from_fn;
use care::app::{App, Feature};
use contract::Problem;
use identity::{enrolment, session, sign_in};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        RefOr, Schema,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::{Tag, TagBuilder},
    },
};
use utoipa_axum::router::OpenApiRouter;

/// What the operations are about that belong to no feature, before those of the features and after them.
const FIRST: [(&str, &str); 3] = [
    ("sign_in", "Proving who one is: passwords, authenticator codes, tokens and the key that checks them"),
    ("sessions", "Oneself, and where one is signed in"),
    ("enrolment", "Making a participant's phone theirs, with a code that works once"),
];
const LAST: [(&str, &str); 1] = [("operation", "The service itself: whether it runs, and its contract")];

/// The operations and their contract.
pub fn operations() -> OpenApiRouter<App> {
    let mut head = Head::openapi();
    head.tags = Some(tags());
    let mut all = OpenApiRouter::with_openapi(head)
        .merge(health::router())
        .merge(documentation::contract_router())
        .merge(sign_in::well_known())
        .nest("/v1", of_version_1().route_layer(from_fn(layers::require_json_accepted)));
    name_what_can_wait(all.get_openapi_mut());
    all
}

/// Which operations can be done without network: what carries them out knows none of them.
fn name_what_can_wait(contract: &mut utoipa::openapi::OpenApi) {
    let schemas = contract.components.as_mut().map(|components| &mut components.schemas);
    if let Some(RefOr::T(Schema::Object(names))) =
        schemas.and_then(|schemas| schemas.get_mut("OperationName"))
    {
        names.enum_values = Some(care::sync::operations().map(Into::into).collect());
    }
}

/// What has to do with credentials is not one transaction each, either: a try is counted before it is made.
fn of_version_1() -> OpenApiRouter<App> {
    let (single, other): (Vec<_>, Vec<_>) =
        care::FEATURES.iter().partition(|feature| feature.is_of_single_transactions);
    of_features(&other)
        .merge(of_features(&single).route_layer(from_fn(layers::if_victim)))
        .merge(enrolment::router())
        .merge(session::router())
        .merge(sign_in::router())
}

fn of_features(features: &[&Feature]) -> OpenApiRouter<App> {
    features.iter().fold(OpenApiRouter::new(), |router, feature| router.merge((feature.routes)()))
}

fn tags() -> Vec<Tag> {
    let of_features = care::FEATURES.iter().map(|feature| feature.tag);
    let all = FIRST.into_iter().chain(of_features).chain(LAST);
    all.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build()).collect()
}

/// The document without its paths, which the features add.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Muwakaba",
        description = "Aftercare follow-up for people released from prison in Morocco: appointments, reminders on the phone, and answers with one tap.\n\nEvery error is an RFC 9457 problem. Times that people agreed on are given twice: as they stand on the wall (`local_start` and `zone`) and as an instant (`starts_at`). Apps show the local fields as given and never convert with the phone's own zone data.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    servers((url = "/", description = "This server")),
    components(schemas(Problem)),
    modifiers(&Credentials),
    security(("access_token" = []))
)]
struct Head;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The access token of a session; it lives ten minutes."))
            .build();
        if let Some(components) = &mut document.components {
            components.add_security_scheme("access_token", SecurityScheme::Http(scheme));
            let cookie = ApiKeyValue::with_description(
                "__Host-refresh",
                "The refresh token of a browser, where no script can read it. It gets the next tokens, in requests from the service's own pages that also prove the session's key.",
            );
            components.add_security_scheme("refresh_cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        }
    }
}

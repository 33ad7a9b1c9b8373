//! The contract's common parts. `openapi.yaml` is produced from the code's own types: every handler is annotated with its
//! summary, roles and answers, and a test compares the committed file with what the code says.

use contract::Problem;
use std::collections::BTreeMap;
use utoipa::{
    IntoResponses, Modify, OpenApi, ToSchema,
    openapi::{
        Content, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder,
        schema::Type,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// The document without its paths, which the features add.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Muwakaba",
        description = "Aftercare follow-up for people released from prison in Morocco: appointments, reminders on the phone, and answers with one tap.\n\nEvery error is an RFC 9457 problem. Times that people agreed on are given twice: as they stand on the wall (`local_start` and `zone`) and as an instant (`starts_at`). Apps show the local fields as given and never convert with the phone's own zone data.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "sign_in", description = "Proving who one is: passwords, authenticator codes, tokens and the key that checks them"),
        (name = "sessions", description = "Oneself, and where one is signed in"),
        (name = "enrolment", description = "Making a participant's phone theirs, with a code that works once"),
        (name = "centres", description = "Accompaniment centres, their opening hours and their reminder policies"),
        (name = "staff", description = "The accounts of mentors, counsellors, managers, administrators and observers"),
        (name = "participants", description = "The people who are accompanied"),
        (name = "assignments", description = "Who accompanies whom, and since when"),
        (name = "emergency_access", description = "A manager's short and visible access to what counsellors wrote for themselves alone"),
        (name = "appointments", description = "What two people agreed on, and what became of it"),
        (name = "devices", description = "The phones and browsers that reminders are pushed to"),
        (name = "notifications", description = "What a person was told, and their answers from the notification itself"),
        (name = "sync", description = "What changed for the caller since their phone last asked, and what they did without network"),
        (name = "audit", description = "Who did or read what, and when"),
        (name = "operation", description = "The service itself: whether it runs, and its contract")
    ),
    components(schemas(Problem)),
    modifiers(&Credentials),
    security(("access_token" = []))
)]
pub struct Contract;

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

fn problem(status: u16) -> (String, RefOr<Response>) {
    let mut response = ResponseBuilder::new()
        .description(describe(status))
        .content("application/problem+json", Content::new(Some(Ref::from_schema_name(Problem::name()))));
    if matches!(status, 429 | 503) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build();
        response = response.header(
            "Retry-After",
            HeaderBuilder::new()
                .schema(Some(seconds))
                .description(Some("Seconds to wait before trying again"))
                .build(),
        );
    }
    (status.to_string(), RefOr::T(response.build()))
}

const fn describe(status: u16) -> &'static str {
    match status {
        400 => "The request cannot be read, or fields of it are wrong; `errors` names them",
        401 => "Not signed in, or the credential was refused",
        403 => "The caller's role has no use of this operation",
        404 => "It does not exist, or not for this caller",
        405 => "There is no such method here",
        406 => "Only JSON is served",
        408 => "The body took too long to arrive",
        409 => "The state does not allow it; `possible_commands` are those that it does",
        410 => "No longer of use",
        412 => "It changed since it was read; `current_version` is how it stands",
        413 => "The body is too large",
        414 => "The address is too long",
        415 => "The body is not JSON",
        422 => "The Idempotency-Key was used for another request",
        428 => "If-Match is missing",
        429 => "Too many requests",
        431 => "The headers are too large",
        500 => "The service failed; it is logged under the request's id",
        _ => "Not available right now",
    }
}

macro_rules! problems {
    ($(#[$meta:meta])* $name:ident: $($status:literal),+) => {
        $(#[$meta])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                [$($status),+].into_iter().map(problem).collect()
            }
        }
    };
}

problems!(
    /// What a signed-in caller can be told instead of what they asked to read.
    ReadProblems: 400, 401, 403, 404, 406, 414, 429, 431, 500, 503
);
problems!(
    /// What a signed-in caller can be told instead of "done": creating something.
    CreateProblems: 400, 401, 403, 404, 406, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503
);
problems!(
    /// What a signed-in caller can be told instead of "done": changing something that has versions.
    ChangeProblems: 400, 401, 403, 404, 406, 408, 409, 412, 413, 414, 415, 422, 428, 429, 431, 500, 503
);
problems!(
    /// What a signed-in caller can be told instead of what became of each thing that they sent.
    PushProblems: 400, 401, 403, 404, 406, 408, 413, 414, 415, 429, 431, 500, 503
);
problems!(
    /// What somebody can be told who proves who they are with something else than an access token.
    CredentialProblems: 400, 401, 403, 404, 406, 408, 409, 410, 413, 414, 415, 429, 431, 500, 503
);
problems!(
    /// What anybody can be told instead of what is the same for everybody.
    PublicProblems: 414, 429, 431, 500, 503
);

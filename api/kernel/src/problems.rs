//! What callers can be told instead of what they asked for, as the contract says it of each operation.

use contract::Problem;
use std::collections::BTreeMap;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, schema::Type},
};

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
    /// What a signed-in caller can be told instead of "done": adding to something whose version they name in the body.
    AddProblems: 400, 401, 403, 404, 406, 408, 409, 412, 413, 414, 415, 422, 429, 431, 500, 503
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

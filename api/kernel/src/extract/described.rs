//! The headers that extractors read, as the contract describes them: named once, here, and by the extractor's name at each operation.

use super::{Call, IfMatch};
use utoipa::{
    IntoParams, PartialSchema,
    openapi::{
        ObjectBuilder, Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{SchemaType, Type},
    },
};

/// Longest `Idempotency-Key`, in characters.
const KEY_LIMIT: usize = 128;

impl IntoParams for Call {
    /// Of an operation that can be repeated under a key.
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .max_length(Some(KEY_LIMIT));
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("Repeating the request under the same key gives the same answer"))
            .schema(Some(schema))
            .build();
        vec![parameter]
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some("The ETag that was read"))
            .schema(Some(String::schema()))
            .example(Some("\"1\"".into()))
            .build();
        vec![parameter]
    }
}

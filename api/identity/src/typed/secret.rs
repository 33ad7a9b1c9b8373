//! A secret that a caller sends: a password, a code, a token. It is compared byte by byte as it came, wiped when dropped,
//! and never printed, not even in the parser's own complaint about it.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};
use std::fmt;
use utoipa::openapi::{RefOr, Schema, schema::ObjectBuilder, schema::Type};
use validator::ValidateLength;
use zeroize::{Zeroize as _, Zeroizing};

/// The most characters that any secret of the contract has, unless its field says less.
pub const MAX_SECRET: usize = 512;

/// A secret text from a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret that was made or read elsewhere.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, to be handed to a comparison or a hash and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

impl ValidateLength<u64> for Secret {
    fn length(&self) -> Option<u64> {
        u64::try_from(self.0.chars().count()).ok()
    }
}

/// The validator keeps a copy of what it refuses, as JSON. It gets none of a secret.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

struct SecretVisitor;

macro_rules! refuse_without_echo {
    ($($method:ident: $kind:ty),* $(,)?) => {
        $(fn $method<E: Error>(self, _: $kind) -> Result<Secret, E> {
            Err(E::custom("must be text"))
        })*
    };
}

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }

    fn visit_string<E: Error>(self, mut text: String) -> Result<Secret, E> {
        let secret = Secret::new(text.as_str());
        text.zeroize();
        Ok(secret)
    }

    refuse_without_echo! {
        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64,
        visit_bytes: &[u8],
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for text, the JSON parser itself would complain about a number and quote it.
        deserializer.deserialize_any(SecretVisitor)
    }
}

impl utoipa::PartialSchema for Secret {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).max_length(Some(MAX_SECRET)).into()
    }
}

impl utoipa::ToSchema for Secret {}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_never_printed_not_even_by_the_parser() {
        let secret: Secret = serde_json::from_str("\"open sesame\"").unwrap();
        assert_eq!((secret.expose(), format!("{secret:?}").as_str()), ("open sesame", "Secret(…)"));
        let complaint = serde_json::from_str::<Secret>("1234567").unwrap_err().to_string();
        assert!(!complaint.contains("1234567"), "{complaint}");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "null");
    }
}

//! The key file of a Google service account: who we are towards Google, and the key that proves it.
//!
//! An operator downloads this JSON file from the Firebase console and names it in the configuration. It is read once, at
//! start, and checked as far as that is possible without a network, so that a wrong file is reported by the name of its
//! faulty field and not hours later by a reminder that does not arrive. Nothing in here prints the private key: the type
//! has a redacting `Debug`, and no error quotes a value.

use std::fmt;
use std::path::Path;

use http::Uri;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// A service account that may send messages for one Firebase project.
pub struct ServiceAccount {
    client_email: String,
    project_id: String,
    token_uri: Uri,
    private_key_id: Option<String>,
    signing_key: EncodingKey,
}

/// Why a service account file cannot be used. No variant carries a value out of the file.
#[derive(Debug, thiserror::Error)]
pub enum ServiceAccountError {
    /// The file could not be read.
    #[error("the service account file cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// The file is not a JSON object.
    #[error("the service account file is not a JSON object (line {line}, column {column})")]
    NotJson {
        /// The line at which reading stopped, from 1; 0 where the file is valid JSON of another kind.
        line: usize,
        /// The column at which reading stopped.
        column: usize,
    },
    /// A field that is needed is absent.
    #[error("the service account file has no field `{0}`")]
    Missing(&'static str),
    /// A field is there and cannot be used.
    #[error("the field `{field}` of the service account file {problem}")]
    Invalid {
        /// The name of the field in the file.
        field: &'static str,
        /// What is wrong with it, to be read after the field's name.
        problem: &'static str,
    },
}

impl ServiceAccount {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// See [`ServiceAccountError`].
    pub fn read(path: &Path) -> Result<Self, ServiceAccountError> {
        let text = Zeroizing::new(std::fs::read(path)?);
        Self::parse(&text)
    }

    /// Checks the contents of a service account file.
    ///
    /// # Errors
    /// See [`ServiceAccountError`].
    pub fn parse(json: &[u8]) -> Result<Self, ServiceAccountError> {
        let mut fields: Map<String, Value> = serde_json::from_slice(json)
            .map_err(|error| ServiceAccountError::NotJson { line: error.line(), column: error.column() })?;
        let fields = &mut fields;
        if text(fields, "type")? != "service_account" {
            return Err(invalid(
                "type",
                "is not \"service_account\": this file is for another kind of credential",
            ));
        }
        let client_email = text(fields, "client_email")?;
        if !client_email.contains('@') {
            return Err(invalid("client_email", "is not an e-mail address"));
        }
        let project_id = text(fields, "project_id")?;
        if !is_project_id(&project_id) {
            return Err(invalid("project_id", "is not a project identifier"));
        }
        let token_uri = parse_service_url(&text(fields, "token_uri")?)
            .ok_or(invalid("token_uri", "is not an https address"))?;
        let private_key_id = match fields.contains_key("private_key_id") {
            true => Some(text(fields, "private_key_id")?),
            false => None,
        };
        let private_key = Zeroizing::new(text(fields, "private_key")?);
        let signing_key = EncodingKey::from_rsa_pem(private_key.as_bytes())
            .map_err(|_| invalid("private_key", "is not an RSA private key in PEM form"))?;
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &Map::new(), &signing_key).map_err(|_| {
            invalid("private_key", "is an RSA key that cannot sign (damaged, or under 2048 bits)")
        })?;
        Ok(Self { client_email, project_id, token_uri, private_key_id, signing_key })
    }

    /// The Firebase project that the account belongs to; it is part of the sending address.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.project_id
    }

    /// The address that exchanges a signed assertion for an access token.
    #[must_use]
    pub const fn token_uri(&self) -> &Uri {
        &self.token_uri
    }

    /// The account's name, which is the issuer of its assertions.
    pub(super) fn client_email(&self) -> &str {
        &self.client_email
    }

    /// The name of the key, by which Google finds the public half.
    pub(super) fn private_key_id(&self) -> Option<&str> {
        self.private_key_id.as_deref()
    }

    /// The private key.
    pub(super) const fn signing_key(&self) -> &EncodingKey {
        &self.signing_key
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ServiceAccount").field("project_id", &self.project_id).finish_non_exhaustive()
    }
}

/// Reads the address of one of Google's services from configuration: https, or plain http to this same machine, where a
/// token cannot be overheard and the doubles of tests and of the demonstration live. `None` for anything else.
pub(super) fn parse_service_url(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let authority = uri.authority()?;
    if authority.as_str().contains('@') {
        return None;
    }
    match uri.scheme_str()? {
        "https" => Some(uri),
        "http" if is_loopback(authority.host()) => Some(uri),
        _ => None,
    }
}

fn is_loopback(host: &str) -> bool {
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    literal.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Project identifiers are put into a path, so only the characters that Google gives out are let through; the point and
/// the colon occur in old ones of the form `example.com:name`.
fn is_project_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':'))
}

fn text(fields: &mut Map<String, Value>, field: &'static str) -> Result<String, ServiceAccountError> {
    match fields.get_mut(field).map(Value::take) {
        None => Err(ServiceAccountError::Missing(field)),
        Some(Value::String(text)) if text.trim().is_empty() => Err(invalid(field, "is empty")),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(invalid(field, "is not a text")),
    }
}

const fn invalid(field: &'static str, problem: &'static str) -> ServiceAccountError {
    ServiceAccountError::Invalid { field, problem }
}

//! The double's own Firebase project: a service account with a fresh key, and the judgement of the assertions that are
//! signed with it (RFC 7523 §3, with the limits of Google's token endpoint).

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::json;

use super::answers::{Answer, grant_failure};

const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// How far an assertion's clock may be from ours, in seconds.
const TOLERANCE: i64 = 300;

/// A project, its service account and its key.
pub(super) struct Project {
    pub id: String,
    client_email: String,
    private_key_id: String,
    private_key: String,
    public_key: DecodingKey,
}

/// What the token endpoint is sent.
#[derive(Deserialize)]
pub(super) struct GrantRequest {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    assertion: String,
}

#[derive(Deserialize)]
struct Claims {
    iat: i64,
    exp: i64,
    #[serde(default)]
    scope: String,
}

impl Project {
    /// Makes a project with an RSA key of 2048 bits, as Google gives out.
    pub fn generate(id: &str) -> Result<Self, aws_lc_rs::error::Unspecified> {
        let key = KeyPair::generate(KeySize::Rsa2048)?;
        let pkcs8: Pkcs8V1Der<'_> = key.as_der()?;
        let public_key = DecodingKey::from_rsa_der(key.public_key().as_ref());
        Ok(Self {
            id: id.to_owned(),
            client_email: format!("firebase-adminsdk-double@{id}.iam.gserviceaccount.com"),
            private_key_id: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            private_key: pem(pkcs8.as_ref()),
            public_key,
        })
    }

    /// The file that an operator would download from the console.
    pub fn service_account(&self, token_uri: &str) -> String {
        let account = json!({
            "type": "service_account",
            "project_id": self.id,
            "private_key_id": self.private_key_id,
            "private_key": self.private_key,
            "client_email": self.client_email,
            "client_id": "100000000000000000000",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": token_uri,
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/double",
            "universe_domain": "googleapis.com"
        });
        format!("{account:#}\n")
    }

    /// Judges a request for a token; `Err` is the endpoint's answer.
    pub fn judge(
        &self,
        request: &GrantRequest,
        token_uri: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Box<Answer>> {
        let refuse = |error: &str, text: &str| Err(Box::new(grant_failure(400, error, text)));
        if request.grant_type != GRANT_TYPE {
            return refuse("unsupported_grant_type", "Invalid grant_type");
        }
        let header = match jsonwebtoken::decode_header(&request.assertion) {
            Ok(header) => header,
            Err(_) => return refuse("invalid_grant", "Invalid JWT: it cannot be parsed."),
        };
        if header.kid.is_some_and(|kid| kid != self.private_key_id) {
            return refuse("invalid_grant", "Invalid JWT: no key of this account has that id.");
        }
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[token_uri]);
        validation.set_issuer(&[&self.client_email]);
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        validation.validate_exp = false;
        let claims = match jsonwebtoken::decode::<Claims>(&request.assertion, &self.public_key, &validation) {
            Ok(token) => token.claims,
            Err(error) => {
                return match error.kind() {
                    ErrorKind::InvalidSignature => refuse("invalid_grant", "Invalid JWT Signature."),
                    ErrorKind::InvalidIssuer => refuse("invalid_grant", "Invalid grant: account not found"),
                    ErrorKind::InvalidAudience => {
                        refuse("invalid_grant", "Invalid JWT: Failed audience check.")
                    }
                    _ => refuse("invalid_grant", "Invalid JWT."),
                };
            }
        };
        let now = now.timestamp();
        if claims.exp - claims.iat > 3600 || claims.iat > now + TOLERANCE || claims.exp <= now {
            return refuse(
                "invalid_grant",
                "Invalid JWT: it must be short-lived and in a reasonable timeframe.",
            );
        }
        match claims.scope.as_str() {
            SCOPE => Ok(()),
            "" => refuse("invalid_scope", "Invalid OAuth scope or ID token audience provided."),
            _ => refuse("invalid_scope", "The scope does not let the account send messages."),
        }
    }
}

/// PEM (RFC 7468) of a PKCS #8 key.
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = tail;
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    pem
}

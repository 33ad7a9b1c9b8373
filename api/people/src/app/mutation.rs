//! How a feature says what of it a phone may do without network: the operations that it takes later, each carried out by the same command
//! as over HTTP.

use super::App;
use contract::{ParticipantId, time::Instant};
use db::{Tx, sql};
use futures_util::future::BoxFuture;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract,
    things::Thing,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;
use validator::Validate;

/// Something that was recorded without network, about to be carried out.
pub struct Applying<'a> {
    /// The service.
    pub app: &'a App,
    /// The transaction.
    pub tx: &'a mut Tx,
    /// Who recorded it.
    pub actor: &'a Actor,
    /// What time it is.
    pub now: Instant,
    /// What time it was for the phone when it was recorded.
    pub recorded_at: Instant,
    /// What the operation is about, unless it makes something.
    pub subject: Option<Uuid>,
    /// The version that the person had seen.
    pub base_version: Option<i64>,
    /// The body that the operation has over HTTP.
    pub body: &'a Value,
}

impl Applying<'_> {
    /// What it is about.
    pub fn subject(&self) -> Result<Uuid> {
        self.subject.ok_or_else(|| Error::field("/subject_id", "required", "missing field `subject_id`"))
    }

    /// The version that the person had seen.
    pub fn base_version(&self) -> Result<i64> {
        self.base_version
            .ok_or_else(|| Error::field("/base_version", "required", "missing field `base_version`"))
    }

    /// The body, checked as it is over HTTP.
    pub fn body<T: DeserializeOwned + Validate>(&self) -> Result<T> {
        extract::read(self.body).map_err(|error| error.below("/body"))
    }

    /// Refuses a subject or a version where the operation makes something.
    pub fn makes_something(&self) -> Result<()> {
        if self.subject.is_none() && self.base_version.is_none() {
            return Ok(());
        }
        Err(Error::field("/subject_id", "not_allowed", "what is made names itself in the body"))
    }

    /// Whether each of these versions of the subject is one that the same person made, by something that they recorded before.
    pub async fn are_own(&mut self, subject: Uuid, versions: &[i64]) -> Result<bool> {
        let own: Vec<Option<i64>> = self
            .tx
            .query(sql!("SELECT version FROM mutation WHERE subject_id = $1 AND person_id = $2"))
            .bind(subject)
            .bind(self.actor.person())
            .scalars()
            .await?;
        Ok(versions.iter().all(|version| own.contains(&Some(*version))))
    }

    /// Refuses a body where the operation has none.
    pub fn no_body(&self) -> Result<()> {
        let is_empty = self.body.as_object().is_none_or(serde_json::Map::is_empty);
        if is_empty && (self.body.is_null() || self.body.is_object()) {
            return Ok(());
        }
        Err(Error::field("/body", "not_allowed", "this operation has no body"))
    }
}

/// What came of it.
pub struct Applied {
    /// The kind of its subject.
    pub subject_kind: &'static Thing,
    /// Its subject.
    pub subject: Uuid,
    /// Whom it is about.
    pub participant: Option<ParticipantId>,
    /// The subject's version now, if it has versions.
    pub version: Option<i64>,
    /// The line of the audit log.
    pub audit: Audit,
}

impl Applied {
    /// It was so already, by somebody else's doing: no version of it is this person's, and what they say of it next may be a conflict.
    #[must_use]
    pub fn said_before(self) -> Self {
        Self { version: None, ..self }
    }
}

/// An operation that can be done without network, and how it is carried out later.
pub struct Mutation {
    /// The operation, by its name in the contract.
    pub operation: &'static str,
    /// Carries it out.
    pub apply: for<'m, 'a> fn(&'m mut Applying<'a>) -> BoxFuture<'m, Result<Applied>>,
}

//! Who one is, and the settings that are one's own.

use super::store::{self, Profile};
use crate::things::{PARTICIPANT, STAFF};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{CentreId, Language, PersonKind, StaffRole};
use kernel::{
    Kernel,
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch},
    problems::{ChangeProblems, ReadProblems},
    protect::{
        privacy::{Name, expose_in_answer},
        seal::Field,
    },
    reply::Reply,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// The person who asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Participant or staff.
    pub kind: PersonKind,
    /// Their id.
    #[schema(example = "01936f6e-4d00-7000-8000-000000000001")]
    pub id: Uuid,
    /// Of staff: what they may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<StaffRole>,
    /// Their centre.
    pub centre_id: CentreId,
    /// Their name.
    #[serde(serialize_with = "expose_in_answer")]
    pub name: Name,
    /// The language of their app and messages.
    pub language: Language,
    /// Of participants: whether reminders are pushed, or wait in the app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_wanted: Option<bool>,
    /// Of staff: whether an authenticator app is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_authenticator: Option<bool>,
    /// Counts the changes; the number in the `ETag`.
    #[schema(example = 1, minimum = 1)]
    pub version: i64,
}

/// A change of one's own settings; what is absent stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    /// The language of the app and its messages.
    pub language: Option<Language>,
    /// Of participants: whether reminders are pushed, or wait in the app.
    #[schema(example = true)]
    pub push_wanted: Option<bool>,
}

/// Who is signed in.
#[utoipa::path(
    get, path = "/me", tag = "sessions", operation_id = "readMe",
    summary = "Who is signed in",
    description = "The caller as the service knows them. Roles: everybody.",
    responses((status = 200, description = "The caller", body = Me), ReadProblems)
)]
pub async fn me(State(kernel): State<Kernel>, call: Call) -> Result<Response> {
    let mut tx = kernel.db.read().await?;
    let profile = store::profile(&mut tx, &call.actor).await?.ok_or_else(Error::not_found)?;
    reply(&kernel, &call.actor, profile).map(IntoResponse::into_response)
}

/// Changes the caller's settings.
#[utoipa::path(
    patch, path = "/me", tag = "sessions", operation_id = "changeMe",
    summary = "Change one's own settings",
    description = "Changes the caller's language, and for participants whether reminders are pushed. Roles: everybody; `push_wanted` is a participant's.",
    params(IfMatch),
    request_body = MeChange,
    responses((status = 200, description = "The caller as they are now", body = Me), ChangeProblems)
)]
pub async fn change_me(
    State(kernel): State<Kernel>,
    call: Call,
    version: IfMatch,
    body: Body<MeChange>,
) -> Result<Response> {
    let (actor, change) = (call.actor, &body.value);
    if actor.kind() == PersonKind::Staff && change.push_wanted.is_some() {
        return Err(Error::field("/push_wanted", "not_yours", "only participants have this setting"));
    }
    let mut work = kernel.begin(&call, body.digest).await?;
    let before = store::profile(&mut work.tx, &actor).await?.ok_or_else(Error::not_found)?;
    version.check(before.version)?;
    if !store::change(&mut work.tx, &actor, change.language, change.push_wanted, before.version).await? {
        // Somebody was faster between the two statements.
        let now = store::profile(&mut work.tx, &actor).await?.ok_or_else(Error::not_found)?;
        return Err(Error::changed(now.version));
    }
    // Read now that the row is held: they may have been moved to another centre since they were let in.
    let after = store::profile(&mut work.tx, &actor).await?.ok_or_else(Error::not_found)?;
    if let Actor::Participant { id, .. } = actor {
        work.tx.changed(PARTICIPANT.changed(after.centre_id.0, Some(id.0), id.0));
    }
    work.finish(audit(&actor, change), reply(&kernel, &actor, after)?).await
}

fn audit(actor: &Actor, change: &MeChange) -> Audit {
    let audit = match actor {
        Actor::Participant { id, .. } => Audit::new(&PARTICIPANT, "change_settings", id.0).about(*id),
        Actor::Staff { id, .. } => Audit::new(&STAFF, "change_settings", id.0),
    };
    let changed = [("language", change.language.is_some()), ("push_wanted", change.push_wanted.is_some())];
    let fields: Vec<&str> = changed.iter().filter(|(_, changed)| *changed).map(|(name, _)| *name).collect();
    audit.with("fields", fields)
}

fn reply(kernel: &Kernel, actor: &Actor, profile: Profile) -> Result<Reply> {
    let version = profile.version;
    Ok(Reply::ok(&Me::of(kernel, actor, profile)?)?.version(version))
}

impl Me {
    /// The caller with their name opened.
    pub(super) fn of(kernel: &Kernel, actor: &Actor, profile: Profile) -> Result<Self> {
        let id = actor.person();
        let (vault, table) = match actor.kind() {
            PersonKind::Participant => (&kernel.keys.participants, "participant"),
            PersonKind::Staff => (&kernel.keys.staff, "staff"),
        };
        let key = vault.key(id, &profile.data_key)?;
        Ok(Self {
            kind: actor.kind(),
            id,
            role: actor.role(),
            centre_id: profile.centre_id,
            name: key.open_text(Field::new(table, "name_sealed", id), &profile.name_sealed)?,
            language: profile.language,
            push_wanted: profile.push_wanted,
            has_authenticator: profile.has_authenticator,
            version: profile.version,
        })
    }
}

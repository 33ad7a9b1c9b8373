//! Registering, refreshing, listing and removing one's devices.

use super::things::DEVICE;
use super::{
    answer::{Device, PushPublicKey},
    request::{self, FcmRegistration, NewFcmDevice, NewWebPushDevice, WebPushSubscription},
    store,
};
use crate::{App, contact_way};
use axum::{extract::State, response::Response};
use chrono::TimeDelta;
use contract::{DeviceId, IdSource, ProblemCode};
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, Path},
    first_id::first_id_at,
    legible,
    page::Page,
    problems::{CreateProblems, ReadProblems},
    reply::Reply,
    work::Work,
};
use notifications::{
    device::{self, Owner},
    outbox::Address,
};
use std::time::Duration;
use uuid::Uuid;

/// How often one person may tell an address in an hour. An honest app does it once at its start.
const CHANGES_AN_HOUR: i64 = 60;
/// How long somebody waits who did it too often.
const WAIT: Duration = Duration::from_mins(10);

/// The service's key for Web Push
///
/// What a browser or app subscribes with at its push service. It does not change. Roles: everybody who is signed in.
#[utoipa::path(
    get, path = "/push/public-key", tag = "devices", operation_id = "readPushPublicKey",
    responses((status = 200, description = "The key", body = PushPublicKey), ReadProblems)
)]
pub async fn public_key(State(app): State<App>, _: Call) -> Result<Reply> {
    Reply::ok(&PushPublicKey { public_key: app.push.public_key() })
}

/// List one's devices
///
/// The installed apps of the caller that can be reached by push, the newest first. Roles: everybody, their own.
#[utoipa::path(
    get, path = "/devices", tag = "devices", operation_id = "listDevices",
    responses((status = 200, description = "All of them; there are ten at most", body = Page<Device>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call) -> Result<Reply> {
    let mut tx = app.db.read().await?;
    let rows = legible::of_all(store::list(&mut tx, call.actor.person()).await?);
    let items = rows.iter().map(|row| Device::seen_from(call.actor.session(), row)).collect();
    Reply::ok(&Page::only(items))
}

/// Register a Web Push subscription
///
/// The app is reached there from now on, as long as its session lives. An endpoint that the caller registered before keeps
/// its device (200); one that was somebody else's is taken from them, since the phone has changed hands. With more than ten
/// devices, the one that was silent for longest goes. Roles: everybody, for themselves.
#[utoipa::path(
    post, path = "/devices/web-push", tag = "devices", operation_id = "registerWebPushDevice",
    request_body = NewWebPushDevice,
    params(Call),
    responses(
        (status = 201, description = "Registered", body = Device, headers(("ETag" = String), ("Location" = String))),
        (status = 200, description = "Registered before, and refreshed", body = Device, headers(("ETag" = String))),
        CreateProblems
    )
)]
pub async fn register_web_push(
    State(app): State<App>,
    call: Call,
    body: Body<NewWebPushDevice>,
) -> Result<Response> {
    let new = body.value;
    let address = request::web_push(&app, &new.endpoint, &new.keys)?;
    register(&app, &call, body.digest, new.id, &address).await
}

/// Register an FCM token
///
/// For apps that are reached through Firebase Cloud Messaging. They get an empty wake-up there and fetch what it is about
/// from `/v1/notifications`. All else is as for Web Push. Roles: everybody, for themselves.
#[utoipa::path(
    post, path = "/devices/fcm", tag = "devices", operation_id = "registerFcmDevice",
    request_body = NewFcmDevice,
    params(Call),
    responses(
        (status = 201, description = "Registered", body = Device, headers(("ETag" = String), ("Location" = String))),
        (status = 200, description = "Registered before, and refreshed", body = Device, headers(("ETag" = String))),
        CreateProblems
    )
)]
pub async fn register_fcm(State(app): State<App>, call: Call, body: Body<NewFcmDevice>) -> Result<Response> {
    let address = request::fcm(&app, &body.value.token)?;
    register(&app, &call, body.digest, body.value.id, &address).await
}

/// Tell a device's new Web Push subscription
///
/// Browsers replace a subscription now and then. Needs no `If-Match`: an app's address is nobody else's to change, and the
/// one told last is right. Also moves the device to the session that asks. Roles: everybody, for themselves.
#[utoipa::path(
    put, path = "/devices/{device_id}/web-push", tag = "devices", operation_id = "refreshWebPushDevice",
    request_body = WebPushSubscription,
    params(("device_id" = DeviceId, Path)),
    responses((status = 200, description = "Reached there from now on", body = Device, headers(("ETag" = String))), CreateProblems)
)]
pub async fn refresh_web_push(
    State(app): State<App>,
    call: Call,
    Path(id): Path<DeviceId>,
    body: Body<WebPushSubscription>,
) -> Result<Response> {
    let address = request::web_push(&app, &body.value.endpoint, &body.value.keys)?;
    refresh(&app, &call, body.digest, id, &address).await
}

/// Tell a device's new FCM token
///
/// FCM replaces tokens now and then. Needs no `If-Match`, as for Web Push. Roles: everybody, for themselves.
#[utoipa::path(
    put, path = "/devices/{device_id}/fcm", tag = "devices", operation_id = "refreshFcmDevice",
    request_body = FcmRegistration,
    params(("device_id" = DeviceId, Path)),
    responses((status = 200, description = "Reached there from now on", body = Device, headers(("ETag" = String))), CreateProblems)
)]
pub async fn refresh_fcm(
    State(app): State<App>,
    call: Call,
    Path(id): Path<DeviceId>,
    body: Body<FcmRegistration>,
) -> Result<Response> {
    let address = request::fcm(&app, &body.value.token)?;
    refresh(&app, &call, body.digest, id, &address).await
}

/// Remove a device
///
/// Nothing is pushed to it any more. Its reminders are still found in `/v1/notifications`. Roles: everybody, their own.
#[utoipa::path(
    delete, path = "/devices/{device_id}", tag = "devices", operation_id = "removeDevice",
    params(("device_id" = DeviceId, Path)),
    responses((status = 204, description = "Removed"), ReadProblems)
)]
pub async fn remove(State(app): State<App>, call: Call, Path(id): Path<DeviceId>) -> Result<Response> {
    let mut work = app.begin(&call, Digest::empty()).await?;
    if !device::remove(&mut work.tx, call.actor.person(), id, work.now).await? {
        return Err(Error::not_found());
    }
    work.finish(own(&call.actor, Audit::new(&DEVICE, "remove", id.0)), Reply::empty()).await
}

async fn register(
    app: &App,
    call: &Call,
    digest: Digest,
    chosen: Option<DeviceId>,
    address: &Address,
) -> Result<Response> {
    let mut work = app.begin(call, digest).await?;
    limit(&mut work).await?;
    let ids = Chosen { id: chosen, otherwise: &*app.ids };
    let (owner, now) = (owner(&mut work).await?, work.now);
    let id = device::register(&mut work.tx, owner, address, now, &ids).await.map_err(met_another)?;
    is_reached(app, &mut work, &call.actor).await?;
    let row = store::load(&mut work.tx, owner.person_id, id).await?.ok_or_else(Error::not_found)?;
    let device = Device::seen_from(call.actor.session(), &row);
    let reply = if row.version == 1 {
        Reply::created(format!("/v1/devices/{id}"), &device)?
    } else {
        Reply::ok(&device)?
    };
    let audit = own(&call.actor, Audit::new(&DEVICE, "register", id.0)).with("channel", row.channel.as_str());
    work.finish(audit, reply.version(row.version)).await
}

async fn refresh(
    app: &App,
    call: &Call,
    digest: Digest,
    id: DeviceId,
    address: &Address,
) -> Result<Response> {
    let mut work = app.begin(call, digest).await?;
    limit(&mut work).await?;
    let (owner, now) = (owner(&mut work).await?, work.now);
    if !device::refresh(&mut work.tx, owner, id, address, now).await.map_err(met_another)? {
        return Err(Error::not_found());
    }
    is_reached(app, &mut work, &call.actor).await?;
    let row = store::load(&mut work.tx, owner.person_id, id).await?.ok_or_else(Error::not_found)?;
    let audit = own(&call.actor, Audit::new(&DEVICE, "refresh", id.0)).with("channel", row.channel.as_str());
    let device = Device::seen_from(call.actor.session(), &row);
    work.finish(audit, Reply::ok(&device)?.version(row.version)).await
}

/// Whoever waited for the participant to have a phone waits no longer.
async fn is_reached(app: &App, work: &mut Work, actor: &Actor) -> Result<()> {
    match actor {
        Actor::Participant { id, .. } => contact_way::has_device(app, &mut work.tx, *id, work.now).await,
        Actor::Staff { .. } => Ok(()),
    }
}

/// Two registrations of one address at the same moment: the second is carried out again.
fn met_another(error: db::Error) -> Error {
    if error.violates("device_endpoint_key") || error.violates("device_fcm_token_key") {
        return Error::stood_in_the_way();
    }
    error.into()
}

async fn limit(work: &mut Work) -> Result<()> {
    let hour_ago = work.now.saturating_sub(TimeDelta::hours(1));
    let person = work.actor().person();
    if store::changes_since(&mut work.tx, person, first_id_at(hour_ago)).await? < CHANGES_AN_HOUR {
        return Ok(());
    }
    Err(Error::too_many(WAIT))
}

/// The caller, whose session may have ended since they were let in: a phone that was signed out gets nothing any more.
async fn owner(work: &mut Work) -> Result<Owner> {
    let refused = || Error::new(ProblemCode::Unauthenticated);
    let actor = *work.actor();
    let session_id = actor.session().ok_or_else(refused)?;
    if !store::session_lives(&mut work.tx, session_id).await? {
        return Err(refused());
    }
    Ok(Owner { session_id, person_kind: actor.kind(), person_id: actor.person() })
}

/// A participant's own devices stand in their own access log.
fn own(actor: &Actor, audit: Audit) -> Audit {
    match actor {
        Actor::Participant { id, .. } => audit.about(*id),
        Actor::Staff { .. } => audit,
    }
}

/// The id that the app chose, if it did.
struct Chosen<'a> {
    id: Option<DeviceId>,
    otherwise: &'a dyn IdSource,
}

impl IdSource for Chosen<'_> {
    fn next(&self) -> Uuid {
        self.id.map_or_else(|| self.otherwise.next(), |id| id.0)
    }
}

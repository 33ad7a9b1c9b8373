//! Changing one's own factors. Whoever changes one proves the present ones again: an unlocked phone that somebody picks up must
//! not be enough to lock its owner out. The other sessions end, in case one of them was the reason for the change.

use super::{
    accounts,
    authenticator::Authenticator,
    enrolled_devices, password_rules, second_factor,
    secret::Secret,
    sessions::{self, EndReason},
    store::{self, Account},
    throttle::{self, Subject},
};
use crate::{
    access::not_for_this_role,
    app::App,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest},
    openapi::CreateProblems,
    protect::{
        privacy::{Email, Name},
        seal::Field,
    },
    reply::Reply,
};
use axum::{extract::State, response::Response};
use contract::{ProblemCode, SessionId, StaffId, StaffRole};
use db::Tx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A change of password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password as it is now, or the one-time password.
    #[validate(length(min = 1, max = 128))]
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 128, example = "7KQM-2WXA-R9TD-PV4H")]
    pub current_password: Secret,
    /// The new one: any script, taken exactly as it is sent. What an attacker tries first is refused.
    #[validate(length(min = 8, max = 128))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery")]
    pub new_password: Secret,
}

/// The present factors, proved again.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAuthenticator {
    /// The password.
    #[validate(length(min = 1, max = 128))]
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 128, example = "correct horse battery")]
    pub current_password: Secret,
    /// The code of the present authenticator app, if there is one.
    #[validate(length(min = 6, max = 6))]
    #[schema(value_type = Option<String>, min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "081804")]
    pub authenticator_code: Option<Secret>,
}

/// A secret for an authenticator app. It is shown once.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct AuthenticatorSecret {
    /// The address to be shown as a QR code.
    #[schema(
        example = "otpauth://totp/Muwakaba:amina%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Muwakaba"
    )]
    pub uri: String,
    /// The secret in base32, to be typed where no camera is at hand.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    pub secret: String,
}

/// The first code of a new authenticator app.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthenticatorCode {
    /// The six digits that the app shows.
    #[validate(length(min = 6, max = 6))]
    #[schema(value_type = String, min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "081804")]
    pub code: Secret,
}

/// Changes the caller's password.
#[utoipa::path(
    put, path = "/me/password", tag = "sign_in", operation_id = "changePassword",
    summary = "Change one's password",
    description = "Replaces the caller's password and ends their other sessions. Asks for the present password again; a wrong one is a fault of `/current_password`. The one-time password is only given up where a second factor will stand beside the new one: an authenticator app, or this session's device. In a browser without a key, set an authenticator app up first (`POST` and `PUT /v1/me/authenticator`); until then the answer is the problem `second_factor_due`. Roles: all staff.",
    request_body = PasswordChange,
    responses((status = 204, description = "Changed"), CreateProblems)
)]
pub async fn change_password(
    State(app): State<App>,
    mut call: Call,
    body: Body<PasswordChange>,
) -> Result<Response> {
    // The answer has no content to repeat, and the present password of a repetition is no longer the present one.
    call.idempotency_key = None;
    let change = &body.value;
    let proven = Proven::prove(&app, &call, &change.current_password, None).await?;
    judge(&app, &proven.account, change)?;
    let hash = app.sign_in.passwords.hash(change.new_password.expose().as_bytes(), &*app.random).await?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let Account { id, password_hash, .. } = &proven.account;
    if !store::replace_password(&mut work.tx, *id, password_hash, &hash).await? {
        return Err(wrong_factor());
    }
    let session = call.actor.session();
    if proven.account.password_change_due {
        settle_second_factor(&mut work.tx, &proven.account, session).await?;
    }
    sessions::end_all(&mut work.tx, id.0, session, EndReason::FactorChanged, work.now).await?;
    throttle::forgive_all(&mut work.tx, proven.subject).await?;
    work.finish(Audit::new("staff.change_password", id.0), Reply::empty()).await
}

/// With the one-time password the owner's second factor is settled: the authenticator app, or the device they sit at. Any
/// other device came with the one-time password too, from whoever else saw it, and is forgotten.
async fn settle_second_factor(tx: &mut Tx, account: &Account, session: Option<SessionId>) -> Result<()> {
    let device = match session {
        Some(session) => enrolled_devices::of_session(tx, session).await?,
        None => None,
    };
    if !second_factor::will_have_one(account.authenticator_sealed.is_some(), device.is_some()) {
        return Err(Error::with_detail(
            ProblemCode::SecondFactorDue,
            "this device has no key that could be the second factor: set an authenticator app up first, with POST and PUT /v1/me/authenticator",
        ));
    }
    Ok(enrolled_devices::forget_all(tx, account.id.0, device.as_deref()).await?)
}

/// Makes a secret for a new authenticator app.
#[utoipa::path(
    post, path = "/me/authenticator", tag = "sign_in", operation_id = "beginAuthenticator",
    summary = "Begin to set up an authenticator app",
    description = "Makes a new secret and shows it once. The present app, if any, stays in use until the new one has proved itself by a code (`PUT` of the same path). Asks for the present factors again. Roles: all staff.",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request gets the same answer")),
    request_body = NewAuthenticator,
    responses((status = 200, description = "The new secret", body = AuthenticatorSecret), CreateProblems)
)]
pub async fn new_authenticator(
    State(app): State<App>,
    call: Call,
    body: Body<NewAuthenticator>,
) -> Result<Response> {
    let request = &body.value;
    let code = request.authenticator_code.as_ref();
    let proven = Proven::prove(&app, &call, &request.current_password, code).await?;
    let (account, mut work) = (&proven.account, app.begin(&call, app.sign_in.keyed(body.digest)).await?);
    if account.authenticator_sealed.is_some() {
        let step = proven.step.ok_or_else(wrong_factor)?;
        if !store::use_step(&mut work.tx, account.id, step).await? {
            return Err(wrong_factor());
        }
    }
    let (key, authenticator) = (account.key(&app)?, Authenticator::generate(&*app.random)?);
    let sealed = key.seal(pending_field(account.id), authenticator.expose(), &*app.random)?;
    store::keep_pending(&mut work.tx, account.id, &sealed).await?;
    throttle::forgive_all(&mut work.tx, proven.subject).await?;
    let email: Email =
        key.open_text(Field::new("staff", "email_sealed", account.id.0), &account.email_sealed)?;
    let secret =
        AuthenticatorSecret { uri: authenticator.uri(email.expose())?, secret: authenticator.base32()? };
    work.finish(Audit::new("staff.begin_authenticator", account.id.0), Reply::ok(&secret)?).await
}

/// Puts the new authenticator app into use.
#[utoipa::path(
    put, path = "/me/authenticator", tag = "sign_in", operation_id = "confirmAuthenticator",
    summary = "Put a new authenticator app into use",
    description = "The first code of the new app puts it in the place of the old one and ends the caller's other sessions. Roles: all staff.",
    request_body = AuthenticatorCode,
    responses((status = 204, description = "In use"), CreateProblems)
)]
pub async fn confirm_authenticator(
    State(app): State<App>,
    mut call: Call,
    body: Body<AuthenticatorCode>,
) -> Result<Response> {
    call.idempotency_key = None;
    let (id, _, _) = call.actor.staff(StaffRole::ALL)?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let wrong = || Error::field("/code", "wrong", "is not the new app's code of this moment");
    let account = store::account(&mut work.tx, id).await?.ok_or_else(wrong)?;
    let pending = account.authenticator_pending_sealed.as_ref().ok_or_else(wrong)?;
    let secret = account.key(&app)?.open(pending_field(id), pending)?;
    let authenticator = Authenticator::from_secret(secret);
    let step = authenticator.check(body.value.code.expose(), work.now)?.ok_or_else(wrong)?;
    let sealed =
        account.key(&app)?.seal(accounts::authenticator_field(id), authenticator.expose(), &*app.random)?;
    store::replace_authenticator(&mut work.tx, id, &sealed, step).await?;
    let session = call.actor.session();
    sessions::end_all(&mut work.tx, id.0, session, EndReason::FactorChanged, work.now).await?;
    work.finish(Audit::new("staff.change_authenticator", id.0), Reply::empty()).await
}

/// Where a secret is kept that waits for its first code.
const fn pending_field(id: StaffId) -> Field {
    Field::new("staff", "authenticator_pending_sealed", id.0)
}

/// The caller's account, its present factors just proved.
struct Proven {
    account: Account,
    subject: Subject,
    step: Option<i64>,
}

impl Proven {
    async fn prove(app: &App, call: &Call, password: &Secret, code: Option<&Secret>) -> Result<Self> {
        let (id, _, _) = call.actor.staff(StaffRole::ALL)?;
        let subject = Subject::new(&app.sign_in.throttle_key, "factors again", id.0.as_bytes());
        let (mut tx, now) = (app.db.write().await?, app.clock.now());
        throttle::charge(&mut tx, subject, &throttle::ACCOUNT, now).await?;
        let account = store::account(&mut tx, id).await?.ok_or_else(not_for_this_role)?;
        tx.commit().await?;
        let hash = Some(account.password_hash.as_str());
        if !app.sign_in.passwords.verify(password.expose().as_bytes(), hash).await? {
            return Err(wrong_factor());
        }
        let step = match (account.authenticator(app)?, code) {
            (Some(authenticator), Some(code)) => authenticator.check(code.expose(), now)?,
            _ => None,
        };
        Ok(Self { account, subject, step })
    }
}

fn wrong_factor() -> Error {
    Error::field("/current_password", "wrong", "the present password, or the code, is wrong")
}

fn judge(app: &App, account: &Account, change: &PasswordChange) -> Result<()> {
    let key = account.key(app)?;
    let id = account.id.0;
    let email: Email = key.open_text(Field::new("staff", "email_sealed", id), &account.email_sealed)?;
    let name: Name = key.open_text(Field::new("staff", "name_sealed", id), &account.name_sealed)?;
    let (local, domain) = email.expose().split_once('@').unwrap_or((email.expose(), ""));
    let mut own: Vec<&str> = vec![local, domain];
    own.extend(
        local.split(['.', '-', '_', '+']).chain(domain.split('.')).chain(name.expose().split_whitespace()),
    );
    let verdict = if change.new_password == change.current_password {
        Err(password_rules::Weakness::Unchanged)
    } else {
        password_rules::judge(change.new_password.expose(), &own)
    };
    verdict.map_err(|weakness| Error::field("/new_password", weakness.code(), weakness.describe()))
}

//! Changing one's own factors. Whoever changes one proves the present ones again: an unlocked phone that somebody picks up must
//! not be enough to lock its owner out. The other sessions end, in case one of them was the reason for the change.

use super::{
    accounts,
    authenticator::Authenticator,
    enrolled_devices, second_factor,
    sessions::{self, EndReason},
    store::{self, Account},
    throttle::{self, Subject},
};
use crate::Identity;
use crate::passwords::{
    forms::{Forms, opaque},
    rules,
};
use crate::things::STAFF;
use crate::typed::{self, secret::Secret};
use axum::{extract::State, response::Response};
use chrono::TimeDelta;
use contract::{ProblemCode, SessionId, StaffId, StaffRole};
use db::Tx;
use kernel::{
    access::not_for_this_role,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest},
    problems::CreateProblems,
    protect::{
        privacy::{Email, Name},
        seal::{Field, Sealed},
    },
    reply::Reply,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// How long a new authenticator's secret waits for its first code.
const PENDING_LIFETIME: TimeDelta = TimeDelta::minutes(30);
/// How many codes may be tried on it.
const PENDING_TRIES: i64 = 5;

/// A change of password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password as it is now, or the one-time password.
    #[validate(length(min = 1, max = 128))]
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 128, example = "7KQM-2WXA-R9TD-PV4H")]
    pub current_password: Secret,
    /// The new one: any script. Forms of Unicode that are the same text are the same password (RFC 8265, OpaqueString). What an
    /// attacker tries first is refused.
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
    /// The code of the present authenticator app, if there is one; with or without spaces, of any keyboard.
    #[validate(length(min = 6, max = 40), custom(function = "typed::check_authenticator_code"))]
    #[schema(value_type = Option<String>, min_length = 6, max_length = 40, pattern = "^[ -]*([0-9٠-٩۰-۹][ -]*){6}$", example = "081804")]
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
    /// The six digits that the app shows; with or without spaces, of any keyboard.
    #[validate(length(min = 6, max = 40), custom(function = "typed::check_authenticator_code"))]
    #[schema(value_type = String, min_length = 6, max_length = 40, pattern = "^[ -]*([0-9٠-٩۰-۹][ -]*){6}$", example = "081804")]
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
    State(identity): State<Identity>,
    mut call: Call,
    body: Body<PasswordChange>,
) -> Result<Response> {
    // The answer has no content to repeat, and the present password of a repetition is no longer the present one.
    call.idempotency_key = None;
    let change = &body.value;
    let proven = Proven::prove(&identity, &call, &change.current_password, Asked::Password).await?;
    let new_password = opaque(change.new_password.expose());
    judge(&identity, &proven.account, change, &new_password)?;
    let hash = identity.sign_in.passwords.hash(new_password.as_bytes(), &*identity.random).await?;
    let mut work = identity.begin(&call, Digest::empty()).await?;
    let Account { id, password_hash, .. } = &proven.account;
    if !store::replace_password(&mut work.tx, *id, password_hash, &hash).await? {
        return Err(wrong_factor());
    }
    let session = call.actor.session();
    if proven.account.password_change_due {
        settle_second_factor(&mut work.tx, &proven.account, session).await?;
    }
    sessions::end_all(&mut work.tx, id.0, session, EndReason::FactorChanged, work.now).await?;
    work.finish(Audit::new(&STAFF, "change_password", id.0), Reply::empty()).await
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
    description = "Makes a new secret and shows it once. The present app, if any, stays in use until the new one has proved itself by a code (`PUT` of the same path) within 30 minutes. Asks for the present factors again. Roles: all staff.",
    params(Call),
    request_body = NewAuthenticator,
    responses((status = 200, description = "The new secret", body = AuthenticatorSecret), CreateProblems)
)]
pub async fn new_authenticator(
    State(identity): State<Identity>,
    call: Call,
    body: Body<NewAuthenticator>,
) -> Result<Response> {
    let request = &body.value;
    let asked = Asked::WithCode(request.authenticator_code.as_ref());
    let proven = Proven::prove(&identity, &call, &request.current_password, asked).await?;
    let (account, mut work) =
        (&proven.account, identity.begin(&call, identity.sign_in.keyed(body.digest)).await?);
    if let Some(step) = proven.step
        && !store::use_step(&mut work.tx, account.id, step).await?
    {
        return Err(wrong_factor());
    }
    let (key, authenticator) = (account.key(&identity)?, Authenticator::generate(&*identity.random)?);
    let sealed = key.seal(pending_field(account.id), authenticator.expose(), &*identity.random)?;
    let until = work.now.saturating_add(PENDING_LIFETIME);
    store::keep_pending(&mut work.tx, account.id, &sealed, until).await?;
    let email: Email =
        key.open_text(Field::new("staff", "email_sealed", account.id.0), &account.email_sealed)?;
    let secret =
        AuthenticatorSecret { uri: authenticator.uri(email.expose())?, secret: authenticator.base32()? };
    work.finish(Audit::new(&STAFF, "begin_authenticator", account.id.0), Reply::ok(&secret)?).await
}

/// Puts the new authenticator app into use.
#[utoipa::path(
    put, path = "/me/authenticator", tag = "sign_in", operation_id = "confirmAuthenticator",
    summary = "Put a new authenticator app into use",
    description = "The first code of the new app puts it in the place of the old one and ends the caller's other sessions. After five wrong codes, or 30 minutes, the new secret is forgotten: begin again. Roles: all staff.",
    request_body = AuthenticatorCode,
    responses((status = 204, description = "In use"), CreateProblems)
)]
pub async fn confirm_authenticator(
    State(identity): State<Identity>,
    mut call: Call,
    body: Body<AuthenticatorCode>,
) -> Result<Response> {
    call.idempotency_key = None;
    let (id, _, _) = call.actor.staff(StaffRole::ALL)?;
    let wrong = || Error::field("/code", "wrong", "is not the new app's code of this moment");
    let (account, pending) = waiting(&identity, id).await?.ok_or_else(wrong)?;
    let key = account.key(&identity)?;
    let authenticator = Authenticator::from_secret(key.open(pending_field(id), &pending)?);
    let step = authenticator.check(body.value.code.expose(), identity.clock.now())?.ok_or_else(wrong)?;
    let sealed = key.seal(accounts::authenticator_field(id), authenticator.expose(), &*identity.random)?;
    let mut work = identity.begin(&call, Digest::empty()).await?;
    if !store::replace_authenticator(&mut work.tx, id, &pending, &sealed, step).await? {
        return Err(wrong());
    }
    let session = call.actor.session();
    sessions::end_all(&mut work.tx, id.0, session, EndReason::FactorChanged, work.now).await?;
    work.finish(Audit::new(&STAFF, "change_authenticator", id.0), Reply::empty()).await
}

/// The secret that waits for its first code, a try at which is counted here, before it is made. Six digits are few: after so many
/// wrong ones there is no secret any more.
async fn waiting(identity: &Identity, id: StaffId) -> Result<Option<(Account, Sealed)>> {
    let (mut tx, now) = (identity.db.write().await?, identity.clock.now());
    let may_try = store::count_pending_try(&mut tx, id, PENDING_TRIES, now).await?;
    if !may_try {
        store::forget_pending(&mut tx, id).await?;
    }
    let account = store::account(&mut tx, id).await?;
    tx.commit().await?;
    let waiting = account.and_then(|account| {
        let pending = account.authenticator_pending_sealed.clone()?;
        Some((account, pending))
    });
    Ok(waiting.filter(|_| may_try))
}

/// Where a secret is kept that waits for its first code.
const fn pending_field(id: StaffId) -> Field {
    Field::new("staff", "authenticator_pending_sealed", id.0)
}

/// The caller's account, its present factors just proved.
struct Proven {
    account: Account,
    /// The step of the code, where one was asked for.
    step: Option<i64>,
}

/// Which of the present factors are asked for.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Password,
    /// And the code that came, if the account has an authenticator.
    WithCode(Option<&'a Secret>),
}

impl Proven {
    /// Counts a try, and takes it back if it was good: whatever is wrong with the rest of the request is no guess.
    async fn prove(identity: &Identity, call: &Call, password: &Secret, asked: Asked<'_>) -> Result<Self> {
        let (id, _, _) = call.actor.staff(StaffRole::ALL)?;
        let subject = Subject::new(&identity.sign_in.throttle_key, "factors again", id.0.as_bytes());
        let (mut tx, now) = (identity.db.write().await?, identity.clock.now());
        throttle::charge(&mut tx, subject, &throttle::ACCOUNT, now).await?;
        let account = store::account(&mut tx, id).await?.ok_or_else(not_for_this_role)?;
        tx.commit().await?;
        let (forms, stored) = (Forms::of(password.expose()), Some(account.password_hash.as_str()));
        if !account.accepts(identity.sign_in.passwords.verify_any(&forms, stored).await?) {
            return Err(wrong_factor());
        }
        let step = match (account.authenticator(identity)?, asked) {
            (Some(authenticator), Asked::WithCode(code)) => {
                let code = code.map_or("", Secret::expose);
                Some(authenticator.check(code, now)?.ok_or_else(wrong_factor)?)
            }
            _ => None,
        };
        let mut tx = identity.db.write().await?;
        throttle::forgive_all(&mut tx, subject).await?;
        tx.commit().await?;
        Ok(Self { account, step })
    }
}

fn wrong_factor() -> Error {
    Error::field("/current_password", "wrong", "the present password, or the code, is wrong")
}

fn judge(identity: &Identity, account: &Account, change: &PasswordChange, new_password: &str) -> Result<()> {
    let key = account.key(identity)?;
    let id = account.id.0;
    let email: Email = key.open_text(Field::new("staff", "email_sealed", id), &account.email_sealed)?;
    let name: Name = key.open_text(Field::new("staff", "name_sealed", id), &account.name_sealed)?;
    let own = rules::words_of(email.expose(), name.expose());
    let verdict = if new_password == opaque(change.current_password.expose()).as_str() {
        Err(rules::Weakness::Unchanged)
    } else {
        rules::judge(new_password, &own)
    };
    verdict.map_err(|weakness| Error::field("/new_password", weakness.code(), weakness.describe()))
}

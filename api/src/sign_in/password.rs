//! Signing in with e-mail address, password and a second factor: a code from the authenticator app, or an enrolled device.
//!
//! Whatever is wrong, the answer is the same and takes the same time: a hash is computed and a code is checked even where
//! there is no such account. A try is counted before it is made; see `throttle`.

use super::{
    authenticator::Authenticator,
    enrolled_devices,
    proof::DeviceProof,
    refresh_cookie::{self, RefreshCookie},
    second_factor::{self, AuthenticatorCode, Evidence, SecondFactor},
    secret::Secret,
    sessions::{self, FIRST_GENERATION, NewSession, Owner},
    store::{self, Account},
    throttle::{self, Subject},
    tokens::{SignedInPerson, Tokens},
};
use crate::{
    app::App,
    audit::Audit,
    error::{Error, Result},
    extract::Body,
    openapi::CredentialProblems,
    protect::{lookup::EmailHash, privacy::Email},
    reply::Reply,
    serve::Source,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{AuditId, ProblemCode, RefreshTokenPlace, SessionId, time::Instant};
use db::Tx;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// What a session is called when the app does not say.
const UNNAMED_DEVICE: &str = "Browser";

/// A sign-in.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "email": "mentor@example.org",
    "password": "correct horse battery",
    "device_label": "Android phone"
}))]
pub struct SignIn {
    /// The account's address.
    pub email: Email,
    /// The password, exactly as it was chosen.
    #[validate(length(min = 1, max = 128))]
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 128, example = "correct horse battery")]
    pub password: Secret,
    /// The six digits that the authenticator app shows, for accounts that have one.
    #[validate(length(min = 6, max = 6))]
    #[schema(value_type = Option<String>, min_length = 6, max_length = 6, pattern = "^[0-9]{6}$", example = "081804")]
    pub authenticator_code: Option<Secret>,
    /// What the list of sessions shall call this device. The app says it, such as from the phone's model; nothing personal.
    #[validate(length(min = 1, max = 60), custom(function = "super::device_label::check"))]
    #[schema(
        min_length = 1,
        max_length = 60,
        pattern = "^[A-Za-z0-9][A-Za-z0-9 ._()+-]*$",
        example = "Android phone"
    )]
    pub device_label: Option<String>,
    /// Where the refresh token goes; without it, into the body.
    pub refresh_token_in: Option<RefreshTokenPlace>,
}

/// Signs a staff member in.
#[utoipa::path(
    post, path = "/sign-in", tag = "sign_in", operation_id = "signIn",
    summary = "Sign in as staff",
    description = "Proves an e-mail address, a password and a second factor, and begins a session. For accounts that have an authenticator app the second factor is its code; managers, administrators and observers must have one. For mentors and counsellors without one it is a `DPoP` header (RFC 9449) made with the key of a device that is enrolled for them. Signing in with the one-time password that was handed over in person enrols the device whose proof comes with it, and so does signing in with the authenticator. Whatever is wrong or missing, the answer is the same. With a `DPoP` header the session is bound to the device's key: it then lives longer, and refreshing needs a proof every time. Roles: everybody, without signing in.",
    security(()),
    params(("DPoP" = Option<String>, Header, description = "A proof made with the device's key: the second factor where that device is enrolled, and what the session is bound to")),
    request_body = SignIn,
    responses(
        (status = 200, description = "Signed in", body = Tokens, headers(("Set-Cookie" = String, description = "With `refresh_token_in` `cookie`: the refresh token, in the cookie `__Host-refresh`"))),
        CredentialProblems
    )
)]
pub async fn sign_in(
    State(app): State<App>,
    source: Source,
    proof: DeviceProof,
    cookie: RefreshCookie,
    body: Body<SignIn>,
) -> Result<Response> {
    let place = body.value.refresh_token_in.unwrap_or(RefreshTokenPlace::Body);
    refresh_cookie::check(place, proof.key().is_some())?;
    let attempt = Attempt::begin(&app, source, &proof, &body.value).await?;
    let factors = attempt.check(&app, &body.value).await?;
    let signed_in = attempt.settle(&app, &proof, &body.value, factors).await?;
    let (mut tokens, ends_at) = signed_in.ok_or_else(|| Error::new(ProblemCode::SignInRefused))?;
    let said = cookie.hand_out(&mut tokens, place, ends_at, app.clock.now());
    Ok(refresh_cookie::with_cookie(Reply::ok(&tokens)?.into_response(), said))
}

/// A try that has been counted.
struct Attempt {
    account: Option<Account>,
    from: Subject,
    on: Subject,
    now: Instant,
}

/// What a try proved.
struct Factors {
    password: bool,
    /// The step of the code, `None` if it is wrong.
    step: Option<i64>,
}

impl Attempt {
    async fn begin(app: &App, source: Source, proof: &DeviceProof, request: &SignIn) -> Result<Self> {
        let (mut tx, now) = (app.db.write().await?, app.clock.now());
        let key = &app.sign_in.throttle_key;
        let email = app.keys.emails.hash(&request.email);
        let from = Subject::source(key, "sign-in from", source.0);
        throttle::charge(&mut tx, from, &throttle::SOURCE, now).await?;
        proof.spend(&mut tx).await?;
        let account = store::account_by_email(&mut tx, &email).await?;
        let on = subject(app, &mut tx, &email, account.as_ref(), proof).await?;
        throttle::charge(&mut tx, on, &throttle::ACCOUNT, now).await?;
        tx.commit().await?;
        Ok(Self { account, from, on, now })
    }

    /// Every way through here does the same work, outside of any transaction.
    async fn check(&self, app: &App, request: &SignIn) -> Result<Factors> {
        let stored = self.account.as_ref().map(|account| account.password_hash.as_str());
        let password = app.sign_in.passwords.verify(request.password.expose().as_bytes(), stored).await?;
        let authenticator = match &self.account {
            Some(account) => account.authenticator(app)?,
            None => None,
        };
        let code = request.authenticator_code.as_ref().map_or("", Secret::expose);
        let step = authenticator.unwrap_or_else(Authenticator::nobody).check(code, self.now)?;
        Ok(Factors { password, step })
    }

    async fn settle(
        self,
        app: &App,
        proof: &DeviceProof,
        request: &SignIn,
        factors: Factors,
    ) -> Result<Option<(Tokens, Instant)>> {
        let mut tx = app.db.write().await?;
        let audit_id = AuditId::new(&*app.ids);
        let Some((account, second)) = self.proven(&mut tx, &factors, proof).await? else {
            metrics::counter!("muwakaba_sign_in_refused_total").increment(1);
            let mut audit =
                Audit::new("staff.refuse_sign_in", self.account.as_ref().map(|account| account.id.0));
            if let Some(account) = &self.account {
                audit = audit.at(account.centre_id);
            }
            audit.write(&mut tx, None, audit_id, self.now).await?;
            tx.commit().await?;
            return Ok(None);
        };
        let id = SessionId::new(&*app.ids);
        let label = request.device_label.as_deref().unwrap_or(UNNAMED_DEVICE);
        let session = NewSession { id, owner: Owner::Staff(account.id), label, device_key: proof.key() };
        let ends_at = sessions::insert(&mut tx, &session, self.now).await?;
        if let Some(device) = proof.key() {
            enrolled_devices::enrol(&mut tx, account.id, device, self.now).await?;
        }
        throttle::forgive_all(&mut tx, self.on).await?;
        throttle::forgive_one(&mut tx, self.from, self.now).await?;
        let person = SignedInPerson::staff(account.id, account.role, account.centre_id, account.language);
        let audit = Audit::new("session.start", id.0)
            .with("bound", proof.key().is_some())
            .with("second_factor", second.as_str());
        audit.write(&mut tx, Some(&person.actor(id)), audit_id, self.now).await?;
        let tokens = Tokens::issue(app, id, FIRST_GENERATION, person, account.password_change_due)?;
        tx.commit().await?;
        Ok(Some((tokens, ends_at)))
    }

    /// The account, read again: while the hash was computed it may have been closed or its password changed. The code's step
    /// is used up here, so that of two simultaneous sign-ins with one code only one succeeds.
    async fn proven(
        &self,
        tx: &mut Tx,
        factors: &Factors,
        proof: &DeviceProof,
    ) -> Result<Option<(Account, SecondFactor)>> {
        let Some(before) = &self.account else { return Ok(None) };
        let Some(account) = store::account(tx, before.id).await? else { return Ok(None) };
        // Asked whatever the password is, so that the time tells nothing about it.
        let is_enrolled_device = enrolled_devices::is_enrolled(tx, account.id, proof.key()).await?;
        let is_unchanged = account.password_hash == before.password_hash
            && account.authenticator_sealed == before.authenticator_sealed;
        let has_expired = account.password_expires_at.is_some_and(|expiry| expiry <= self.now);
        if !factors.password || !is_unchanged || has_expired {
            return Ok(None);
        }
        let evidence = Evidence {
            role: account.role,
            authenticator: match (&account.authenticator_sealed, factors.step) {
                (None, _) => AuthenticatorCode::NotSetUp,
                (Some(_), None) => AuthenticatorCode::Wrong,
                (Some(_), Some(_)) => AuthenticatorCode::Right,
            },
            is_enrolled_device,
            is_one_time_password: account.password_change_due,
        };
        let Some(second) = second_factor::judge(evidence) else { return Ok(None) };
        if let (SecondFactor::Authenticator, Some(step)) = (second, factors.step)
            && !store::use_step(tx, account.id, step).await?
        {
            return Ok(None);
        }
        Ok(Some((account, second)))
    }
}

/// Whose failures are counted: the account's; but a device that is enrolled for it has a count of its own, so that somebody
/// else's guessing cannot keep the owner out.
async fn subject(
    app: &App,
    tx: &mut Tx,
    email: &EmailHash,
    account: Option<&Account>,
    proof: &DeviceProof,
) -> Result<Subject> {
    let key = &app.sign_in.throttle_key;
    if let (Some(account), Some(device)) = (account, proof.key())
        && enrolled_devices::is_enrolled(tx, account.id, Some(device)).await?
    {
        let name = [email.as_bytes(), device.as_bytes()].concat();
        return Ok(Subject::new(key, "sign-in to account on device", &name));
    }
    Ok(Subject::new(key, "sign-in to account", email.as_bytes()))
}

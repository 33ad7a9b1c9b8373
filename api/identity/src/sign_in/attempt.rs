//! One try to sign in: counted, checked, settled.
//!
//! It is counted before it is made, for the address it comes from, for the account as it is met from there, and for the account
//! as it is met from anywhere. A stranger can spend the last of these, and also the others from an address that the owner shares.
//! So somebody who brings a code is heard during those waits: a right password with a right code passes, and only what is wrong
//! is told to wait. Guessing gains nothing by it, since a password alone opens nothing; and the codes that come with the right
//! password have a count of their own, which nothing passes. A device that is enrolled for the account, and proves its key, has
//! counts of its own throughout.

use super::{
    authenticator::Authenticator,
    device_label::DeviceLabel,
    enrolled_devices,
    proof::DeviceProof,
    request::SignIn,
    second_factor::{self, AuthenticatorCode, Evidence, SecondFactor},
    sessions::{self, FIRST_GENERATION, NewSession, Owner},
    store::{self, Account},
    throttle::{self, Subject},
    tokens::{SignedInPerson, Tokens},
};
use crate::Identity;
use crate::passwords::forms::{Form, Forms, opaque};
use crate::things::{SESSION, STAFF};
use crate::typed::secret::Secret;
use contract::{AuditId, SessionId, StaffId, time::Instant};
use db::Tx;
use kernel::{
    audit::Audit,
    door::Source,
    error::{Error, Result},
    protect::lookup::EmailHash,
};
use std::time::Duration;
use uuid::Uuid;

/// What a session is called when the app does not say.
const UNNAMED_DEVICE: &str = "Browser";

/// A try that has been counted.
pub(super) struct Attempt {
    account: Option<Account>,
    counts: Counts,
    /// What is left of a wait that only the right factors pass.
    wait: Option<Duration>,
    now: Instant,
}

/// Whose failures are counted.
struct Counts {
    /// The account, from this source or on this enrolled device.
    account: Subject,
    /// The source, and the account from anywhere; none for an enrolled device.
    strangers: Option<(Subject, Subject)>,
    /// Codes that came with the right password.
    codes: Subject,
    /// And those that did not, so that it is the same work.
    other_codes: Subject,
}

/// What a try proved.
pub(super) struct Factors {
    /// In which form the password matches.
    password: Option<Form>,
    /// The step of the code, `None` if it is wrong.
    step: Option<i64>,
}

impl Counts {
    fn of(identity: &Identity, email: &EmailHash, source: Source, enrolled: Option<&str>) -> Self {
        let (key, email) = (&identity.sign_in.throttle_key, email.as_bytes());
        let on_device = enrolled.map(|device| [email, device.as_bytes()].concat());
        let name = on_device.as_deref().unwrap_or(email);
        let codes = Subject::new(key, "codes of account", name);
        let other_codes = Subject::new(key, "no codes of account", name);
        let (account, strangers) = match enrolled {
            Some(_) => (Subject::new(key, "sign-in to account on device", name), None),
            None => {
                let from = Subject::source(key, "sign-in from", source.0);
                let anywhere = Subject::new(key, "sign-in to account", email);
                (Subject::at_source(key, "sign-in to account from", email, source.0), Some((from, anywhere)))
            }
        };
        Self { account, strangers, codes, other_codes }
    }

    /// Counts a try. A wait ends it here, unless it brings what could pass; then it is given back.
    async fn charge(&self, tx: &mut Tx, may_pass: bool, now: Instant) -> Result<Option<Duration>> {
        let Some((source, anywhere)) = self.strangers else {
            throttle::charge(tx, self.account, &throttle::ACCOUNT, now).await?;
            return Ok(None);
        };
        throttle::charge(tx, source, &throttle::SOURCE, now).await?;
        let here = throttle::count(tx, self.account, &throttle::ACCOUNT, now).await?;
        if let Some(wait) = here.filter(|_| !may_pass) {
            return Err(Error::too_many(wait));
        }
        let anywhere = throttle::count(tx, anywhere, &throttle::ACCOUNT_ANYWHERE, now).await?;
        Ok(here.max(anywhere))
    }

    /// Takes a try back that was good, in the order in which it was counted: two that did it crosswise would wait for each other.
    async fn forgive(&self, tx: &mut Tx, now: Instant) -> db::Result<()> {
        if let Some((source, _)) = self.strangers {
            throttle::forgive_one(tx, source, now).await?;
        }
        throttle::forgive_all(tx, self.account).await?;
        if let Some((_, anywhere)) = self.strangers {
            throttle::forgive_one(tx, anywhere, now).await?;
        }
        throttle::forgive_all(tx, self.codes).await
    }
}

impl Attempt {
    pub(super) async fn begin(
        identity: &Identity,
        source: Source,
        proof: &DeviceProof,
        request: &SignIn,
    ) -> Result<Self> {
        let (mut tx, now) = (identity.db.write().await?, identity.clock.now());
        proof.spend(&mut tx).await?;
        let email = identity.keys.emails.hash(&request.email);
        let account = store::account_by_email(&mut tx, &email).await?;
        // Asked also where there is no account, so that the time tells nothing about it.
        let id = account.as_ref().map_or(StaffId(Uuid::nil()), |account| account.id);
        let is_enrolled = enrolled_devices::is_enrolled(&mut tx, id, proof.key()).await?;
        let counts = Counts::of(identity, &email, source, proof.key().filter(|_| is_enrolled));
        let wait = counts.charge(&mut tx, request.authenticator_code.is_some(), now).await?;
        tx.commit().await?;
        Ok(Self { account, counts, wait, now })
    }

    /// How long this try should have waited, if it was wrong.
    pub(super) const fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// Every way through here does the same work, outside of any transaction.
    pub(super) async fn check(&self, identity: &Identity, request: &SignIn) -> Result<Factors> {
        let stored = self.account.as_ref().map(|account| account.password_hash.as_str());
        let forms = Forms::of(request.password.expose());
        let password = identity.sign_in.passwords.verify_any(&forms, stored).await?;
        let authenticator = match &self.account {
            Some(account) => account.authenticator(identity)?,
            None => None,
        };
        let code = request.authenticator_code.as_ref().map_or("", Secret::expose);
        let step = authenticator.unwrap_or_else(Authenticator::nobody).check(code, self.now)?;
        Ok(Factors { password, step })
    }

    /// Signs in if everything is right, and writes down what came of the try.
    pub(super) async fn settle(
        self,
        identity: &Identity,
        proof: &DeviceProof,
        request: &SignIn,
        factors: Factors,
    ) -> Result<Option<(Tokens, Instant)>> {
        let mut tx = identity.db.write().await?;
        let audit_id = AuditId::new(&*identity.ids);
        let Some((account, second)) = self.proven(&mut tx, &factors, proof).await? else {
            metrics::counter!("muwakaba_sign_in_refused_total").increment(1);
            let mut audit =
                Audit::new(&STAFF, "refuse_sign_in", self.account.as_ref().map(|account| account.id.0));
            if let Some(account) = &self.account {
                audit = audit.at(account.centre_id);
            }
            audit.write(&mut tx, None, audit_id, self.now).await?;
            tx.commit().await?;
            return Ok(None);
        };
        let id = SessionId::new(&*identity.ids);
        let label = request.device_label.as_ref().map_or(UNNAMED_DEVICE, DeviceLabel::as_str);
        let session = NewSession { id, owner: Owner::Staff(account.id), label, device_key: proof.key() };
        let ends_at = sessions::insert(&mut tx, &session, self.now).await?;
        if let Some(device) = proof.key() {
            enrolled_devices::enrol(&mut tx, account.id, device, self.now).await?;
        }
        self.counts.forgive(&mut tx, self.now).await?;
        let person = SignedInPerson::staff(account.id, account.role, account.centre_id, account.language);
        let audit = Audit::new(&SESSION, "start", id.0)
            .with("bound", proof.key().is_some())
            .with("second_factor", second.as_str());
        audit.write(&mut tx, Some(&person.actor(id)), audit_id, self.now).await?;
        let tokens = Tokens::issue(identity, id, FIRST_GENERATION, person, account.password_change_due)?;
        tx.commit().await?;
        if factors.password == Some(Form::AsTyped) {
            // The session has begun: what comes of this is no matter of the answer.
            let renewed = renew_hash(identity, &account, &request.password).await;
            renewed.unwrap_or_else(|error| tracing::warn!(?error, "an old password hash stays as it is"));
        }
        Ok(Some((tokens, ends_at)))
    }

    /// The account, read again and held: while the hash was computed it may have been closed or its password changed, and whoever
    /// changes it now waits until this session can be ended with the others. The code's step is used up here, so that of two
    /// simultaneous sign-ins with one code only one succeeds.
    async fn proven(
        &self,
        tx: &mut Tx,
        factors: &Factors,
        proof: &DeviceProof,
    ) -> Result<Option<(Account, SecondFactor)>> {
        let Some(before) = &self.account else { return Ok(None) };
        let Some(account) = store::account_held(tx, before.id).await? else { return Ok(None) };
        // Asked whatever the password is, so that the time tells nothing about it.
        let is_enrolled_device = enrolled_devices::is_enrolled(tx, account.id, proof.key()).await?;
        let is_right = account.accepts(factors.password);
        let codes = if is_right { self.counts.codes } else { self.counts.other_codes };
        let is_held_up = throttle::count(tx, codes, &throttle::AUTHENTICATOR, self.now).await?.is_some();
        let is_unchanged = account.password_hash == before.password_hash
            && account.authenticator_sealed == before.authenticator_sealed;
        let has_expired = account.password_expires_at.is_some_and(|expiry| expiry <= self.now);
        if !is_right || !is_unchanged || has_expired {
            return Ok(None);
        }
        let evidence = Evidence {
            role: account.role,
            authenticator: match (&account.authenticator_sealed, factors.step) {
                (None, _) => AuthenticatorCode::NotSetUp,
                (Some(_), Some(_)) if !is_held_up => AuthenticatorCode::Right,
                (Some(_), _) => AuthenticatorCode::Wrong,
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

/// Replaces a hash from before passwords were brought into one form. If somebody is faster, there is nothing to replace.
pub(super) async fn renew_hash(identity: &Identity, account: &Account, password: &Secret) -> Result<()> {
    let hash =
        identity.sign_in.passwords.hash(opaque(password.expose()).as_bytes(), &*identity.random).await?;
    let mut tx = identity.db.write().await?;
    store::renew_hash(&mut tx, account.id, &account.password_hash, &hash).await?;
    Ok(tx.commit().await?)
}

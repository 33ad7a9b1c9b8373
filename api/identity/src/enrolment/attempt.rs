//! One try to enrol a phone: counted, checked, settled.
//!
//! A typed code is short, so tries are counted for the address they come from and for all addresses together. A stranger with many
//! addresses can spend the second count. A code that is open and has tries of its own left passes it: its own five are what
//! protects it, and people who stand in the centre with a paper in their hand must be able to enrol. What names no open code
//! then costs no hash and waits. That tells which beginnings are in use, which helps nobody: five tries at an end close a code.

use super::{
    codes::{self, QR_PREFIX, Typed},
    request::{Enrolled, Enrolment},
    store::{self, OpenCode},
};
use crate::things::{ENROLMENT_CODE, PARTICIPANT, SESSION};
use crate::{
    Identity,
    sign_in::{
        proof::DeviceProof,
        sessions::{self, EndReason, FIRST_GENERATION, NewSession, Owner},
        throttle::{self, Policy, Subject},
        tokens::{SignedInPerson, Tokens},
    },
};
use contract::{AuditId, SessionId, time::Instant};
use db::Tx;
use kernel::{
    audit::Audit,
    door::Source,
    error::{Error, Result},
};
use std::time::Duration;

/// A try that has been counted.
pub(super) struct Attempt {
    code: Option<OpenCode>,
    /// The end of a typed code; a QR code's secret has found its row and thereby proved itself.
    typed: Option<Typed>,
    /// Where it was counted, in that order.
    charged: Vec<Subject>,
    /// What is left of a wait that only a right code passes.
    pub(super) wait: Option<Duration>,
    now: Instant,
}

impl Attempt {
    pub(super) async fn begin(
        identity: &Identity,
        source: Source,
        proof: &DeviceProof,
        request: &Enrolment,
    ) -> Result<Self> {
        let typed = match &request.code {
            Some(text) => Some(Typed::read(text.expose()).ok_or_else(|| {
                Error::field("/code", "value", "must be eight letters and digits as the code has them")
            })?),
            None => None,
        };
        let (key, is_typed) = (&identity.sign_in.throttle_key, typed.is_some());
        let sources: [(bool, Subject, &Policy); 2] = [
            (true, Subject::source(key, "enrolment from", source.0), &throttle::SOURCE),
            (is_typed, Subject::source(key, "typed code from", source.0), &throttle::CODE_SOURCE),
        ];
        let (mut tx, now) = (identity.db.write().await?, identity.clock.now());
        let mut charged = Vec::new();
        for (_, subject, policy) in sources.into_iter().filter(|(is_concerned, ..)| *is_concerned) {
            throttle::charge(&mut tx, subject, policy, now).await?;
            charged.push(subject);
        }
        let mut wait = None;
        if is_typed {
            let all = Subject::new(key, "typed code", b"");
            wait = throttle::count(&mut tx, all, &throttle::ALL_CODES, now).await?;
            charged.extend(wait.is_none().then_some(all));
        }
        proof.spend(&mut tx).await?;
        let code = find(identity, &mut tx, typed.as_ref(), request, now).await?;
        // Also if it goes no further: whoever looks for beginnings in use has spent a try of their address.
        tx.commit().await?;
        match wait {
            Some(wait) if code.is_none() => Err(Error::too_many(wait)),
            _ => Ok(Self { code, typed, charged, wait, now }),
        }
    }

    /// Whether the code is right; outside of any transaction, and as long for a code that does not exist.
    pub(super) async fn check(&self, identity: &Identity) -> Result<bool> {
        let Some(typed) = &self.typed else { return Ok(self.code.is_some()) };
        let stored = self.code.as_ref().map(|code| code.verifier_hash.as_str());
        identity.sign_in.passwords.verify(&codes::pepper(identity, &typed.verifier), stored).await
    }

    /// Enrols the phone if the code is right, and writes down what came of the try.
    pub(super) async fn settle(
        self,
        identity: &Identity,
        device_key: &str,
        request: &Enrolment,
        is_right: bool,
    ) -> Result<Option<(Enrolled, Instant)>> {
        let (mut tx, now) = (identity.db.write().await?, self.now);
        let audit_id = AuditId::new(&*identity.ids);
        let Some(code) = self.code else { return Ok(None) };
        let participant = code.participant_id;
        // Held, whatever comes of it: a file that was closed meanwhile must not get a session that wakes when it is opened again,
        // and one that is closed now waits until this session can be ended with the others.
        let is_active = store::hold_active(&mut tx, participant).await?;
        if !is_right || !is_active || !store::use_up(&mut tx, code.id, now).await? {
            let closed = store::close_if_tried_out(&mut tx, code.id, now).await?;
            let audit =
                Audit::new(&ENROLMENT_CODE, "refuse", code.id.0).about(participant).at(code.centre_id);
            audit.with("closed", closed).write(&mut tx, None, audit_id, now).await?;
            tx.commit().await?;
            return Ok(None);
        }
        let ended_sessions =
            sessions::end_all(&mut tx, participant.0, None, EndReason::EnrolledAgain, now).await?;
        let id = SessionId::new(&*identity.ids);
        let (owner, label) = (Owner::Participant(participant), request.device_label.as_str());
        let session = NewSession { id, owner, label, device_key: Some(device_key) };
        let ends_at = sessions::insert(&mut tx, &session, now).await?;
        if let Some(language) = request.language {
            store::set_language(&mut tx, participant, language).await?;
            tx.changed(PARTICIPANT.changed(code.centre_id.0, Some(participant.0), participant.0));
        }
        for subject in self.charged {
            throttle::forgive_one(&mut tx, subject, now).await?;
        }
        let language = request.language.unwrap_or(code.language);
        let person = SignedInPerson::participant(participant, code.centre_id, language);
        let audit =
            Audit::new(&SESSION, "start", id.0).about(participant).with("ended_sessions", ended_sessions);
        audit.write(&mut tx, Some(&person.actor(id)), audit_id, now).await?;
        let tokens = Tokens::issue(identity, id, FIRST_GENERATION, person, false)?;
        tx.commit().await?;
        Ok(Some((Enrolled { tokens, ended_sessions }, ends_at)))
    }
}

/// The open code of the request. A try at a typed one is counted on it, and if it had enough of them it is none.
async fn find(
    identity: &Identity,
    tx: &mut Tx,
    typed: Option<&Typed>,
    request: &Enrolment,
    now: Instant,
) -> Result<Option<OpenCode>> {
    match (typed, &request.qr_secret) {
        (Some(typed), _) => match store::by_selector(tx, &typed.selector, now).await? {
            Some(code) => Ok(store::count_try(tx, code.id).await?.then_some(code)),
            None => Ok(None),
        },
        (None, Some(secret)) => {
            let secret = secret.expose();
            let secret = secret.strip_prefix(QR_PREFIX).unwrap_or(secret);
            Ok(store::by_secret(tx, &codes::secret_hash(identity, secret), now).await?)
        }
        (None, None) => Ok(None),
    }
}

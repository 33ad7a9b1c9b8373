//! Making an enrolment code, and using one.

use super::{
    codes::{self, Fresh, QR_PREFIX, Typed},
    create_enrolment_code,
    store::{self, OpenCode},
};
use crate::{
    app::App,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, Path},
    openapi::{CreateProblems, CredentialProblems},
    reply::Reply,
    serve::Source,
    sign_in::{
        proof::DeviceProof,
        refresh_cookie::{self, RefreshCookie},
        secret::Secret,
        sessions::{self, EndReason, FIRST_GENERATION, NewSession, Owner},
        throttle::{self, Subject},
        tokens::{SignedInPerson, Tokens},
    },
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{
    AuditId, EnrolmentCodeId, Language, ParticipantId, ProblemCode, RefreshTokenPlace, SessionId,
    time::Instant,
};
use db::{Change, Operation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// A one-time code for a participant's phone. It is shown once.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentCode {
    /// Its id.
    pub id: EnrolmentCodeId,
    /// The code to type: letters and digits that are not taken for one another.
    #[schema(
        example = "7KQM-2WXA",
        pattern = "^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$",
        min_length = 9,
        max_length = 9
    )]
    pub code: String,
    /// The text of the QR code, for the participant's app to read from this screen.
    #[schema(example = "muwakaba:enrol:J5C0yqKq9Vt0c2mRr0bq6vXrD1pQwE8Z")]
    pub qr_payload: String,
    /// When both stop working.
    pub expires_at: Instant,
}

/// Makes a code for a participant.
#[utoipa::path(
    post, path = "/participants/{participant_id}/enrolment-codes", tag = "enrolment", operation_id = "createEnrolmentCode",
    summary = "Make a code that enrols a participant's phone",
    description = "The code is given to the participant in person, as a QR code or as eight characters. It works once, for 72 hours; a former one stops working. It is shown in this answer only. Roles: mentor and counsellor (their participants), manager (the centre's).",
    params(
        ("participant_id" = ParticipantId, Path, description = "The participant"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request gets the same answer")
    ),
    responses((status = 201, description = "The code", body = EnrolmentCode), CreateProblems)
)]
pub async fn create_code(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    // Asked twice: hashing for somebody out of scope would cost time, and show by it that they exist.
    if !store::is_in_scope(&mut app.db.read().await?, scope, participant).await? {
        return Err(Error::not_found());
    }
    let fresh = Fresh::generate(&app).await?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    if !store::is_in_scope(&mut work.tx, scope, participant).await? {
        return Err(Error::not_found());
    }
    let made_by = Some(call.actor.person());
    let shown = create_enrolment_code(&app, &mut work.tx, work.now, participant, made_by, fresh).await?;
    let audit = Audit::new("enrolment_code.create", shown.id.0).about(participant);
    let code = EnrolmentCode {
        id: shown.id,
        code: shown.code.to_string(),
        qr_payload: shown.qr_payload.to_string(),
        expires_at: shown.expires_at,
    };
    work.finish(audit, Reply { status: 201, ..Reply::ok(&code)? }).await
}

/// An enrolment: a code in one of its two forms.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "one_form", skip_on_field_errors = false))]
pub struct Enrolment {
    /// The code as it was typed; case, spaces and hyphens do not matter.
    #[validate(length(min = 8, max = 40))]
    #[schema(value_type = Option<String>, min_length = 8, max_length = 40, pattern = "^[ -]*([2-9A-HJ-NP-Za-hj-np-z][ -]*){8}$", example = "7KQM-2WXA")]
    pub code: Option<Secret>,
    /// The text of the QR code, or what follows its second colon.
    #[validate(length(min = 32, max = 47))]
    #[schema(value_type = Option<String>, min_length = 32, max_length = 47, pattern = "^(muwakaba:enrol:)?[A-Za-z0-9_-]{32}$", example = "muwakaba:enrol:J5C0yqKq9Vt0c2mRr0bq6vXrD1pQwE8Z")]
    pub qr_secret: Option<Secret>,
    /// What the list of sessions shall call this phone. The app says it, such as from the phone's model; nothing personal.
    #[validate(length(min = 1, max = 60), custom(function = "crate::sign_in::device_label::check"))]
    #[schema(
        min_length = 1,
        max_length = 60,
        pattern = "^[A-Za-z0-9][A-Za-z0-9 ._()+-]*$",
        example = "Android phone"
    )]
    pub device_label: String,
    /// The language of the app, if the participant chose one on this phone.
    pub language: Option<Language>,
    /// Where the refresh token goes; without it, into the body.
    pub refresh_token_in: Option<RefreshTokenPlace>,
}

fn one_form(enrolment: &Enrolment) -> std::result::Result<(), validator::ValidationError> {
    if enrolment.code.is_some() != enrolment.qr_secret.is_some() {
        return Ok(());
    }
    Err(validator::ValidationError::new("one_of").with_message("send either code or qr_secret".into()))
}

/// The tokens of a newly enrolled phone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Enrolled {
    /// The tokens.
    #[serde(flatten)]
    pub tokens: Tokens,
    /// How many former sessions of the participant this enrolment ended.
    #[schema(example = 0, minimum = 0)]
    pub ended_sessions: u64,
}

/// Enrols a phone.
#[utoipa::path(
    post, path = "/enrolment", tag = "enrolment", operation_id = "enrolPhone",
    summary = "Enrol a participant's phone with a code",
    description = "Uses a one-time code up and signs the participant in on this phone. The `DPoP` header (RFC 9449), made with a key that the phone keeps to itself, is required and binds the session to it. The participant's former sessions end: a lost phone is cut off by enrolling the new one. A wrong, used, closed or expired code gets the same refusal; after five wrong tries a code is closed. Roles: everybody who holds a code, without signing in.",
    security(()),
    params(("DPoP" = String, Header, description = "A proof made with the phone's own key")),
    request_body = Enrolment,
    responses(
        (status = 200, description = "Enrolled", body = Enrolled, headers(("Set-Cookie" = String, description = "With `refresh_token_in` `cookie`: the refresh token, in the cookie `__Host-refresh`"))),
        CredentialProblems
    )
)]
pub async fn enrol(
    State(app): State<App>,
    source: Source,
    proof: DeviceProof,
    cookie: RefreshCookie,
    body: Body<Enrolment>,
) -> Result<Response> {
    let device_key = proof.required_key()?;
    let attempt = Attempt::begin(&app, source, &proof, &body.value).await?;
    let is_right = attempt.check(&app).await?;
    let enrolled = attempt.settle(&app, device_key, &body.value, is_right).await?;
    let (mut enrolled, ends_at) = enrolled.ok_or_else(|| Error::new(ProblemCode::CredentialRefused))?;
    let place = body.value.refresh_token_in.unwrap_or(RefreshTokenPlace::Body);
    let said = cookie.hand_out(&mut enrolled.tokens, place, ends_at, app.clock.now());
    Ok(refresh_cookie::with_cookie(Reply::ok(&enrolled)?.into_response(), said))
}

/// A try that has been counted.
struct Attempt {
    code: Option<OpenCode>,
    /// The end of a typed code; a QR code's secret has found its row and thereby proved itself.
    typed: Option<Typed>,
    charged: Vec<Subject>,
    now: Instant,
}

impl Attempt {
    async fn begin(app: &App, source: Source, proof: &DeviceProof, request: &Enrolment) -> Result<Self> {
        let typed = match &request.code {
            Some(text) => Some(Typed::read(text.expose()).ok_or_else(|| {
                Error::field("/code", "value", "must be eight letters and digits as the code has them")
            })?),
            None => None,
        };
        let key = &app.sign_in.throttle_key;
        let mut limits = vec![(Subject::source(key, "enrolment from", source.0), throttle::SOURCE)];
        if typed.is_some() {
            limits.push((Subject::source(key, "typed code from", source.0), throttle::CODE_SOURCE));
            limits.push((Subject::new(key, "typed code", b""), throttle::ALL_CODES));
        }
        let (mut tx, now) = (app.db.write().await?, app.clock.now());
        for (subject, policy) in &limits {
            throttle::charge(&mut tx, *subject, policy, now).await?;
        }
        proof.spend(&mut tx).await?;
        let code = match (&typed, &request.qr_secret) {
            (Some(typed), _) => match store::by_selector(&mut tx, &typed.selector, now).await? {
                Some(code) => store::count_try(&mut tx, code.id).await?.then_some(code),
                None => None,
            },
            (None, Some(secret)) => {
                let secret = secret.expose();
                let secret = secret.strip_prefix(QR_PREFIX).unwrap_or(secret);
                store::by_secret(&mut tx, &codes::secret_hash(app, secret), now).await?
            }
            (None, None) => None,
        };
        tx.commit().await?;
        Ok(Self { code, typed, charged: limits.into_iter().map(|(subject, _)| subject).collect(), now })
    }

    /// Whether the code is right; outside of any transaction, and as long for a code that does not exist.
    async fn check(&self, app: &App) -> Result<bool> {
        let Some(typed) = &self.typed else { return Ok(self.code.is_some()) };
        let stored = self.code.as_ref().map(|code| code.verifier_hash.as_str());
        app.sign_in.passwords.verify(&codes::pepper(app, &typed.verifier), stored).await
    }

    async fn settle(
        self,
        app: &App,
        device_key: &str,
        request: &Enrolment,
        is_right: bool,
    ) -> Result<Option<(Enrolled, Instant)>> {
        let (mut tx, now) = (app.db.write().await?, self.now);
        let audit_id = AuditId::new(&*app.ids);
        let Some(code) = self.code else { return Ok(None) };
        let participant = code.participant_id;
        if !is_right || !store::use_up(&mut tx, code.id, now).await? {
            let closed = store::close_if_tried_out(&mut tx, code.id, now).await?;
            let audit = Audit::new("enrolment_code.refuse", code.id.0).about(participant).at(code.centre_id);
            audit.with("closed", closed).write(&mut tx, None, audit_id, now).await?;
            tx.commit().await?;
            return Ok(None);
        }
        let ended_sessions =
            sessions::end_all(&mut tx, participant.0, None, EndReason::EnrolledAgain, now).await?;
        let id = SessionId::new(&*app.ids);
        let (owner, label) = (Owner::Participant(participant), request.device_label.as_str());
        let session = NewSession { id, owner, label, device_key: Some(device_key) };
        let ends_at = sessions::insert(&mut tx, &session, now).await?;
        if let Some(language) = request.language {
            store::set_language(&mut tx, participant, language).await?;
            tx.changed(Change {
                centre: code.centre_id.0,
                participant: Some(participant.0),
                subject_kind: "participant",
                subject: participant.0,
                operation: Operation::Upsert,
            });
        }
        for subject in self.charged {
            throttle::forgive_one(&mut tx, subject, now).await?;
        }
        let language = request.language.unwrap_or(code.language);
        let person = SignedInPerson::participant(participant, code.centre_id, language);
        let audit =
            Audit::new("session.start", id.0).about(participant).with("ended_sessions", ended_sessions);
        audit.write(&mut tx, Some(&person.actor(id)), audit_id, now).await?;
        let tokens = Tokens::issue(app, id, FIRST_GENERATION, person, false)?;
        tx.commit().await?;
        Ok(Some((Enrolled { tokens, ended_sessions }, ends_at)))
    }
}

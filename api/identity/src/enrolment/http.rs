//! Making an enrolment code, and using one.

use super::{
    attempt::Attempt,
    codes::Fresh,
    create_enrolment_code,
    request::{Enrolled, Enrolment},
    store,
};
use crate::things::ENROLMENT_CODE;
use crate::{
    Identity,
    sign_in::{
        proof::DeviceProof,
        refresh_cookie::{self, RefreshCookie},
    },
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{EnrolmentCodeId, ParticipantId, ProblemCode, RefreshTokenPlace, time::Instant};
use kernel::{
    audit::Audit,
    door::Source,
    error::{Error, Result},
    extract::{Body, Call, Digest, Path},
    problems::{CreateProblems, CredentialProblems},
    reply::Reply,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
        Call
    ),
    responses((status = 201, description = "The code", body = EnrolmentCode), CreateProblems)
)]
pub async fn create_code(
    State(identity): State<Identity>,
    call: Call,
    Path(participant): Path<ParticipantId>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    // Asked twice: hashing for somebody out of scope would cost time, and show by it that they exist.
    if !store::is_in_scope(&mut identity.db.read().await?, scope, participant).await? {
        return Err(Error::not_found());
    }
    let fresh = Fresh::generate(&identity).await?;
    let mut work = identity.begin(&call, Digest::empty()).await?;
    if !store::is_in_scope(&mut work.tx, scope, participant).await? {
        return Err(Error::not_found());
    }
    let made_by = Some(call.actor.person());
    let shown = create_enrolment_code(&identity, &mut work.tx, work.now, participant, made_by, fresh).await?;
    // And once more, now that they are held: whoever has just moved them to another centre has closed the codes of this one.
    if !store::is_in_scope(&mut work.tx, scope, participant).await? {
        return Err(Error::not_found());
    }
    let audit = Audit::new(&ENROLMENT_CODE, "create", shown.id.0).about(participant);
    let code = EnrolmentCode {
        id: shown.id,
        code: shown.code.to_string(),
        qr_payload: shown.qr_payload.to_string(),
        expires_at: shown.expires_at,
    };
    work.finish(audit, Reply { status: 201, ..Reply::ok(&code)? }).await
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
    State(identity): State<Identity>,
    source: Source,
    proof: DeviceProof,
    cookie: RefreshCookie,
    body: Body<Enrolment>,
) -> Result<Response> {
    let device_key = proof.required_key()?;
    let attempt = Attempt::begin(&identity, source, &proof, &body.value).await?;
    let is_right = attempt.check(&identity).await?;
    let wait = attempt.wait;
    let enrolled = attempt.settle(&identity, device_key, &body.value, is_right).await?;
    let refused = || wait.map_or_else(|| Error::new(ProblemCode::CredentialRefused), Error::too_many);
    let (mut enrolled, ends_at) = enrolled.ok_or_else(refused)?;
    let place = body.value.refresh_token_in.unwrap_or(RefreshTokenPlace::Body);
    let said = cookie.hand_out(&mut enrolled.tokens, place, ends_at, identity.clock.now());
    Ok(refresh_cookie::with_cookie(Reply::ok(&enrolled)?.into_response(), said))
}

//! The operations on consents.

use super::{
    answer::{Consent, ConsentEntry, ConsentWordings, WithdrawnConsent},
    deeds::{self, Saying},
    request::{ConsentWithdrawal, NewConsent},
    store,
    things::CONSENT,
    wordings,
    words::{ConsentId, ConsentPurpose, ConsentVoice},
};
use crate::{App, app::life::Consequences, participant::store::in_scope};
use axum::{extract::State, response::Response};
use contract::{ParticipantId, PersonKind};
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Path, Query, fields::only_allowed},
    page::{Page, PageQuery},
    problems::{CreateProblems, ReadProblems},
    reply::Reply,
};

/// Read what consents say
///
/// Every text, by edition, purpose and language, to be shown or read out as it stands. For everybody who is signed in; they are the same for
/// all and can be kept.
#[utoipa::path(
    get, path = "/consent-wordings", tag = "consents", operation_id = "readConsentWordings",
    responses((status = 200, description = "The texts", body = ConsentWordings), ReadProblems)
)]
pub async fn read_wordings(State(app): State<App>, call: Call) -> Result<Response> {
    let reading = app.begin_reading(&call).await?;
    let audit = Audit::new(&CONSENT, "read_wordings", None).as_one();
    reading.finish(audit, Reply::ok(&wordings::all())?).await
}

/// Write down that a participant agrees
///
/// For the participant themself, the mentors and counsellors of the participant and the manager of their centre. Which wording was shown or
/// read out, and in which language, is part of it. Said again, it takes the place of what was said before, which stays in the ledger; what was
/// said before a withdrawal does not undo that. While they are under age (`minor_until` in their file), their guardian must agree as well: that
/// is a line of its own, with `given_by`. `is_in_force` says what holds.
#[utoipa::path(
    post, path = "/consents", tag = "consents", operation_id = "giveConsent",
    request_body = NewConsent,
    params(Call),
    responses((status = 200, description = "How it stands now", body = Consent, headers(("ETag" = String))), CreateProblems)
)]
pub async fn give(State(app): State<App>, call: Call, body: Body<NewConsent>) -> Result<Response> {
    let scope = call.actor.caseload()?;
    check_fields(&call.actor, &body.value)?;
    let voice = voice(&call.actor, body.value.given_by)?;
    let (which, whom, terms) = body.value.parts()?;
    let mut work = app.begin(&call, body.digest).await?;
    let whose = store::whose(&mut work.tx, scope, which.participant).await?.ok_or_else(Error::not_found)?;
    let saying = Saying::of(&call.actor, work.now, work.now).of_voice(voice);
    let (row, audit) =
        deeds::give(&app, &mut work.tx, &whose, (which, whom), (terms, saying), work.now).await?;
    let reply = Reply::ok(&Consent::of(&app, &row, work.now)?)?.version(row.version);
    work.finish(audit, reply).await
}

/// Write down that a participant takes a consent back, or says no
///
/// For the participant themself, the mentors and counsellors of the participant and the manager of their centre. It needs no reason and no
/// version, and acts at once: without `push_abroad` nothing is pushed to their phones, without the consent to a referral that is revoked. The
/// answer says what came of it. What was never agreed to can be refused the same way, and what was taken back before can be taken back again.
#[utoipa::path(
    post, path = "/consents/withdraw", tag = "consents", operation_id = "withdrawConsent",
    request_body = ConsentWithdrawal,
    params(Call),
    responses((status = 200, description = "Withdrawn", body = WithdrawnConsent, headers(("ETag" = String))), CreateProblems)
)]
pub async fn withdraw(State(app): State<App>, call: Call, body: Body<ConsentWithdrawal>) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let (which, voice) = (body.value.which()?, voice(&call.actor, body.value.given_by)?);
    let mut work = app.begin(&call, body.digest).await?;
    let whose = store::whose(&mut work.tx, scope, which.participant).await?.ok_or_else(Error::not_found)?;
    let now = work.now;
    let who = (&call.actor, Saying::of(&call.actor, now, now).of_voice(voice));
    let (row, consequences) = deeds::withdraw(&app, &mut work.tx, who, (&whose, which), now).await?;
    let answer = WithdrawnConsent {
        consent: Consent::of(&app, &row, now)?,
        is_push_stopped: row.purpose == ConsentPurpose::PushAbroad && !row.is_in_force(&app, now)?,
        referrals_revoked: consequences.count("referrals_revoked"),
    };
    let audit = effects(deeds::audit(&row, "withdraw"), &consequences);
    work.finish(audit, Reply::ok(&answer)?.version(row.version)).await
}

/// List what a participant agreed to
///
/// Also what they took back or refused. For the participant themself, the mentors and counsellors of the participant and the manager of their
/// centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/consents", tag = "consents", operation_id = "listConsents",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of consents", body = Page<Consent>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    in_scope(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let (rows, now) = (store::list(&mut reading.tx, scope, participant, paging).await?, reading.now);
    let page = paging.page(rows, |entry| entry.key.id)?.legible().map(|row| Consent::of(&app, &row, now))?;
    let audit = Audit::new(&CONSENT, "list", None).about(participant).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read how a consent stands
///
/// For the participant themself, the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/consents/{consent_id}", tag = "consents", operation_id = "readConsent",
    params(("consent_id" = ConsentId, Path)),
    responses((status = 200, description = "How it stands", body = Consent, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<ConsentId>) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let audit = Audit::new(&CONSENT, "read", id.0).about(row.participant_id);
    let reply = Reply::ok(&Consent::of(&app, &row, reading.now)?)?.version(row.version);
    reading.finish(audit, reply).await
}

/// List what was said of a consent
///
/// The latest first: every time that it was given, withdrawn or ran out. For the participant themself, the mentors and counsellors of the
/// participant and the manager of their centre.
#[utoipa::path(
    get, path = "/consents/{consent_id}/entries", tag = "consents", operation_id = "listConsentEntries",
    params(("consent_id" = ConsentId, Path), PageQuery),
    responses((status = 200, description = "A page of what was said", body = Page<ConsentEntry>), ReadProblems)
)]
pub async fn list_entries(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ConsentId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let consent = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let rows = store::entries(&mut reading.tx, id, paging).await?;
    let page = paging
        .page(rows, |entry| entry.key.number)?
        .legible()
        .map(|entry| ConsentEntry::of(&app, &consent, entry))?;
    let audit = Audit::new(&CONSENT, "list_entries", id.0)
        .about(consent.participant_id)
        .with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Refuses what only staff say of a consent.
pub(super) fn check_fields(actor: &Actor, new: &NewConsent) -> Result<()> {
    let is_own = actor.kind() == PersonKind::Participant;
    let given: &[&'static str] = if is_own && new.witness.is_some() { &["witness"] } else { &[] };
    only_allowed(given, &[])
}

/// Whose word it is. What a guardian says, staff write down: on the participant's phone nobody can tell who holds it.
pub(super) fn voice(actor: &Actor, given_by: Option<ConsentVoice>) -> Result<ConsentVoice> {
    match given_by {
        Some(ConsentVoice::Guardian) if actor.kind() == PersonKind::Participant => {
            Err(Error::field("/given_by", "not_allowed", "what a guardian says, staff write down"))
        }
        voice => Ok(voice.unwrap_or(ConsentVoice::Participant)),
    }
}

/// What came of a withdrawal, for the audit log.
pub(super) fn effects(audit: Audit, consequences: &Consequences) -> Audit {
    audit.with("referrals_revoked", consequences.count("referrals_revoked"))
}

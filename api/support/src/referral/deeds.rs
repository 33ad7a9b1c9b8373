//! Asking something of a partner, and what becomes of it: the same over HTTP, from a phone that was without network, by the partner's link and by
//! what happens in people's lives.

use super::{
    answer::field,
    link::{self, ShownOnce},
    partners,
    request::NewReferral,
    rules,
    store::{self, Row, Whom},
    things::REFERRAL,
    timers::REFERRALS,
    unanswered,
    words::{
        ReferralAnswer, ReferralAnswerWay, ReferralCommand, ReferralEnd, ReferralId, ReferralOutcome,
        ReferralRefusal, ReferralState,
    },
};
use crate::{
    App,
    consent::{self, ConsentPurpose, ConsentTerms, ConsentVoice, deeds::Saying, store as consents},
    opening_hours::calendar::CalendarDate,
};
use contract::{AuditId, StaffId, StaffRole, time::Instant};
use db::Tx;
use kernel::{
    access::Actor,
    agenda,
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
    protect::privacy::Note,
};

/// Who may ask something of partners, and say what became of it.
pub const STAFF: &[StaffRole] = &[StaffRole::Mentor, StaffRole::Counsellor, StaffRole::Manager];

/// On what a referral rests.
enum Ground {
    Consent(ConsentTerms),
    Danger(Note),
}

/// The staff member, if their role has referrals.
pub fn author(actor: &Actor) -> Result<(StaffId, StaffRole)> {
    actor.staff(STAFF).map(|(id, role, _)| (id, role))
}

/// Asks a partner for something, for somebody who agrees to exactly that.
pub async fn ask(
    app: &App,
    tx: &mut Tx,
    (actor, said_at): (&Actor, Instant),
    whom: Whom,
    new: NewReferral,
    now: Instant,
) -> Result<(Row, Audit)> {
    let (asked_by, role) = author(actor)?;
    if !whom.active {
        return Err(Error::command_refused(None, "the file is closed", &[] as &[&str]));
    }
    let id = ReferralId(new_id(new.id, &*app.ids));
    let NewReferral { participant_id, partner_id, given_name, request, consent, override_reason, .. } = new;
    let ground = ground(consent, override_reason, role)?;
    let unknown =
        || Error::field("/partner_id", "unknown", "is no partner of this centre that people are sent to");
    let partner = partners::hold_active(tx, whom.centre_id, partner_id).await?.ok_or_else(unknown)?;
    let key = app.keys.participants.key(participant_id.0, &whom.data_key)?;
    let reason = match &ground {
        Ground::Danger(reason) => {
            Some(key.seal_text(field("override_reason_sealed", id), reason, &*app.random)?)
        }
        Ground::Consent(_) => None,
    };
    let row = Row {
        id,
        centre_id: whom.centre_id,
        participant_id,
        partner_id,
        partner_name: partner.name.clone(),
        asked_by,
        state: ReferralState::Asked,
        given_name_sealed: key.seal_text(field("given_name_sealed", id), &given_name, &*app.random)?,
        request_sealed: key.seal_text(field("request_sealed", id), &request, &*app.random)?,
        override_reason_sealed: reason,
        asked_at: now,
        sent_at: None,
        link_expires_at: None,
        answered_at: None,
        answered_through: None,
        refusal: None,
        met_on: None,
        outcome: None,
        ended_at: None,
        ended_because: None,
        version: 1,
        data_key: whom.data_key,
    };
    store::insert(tx, &row).await?;
    tx.changed(row.changed());
    if let Ground::Consent(terms) = ground {
        agree(app, tx, (actor, said_at), (&row, &partner), terms, now).await?;
    }
    let audit = audit(&row, "ask");
    Ok((row, audit))
}

fn ground(consent: Option<ConsentTerms>, reason: Option<Note>, role: StaffRole) -> Result<Ground> {
    match (consent, reason) {
        (Some(terms), None) if terms.expires_at.is_none() => Err(Error::field(
            "/consent/expires_at",
            "required",
            "consent to a referral ends at some time: say when",
        )),
        (Some(terms), None) => Ok(Ground::Consent(terms)),
        (None, Some(_)) if role != StaffRole::Manager => {
            Err(Error::field("/override_reason", "not_allowed", "only a manager asks without consent"))
        }
        (None, Some(reason)) => Ok(Ground::Danger(reason)),
        (None, None) => {
            Err(Error::field("/consent", "required", "the participant must agree to exactly this"))
        }
        (Some(_), Some(_)) => {
            Err(Error::field("/override_reason", "not_allowed", "there is nothing to override: they agree"))
        }
    }
}

/// Writes into the ledger that they agree to this, naming the partner.
async fn agree(
    app: &App,
    tx: &mut Tx,
    (actor, said_at): (&Actor, Instant),
    (row, partner): (&Row, &partners::Row),
    terms: ConsentTerms,
    now: Instant,
) -> Result<()> {
    let whose =
        consents::Whose { id: row.participant_id, centre_id: row.centre_id, data_key: row.data_key.clone() };
    let which = consents::Which {
        participant: row.participant_id,
        purpose: ConsentPurpose::Referral,
        subject: row.id.0,
    };
    let whom = Note::parse(&partner.name).map_err(Error::internal)?;
    let saying = Saying::of(actor, said_at, now);
    let mut voices = vec![ConsentVoice::Participant];
    if terms.guardian_agrees == Some(true) {
        let fault = |(code, detail)| Error::field("/consent/guardian_agrees", code, detail);
        consent::deeds::check_guardian(app, tx, row.participant_id, now).await?.map_err(fault)?;
        voices.push(ConsentVoice::Guardian);
    }
    for voice in voices {
        let said = (terms.clone(), saying.of_voice(voice));
        let (_, line) = consent::deeds::give(app, tx, &whose, (which, Some(whom.clone())), said, now)
            .await
            .map_err(|error| error.below("/consent"))?;
        line.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?;
    }
    if !is_grounded(app, tx, row, now).await? {
        let detail = "they are under age: their guardian must agree as well";
        return Err(Error::field("/consent/guardian_agrees", "required", detail));
    }
    Ok(())
}

/// Makes a link and a code for the partner. What was made before works no more.
pub async fn send(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<(ShownOnce, Audit)> {
    step(row, ReferralCommand::Send)?;
    let link = link::make(app, tx, row.id, now).await?;
    (row.sent_at, row.link_expires_at) = (Some(now), Some(link.expires_at));
    written(app, tx, row, now).await?;
    let next = now.saturating_add(rules::ANSWERED_WITHIN);
    agenda::note(tx, REFERRALS, row.centre_id, &[row.id.0], next).await?;
    Ok((link, audit(row, "send")))
}

/// Writes down what the partner answers.
pub async fn answer(
    app: &App,
    tx: &mut Tx,
    row: &mut Row,
    (answer, refusal): (ReferralAnswer, Option<ReferralRefusal>),
    way: ReferralAnswerWay,
    now: Instant,
) -> Result<Audit> {
    let command = match (answer, refusal) {
        (ReferralAnswer::Accepted, None) => ReferralCommand::Accept,
        (ReferralAnswer::Refused, Some(_)) => ReferralCommand::Refuse,
        (ReferralAnswer::Accepted, Some(_)) => {
            return Err(Error::field("/refusal", "not_allowed", "whoever accepts refuses nothing"));
        }
        (ReferralAnswer::Refused, None) => {
            return Err(Error::field("/refusal", "required", "say why the partner refuses"));
        }
    };
    step(row, command)?;
    row.refusal = refusal;
    (row.answered_at, row.answered_through) = (Some(now), Some(way));
    written(app, tx, row, now).await?;
    Ok(audit(row, command.as_str()).with("through", way.as_str()))
}

/// Writes down that they met.
pub async fn record_meeting(
    app: &App,
    tx: &mut Tx,
    row: &mut Row,
    met_on: CalendarDate,
    now: Instant,
) -> Result<Audit> {
    step(row, ReferralCommand::RecordMeeting)?;
    let fault = |(code, detail)| Error::field("/met_on", code, detail);
    rules::check_meeting(met_on.to_chrono(), row.asked_at, now).map_err(fault)?;
    row.met_on = Some(met_on.to_string());
    written(app, tx, row, now).await?;
    Ok(audit(row, "record_meeting"))
}

/// Closes it with what came of it.
pub async fn close(
    app: &App,
    tx: &mut Tx,
    row: &mut Row,
    outcome: ReferralOutcome,
    now: Instant,
) -> Result<Audit> {
    step(row, ReferralCommand::Close)?;
    (row.outcome, row.ended_at) = (Some(outcome), Some(now));
    written(app, tx, row, now).await?;
    Ok(audit(row, "close"))
}

/// Takes it back, for this reason.
pub async fn revoke(app: &App, tx: &mut Tx, row: &mut Row, why: ReferralEnd, now: Instant) -> Result<Audit> {
    step(row, ReferralCommand::Revoke)?;
    (row.ended_at, row.ended_because) = (Some(now), Some(why));
    written(app, tx, row, now).await?;
    Ok(audit(row, "revoke"))
}

/// Takes back what is open of these, and says so in the audit log; how many there were.
pub async fn revoke_open(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    rows: Vec<Row>,
    why: ReferralEnd,
    now: Instant,
) -> Result<usize> {
    let mut revoked = 0;
    for mut row in rows.into_iter().filter(|row| rules::is_open(row.state)) {
        let line = revoke(app, tx, &mut row, why, now).await?;
        line.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?;
        revoked += 1;
    }
    Ok(revoked)
}

/// Whether the participant still agrees, or was asked for without that. What is told to the partner is told only then.
pub async fn require_ground(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    if is_grounded(app, tx, row, now).await? {
        return Ok(());
    }
    Err(Error::command_refused(
        None,
        "the consent has run out, or somebody whose consent is needed does not agree",
        &[ReferralCommand::Revoke],
    ))
}

/// The same, as a question.
pub async fn is_grounded(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<bool> {
    if row.override_reason_sealed.is_some() {
        return Ok(true);
    }
    consent::holds(app, tx, row.participant_id, ConsentPurpose::Referral, Some(row.id.0), now).await
}

fn step(row: &mut Row, command: ReferralCommand) -> Result<()> {
    let refused = || {
        let detail = format!("it is {}", row.state);
        Error::command_refused(None, detail, &rules::possible(row.state))
    };
    row.state = rules::after(row.state, command).ok_or_else(refused)?;
    row.version += 1;
    Ok(())
}

/// Keeps where it stands now. Only one that is sent has a link, and only one that is sent can be unanswered.
async fn written(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    store::update(tx, row).await?;
    tx.changed(row.changed());
    if row.state != ReferralState::Sent {
        link::end(tx, row.id).await?;
    }
    unanswered::is_settled(app, tx, row, now).await
}

/// Nothing of why, or of what came of it: that stands with the referral, for those who may read it.
fn audit(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&REFERRAL, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}

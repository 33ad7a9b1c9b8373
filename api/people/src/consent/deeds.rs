//! Giving a consent, withdrawing it, and its running out: the same over HTTP, from a phone that was without network, and by the agenda.

use super::{
    age::Age,
    answer::{guardian_field, whom_field, witness_field},
    request::ConsentTerms,
    rules::{self, Entry},
    store::{self, EntryRow, Row, Which, Whose},
    things::CONSENT,
    timers::CONSENTS,
    wordings,
    words::{ConsentId, ConsentPurpose, ConsentRecorder, ConsentState, ConsentVoice},
};
use crate::{
    app::{
        App,
        life::{Coming, Consequences, Ended, Event},
    },
    life,
};
use contract::{ParticipantId, PersonKind, time::Instant};
use db::Tx;
use kernel::{
    access::Actor,
    agenda,
    audit::Audit,
    error::{Error, Result},
    protect::privacy::Note,
};
use notifications::device;
use uuid::Uuid;

/// Whose word it is, who writes it down, and when it was said.
#[derive(Debug, Clone, Copy)]
pub struct Saying {
    voice: ConsentVoice,
    by: ConsentRecorder,
    person: Option<Uuid>,
    at: Instant,
}

impl Saying {
    /// By this person, then; nobody says anything later than now, whatever a phone's clock shows.
    pub fn of(actor: &Actor, said_at: Instant, now: Instant) -> Self {
        let by = match actor.kind() {
            PersonKind::Participant => ConsentRecorder::Participant,
            PersonKind::Staff => ConsentRecorder::Staff,
        };
        let voice = ConsentVoice::Participant;
        Self { voice, by, person: Some(actor.person()), at: said_at.min(now) }
    }

    /// The same as the word of this one of the two.
    pub const fn of_voice(self, voice: ConsentVoice) -> Self {
        Self { voice, ..self }
    }
}

/// What is said of a consent.
struct Line {
    act: ConsentState,
    saying: Saying,
    terms: Option<ConsentTerms>,
    whom: Option<Note>,
}

/// Writes down that somebody agrees, and the line of the audit log that says so.
pub async fn give(
    app: &App,
    tx: &mut Tx,
    whose: &Whose,
    (which, whom): (Which, Option<Note>),
    (terms, saying): (ConsentTerms, Saying),
    now: Instant,
) -> Result<(Row, Audit)> {
    if !wordings::may_be_agreed_to(&terms.wording_version, saying.at) {
        return Err(Error::field("/wording_version", "unknown", "is not the wording that is agreed to now"));
    }
    if let Some(expires_at) = terms.expires_at {
        let fault = |(code, detail)| Error::field("/expires_at", code, detail);
        rules::check_expiry(expires_at, now).map_err(fault)?;
    }
    if saying.voice == ConsentVoice::Guardian {
        let fault = |(code, detail)| Error::field("/given_by", code, detail);
        check_guardian(app, tx, whose.id, now).await?.map_err(fault)?;
    }
    let line = Line { act: ConsentState::Given, saying, terms: Some(terms), whom };
    let held = store::hold(tx, which).await?;
    let row = write(app, tx, whose, (which, held), line, now).await?;
    let audit = audit(&row, "give");
    Ok((row, audit))
}

/// Whether a guardian can agree for this participant, else why not: somebody of age is asked alone, and who it is that stands for the others is
/// in the file.
pub async fn check_guardian(
    app: &App,
    tx: &mut Tx,
    participant: ParticipantId,
    now: Instant,
) -> Result<std::result::Result<(), rules::Fault>> {
    let age = Age::of(tx, participant).await?;
    if !age.is_under_age(app, now)? {
        return Ok(Err(("not_allowed", "they are of age: their own word is what counts")));
    }
    if age.guardian_name_sealed.is_none() {
        return Ok(Err(("unknown", "the file does not say who stands for them")));
    }
    Ok(Ok(()))
}

/// Writes down that somebody takes it back or says no, and does what follows. One of the two is enough while both must agree; what a guardian
/// says of somebody of age is kept, and changes nothing. Also where it was withdrawn before: of two who say no, the later
/// outweighs a "yes" that was said between them and arrives last.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    (actor, saying): (&Actor, Saying),
    (whose, which): (&Whose, Which),
    now: Instant,
) -> Result<(Row, Consequences)> {
    let ended = Ended { participant: whose.id, purpose: which.purpose.as_str(), subject: which.subject };
    life::is_about_to(app, tx, Coming::ConsentEnds(ended), now).await?;
    let held = store::hold(tx, which).await?;
    if held.is_none() && which.purpose.is_of_one_subject() {
        return Err(Error::field("/subject_id", "unknown", "nothing was agreed to about this one"));
    }
    let line = Line { act: ConsentState::Withdrawn, saying, terms: None, whom: None };
    let row = write(app, tx, whose, (which, held), line, now).await?;
    if !counts(app, &row, saying.voice, now)? {
        return Ok((row, Consequences::default()));
    }
    let consequences = life::happens(app, tx, actor, Event::ConsentEnds(ended), now).await?;
    Ok((row, consequences))
}

/// Whether it depends on this one of the two now.
fn counts(app: &App, row: &Row, voice: ConsentVoice, now: Instant) -> Result<bool> {
    Ok(voice == ConsentVoice::Participant || row.age().is_under_age(app, now)?)
}

/// The time for which one of the two agreed has run out: that is written down, and what follows is done.
pub async fn expire(
    app: &App,
    tx: &mut Tx,
    row: Row,
    voice: ConsentVoice,
    now: Instant,
) -> Result<(Row, Audit)> {
    let which = Which { participant: row.participant_id, purpose: row.purpose, subject: row.subject_id };
    let whose = Whose { id: row.participant_id, centre_id: row.centre_id, data_key: row.data_key.clone() };
    let saying = Saying { voice, by: ConsentRecorder::Service, person: None, at: now };
    let line = Line { act: ConsentState::Expired, saying, terms: None, whom: None };
    let row = write(app, tx, &whose, (which, Some(row)), line, now).await?;
    let mut consequences = Consequences::default();
    if counts(app, &row, voice, now)? {
        // Nobody does it: whose it was stands where somebody is asked for.
        let its_own = Actor::Participant { id: row.participant_id, centre: row.centre_id, session: None };
        let ended = Ended { participant: whose.id, purpose: which.purpose.as_str(), subject: which.subject };
        consequences = life::happens(app, tx, &its_own, Event::ConsentEnds(ended), now).await?;
    }
    let audit = audit(&row, "expire").with("referrals_revoked", consequences.count("referrals_revoked"));
    Ok((row, audit))
}

/// The line of the audit log about what was done to it. What for, and in which language, stands with the consent alone: it tells of the person.
pub fn audit(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&CONSENT, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}

/// Adds a line, and writes how it stands after it.
async fn write(
    app: &App,
    tx: &mut Tx,
    whose: &Whose,
    (which, held): (Which, Option<Row>),
    line: Line,
    now: Instant,
) -> Result<Row> {
    let key = app.keys.participants.key(whose.id.0, &whose.data_key)?;
    let is_new = held.is_none();
    let mut row = match held {
        Some(row) => row,
        None => fresh(app, tx, whose, which, now).await?,
    };
    row.version += 1;
    let voice = line.saying.voice;
    let guardian = match voice {
        ConsentVoice::Participant => None,
        ConsentVoice::Guardian => Age::of(tx, whose.id).await?.guardian(&key, whose.id)?,
    };
    let terms = line.terms.as_ref();
    let witness = terms.and_then(|terms| terms.witness.as_ref());
    let entry = EntryRow {
        number: row.version,
        act: line.act,
        recorded_at: now,
        said_at: line.saying.at,
        recorded_by_kind: line.saying.by,
        recorded_by: line.saying.person,
        wording_version: terms.map(|terms| terms.wording_version.clone()),
        language: terms.map(|terms| terms.language),
        witness_sealed: witness
            .map(|name| key.seal_text(witness_field(row.id), name, &*app.random))
            .transpose()?,
        expires_at: terms.and_then(|terms| terms.expires_at),
        given_by: voice,
        guardian_sealed: guardian
            .map(|name| key.seal_text(guardian_field(row.id), &name, &*app.random))
            .transpose()?,
    };
    if let Some(whom) = &line.whom {
        match &row.whom_sealed {
            None => row.whom_sealed = Some(key.seal_text(whom_field(row.id), whom, &*app.random)?),
            Some(sealed) => {
                let agreed: Note = key.open_text(whom_field(row.id), sealed)?;
                if agreed.expose() != whom.expose() {
                    return Err(Error::field(
                        "/whom",
                        "not_allowed",
                        "this subject is about somebody else already",
                    ));
                }
            }
        }
    }
    let mut said = if is_new { Vec::new() } else { store::said(tx, row.id, voice).await? };
    said.push(Entry { act: entry.act, said_at: entry.said_at, expires_at: entry.expires_at });
    match voice {
        ConsentVoice::Participant => settle(&mut row, &said, &entry, now),
        ConsentVoice::Guardian => settle_guardian(&mut row, &said, now),
    }
    if !is_new {
        store::update(tx, &row).await?;
    } else if !store::insert(tx, &row).await? {
        // Somebody else made it a moment ago: it is read again.
        return Err(Error::stood_in_the_way());
    }
    store::append(tx, row.id, &entry).await?;
    tx.changed(row.changed());
    take_effect(app, tx, &row, now).await?;
    Ok(row)
}

/// One of which nothing was said yet.
async fn fresh(app: &App, tx: &mut Tx, whose: &Whose, which: Which, now: Instant) -> Result<Row> {
    let Age { minor_until, zone, .. } = Age::of(tx, whose.id).await?;
    Ok(Row {
        id: ConsentId::new(&*app.ids),
        centre_id: store::hold_centre_of(tx, whose.id).await?,
        participant_id: whose.id,
        purpose: which.purpose,
        subject_id: which.subject,
        whom_sealed: None,
        state: ConsentState::Withdrawn,
        since: now,
        wording_version: None,
        language: None,
        expires_at: None,
        guardian_state: None,
        guardian_since: None,
        guardian_expires_at: None,
        version: 0,
        data_key: whose.data_key.clone(),
        minor_until,
        zone,
    })
}

/// How it stands after what was said; `last` is the newest of it.
fn settle(row: &mut Row, said: &[Entry], last: &EntryRow, now: Instant) {
    let Some(standing) = rules::what_holds(said, now) else { return };
    if standing.by + 1 != said.len() {
        // What was said last changes nothing: it was taken back since.
        return;
    }
    // What their guardian said before is not theirs.
    let is_said_again =
        said.len() > 1 && row.state == ConsentState::Withdrawn && standing.state == ConsentState::Withdrawn;
    if !is_said_again {
        row.since = last.said_at;
    }
    row.state = standing.state;
    row.expires_at = standing.expires_at;
    let is_given = standing.state == ConsentState::Given;
    row.wording_version = last.wording_version.clone().filter(|_| is_given);
    row.language = last.language.filter(|_| is_given);
}

/// How it stands after what the guardian said.
fn settle_guardian(row: &mut Row, said: &[Entry], now: Instant) {
    let Some(standing) = rules::what_holds(said, now) else { return };
    let Some(entry) = said.get(standing.by) else { return };
    if row.guardian_state != Some(standing.state) {
        row.guardian_since = Some(entry.said_at);
    }
    (row.guardian_state, row.guardian_expires_at) = (Some(standing.state), standing.expires_at);
}

/// What the service itself does about it: it looks again when time alone changes it, and pushes to nobody who does not agree.
pub async fn take_effect(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    if let Some(at) = looked_at_next(app, row, now)? {
        agenda::note(tx, CONSENTS, row.centre_id, &[row.id.0], at).await?;
    }
    if row.purpose == ConsentPurpose::PushAbroad {
        set_push(tx, row.participant_id, row.is_in_force(app, now)?).await?;
    }
    Ok(())
}

/// When time alone changes how it stands, if ever: what one of the two agreed to runs out, or they come of age.
pub fn looked_at_next(app: &App, row: &Row, now: Instant) -> Result<Option<Instant>> {
    let own = row.expires_at.filter(|_| row.state == ConsentState::Given);
    let guardian = row.guardian_expires_at.filter(|_| row.guardian_state == Some(ConsentState::Given));
    let times = [own, guardian, row.age().of_age_at(app, now)?];
    Ok(times.into_iter().flatten().filter(|at| *at > now).min())
}

async fn set_push(tx: &mut Tx, participant: ParticipantId, is_allowed: bool) -> Result<()> {
    if is_allowed {
        device::allow_push(tx, participant).await?;
    } else {
        device::forbid_push(tx, participant).await?;
    }
    Ok(())
}

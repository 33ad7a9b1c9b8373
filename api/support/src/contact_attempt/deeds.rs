//! Recording an attempt and withdrawing it: the same over HTTP and from a phone that was without network.

use super::{
    answer::field,
    request::{ContactAttemptWithdrawal, NewContactAttempt},
    store::{self, Row},
    things::CONTACT_ATTEMPT,
    words::{ContactAttemptId, ContactAttemptKind},
};
use crate::{
    App,
    accompanied::{self, Met},
    consent::{self, ConsentGround, ConsentPurpose},
    contact,
};
use contract::{ParticipantId, StaffId, SubjectId, time::Instant};
use db::Tx;
use kernel::{
    Kernel,
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
};

/// Records an attempt of this author's, and the line of the audit log that says so.
pub async fn record(
    app: &App,
    tx: &mut Tx,
    author_id: StaffId,
    met: Met,
    new: NewContactAttempt,
    (noted_at, now): (Option<Instant>, Instant),
) -> Result<(Row, Audit)> {
    require_relative(&new)?;
    let id = ContactAttemptId(new_id(new.id, &*app.ids));
    let zone = new.zone.unwrap_or(met.zone);
    let unknown = |_| Error::field("/zone", "unknown_zone", "the zone data in use does not know this zone");
    let time = app.zones.resolve(new.local_at, &zone).map_err(unknown)?;
    let fault = |(code, detail)| Error::field("/local_at", code, detail);
    accompanied::check_past(time.instant, now).map_err(fault)?;
    let key = app.keys.participants.key(new.participant_id.0, &met.data_key)?;
    let consent = match new.relative_id {
        Some(relative) => Some(consent_to(app, tx, new.participant_id, relative, (noted_at, now)).await?),
        None => None,
    };
    let note = new.note.as_ref();
    let row = Row {
        id,
        centre_id: met.centre_id,
        participant_id: new.participant_id,
        author_id,
        kind: new.kind,
        aim: new.aim,
        local_at: time.local,
        zone,
        at: time.instant,
        note_sealed: note
            .map(|note| key.seal_text(field("note_sealed", id), note, &*app.random))
            .transpose()?,
        relative_id: new.relative_id.map(|relative| relative.0),
        consent,
        noted_at,
        recorded_at: now,
        withdrawn_at: None,
        withdrawn_by: None,
        withdrawal_sealed: None,
        version: 1,
        data_key: met.data_key,
    };
    store::insert(tx, &row).await?;
    tx.changed(row.changed());
    contact::happened(app, tx, row.participant_id, now).await?;
    // How and what for is read there: the log is shown to those who accompany nobody.
    let audit = Audit::new(&CONTACT_ATTEMPT, "record", id.0).about(row.participant_id).at(row.centre_id);
    Ok((row, audit))
}

/// Whoever asks a family says whom of it; whoever does not, says nothing of the kind.
fn require_relative(new: &NewContactAttempt) -> Result<()> {
    let is_through_family = new.kind == ContactAttemptKind::ThroughFamily;
    match (is_through_family, new.relative_id.is_some()) {
        (true, true) | (false, false) => Ok(()),
        (true, false) => Err(Error::field(
            "/relative_id",
            "required",
            "their family is asked with their consent only: say to whom of it",
        )),
        (false, true) => {
            Err(Error::field("/relative_id", "not_allowed", "it was not tried through their family"))
        }
    }
}

/// How the participant's consent to contact with this relative stands. Without it nobody is asked; but what a phone recorded without network has
/// been, so that it is kept, and says that there was none, or that it had ended since.
async fn consent_to(
    kernel: &Kernel,
    tx: &mut Tx,
    participant: ParticipantId,
    relative: SubjectId,
    (noted_at, now): (Option<Instant>, Instant),
) -> Result<ConsentGround> {
    let purpose = ConsentPurpose::ContactRelative;
    let which = consent::Which { participant, purpose, subject: relative.0 };
    let ground = consent::ground(kernel, tx, which, (noted_at, now)).await?;
    if ground == ConsentGround::Missing && noted_at.is_none() {
        return Err(Error::field(
            "/relative_id",
            "no_consent",
            "the participant does not agree, or no longer, to contact with this relative",
        ));
    }
    Ok(ground)
}

/// Withdraws an attempt as entered by mistake.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    staff: StaffId,
    row: &mut Row,
    withdrawal: &ContactAttemptWithdrawal,
    now: Instant,
) -> Result<Audit> {
    if row.withdrawn_at.is_some() {
        return Err(Error::command_refused(None, "it was withdrawn already", &[] as &[&str]));
    }
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let field = field("withdrawal_sealed", row.id);
    row.withdrawal_sealed = Some(key.seal_text(field, &withdrawal.reason, &*app.random)?);
    row.withdrawn_at = Some(now);
    row.withdrawn_by = Some(staff);
    row.version += 1;
    store::withdraw(tx, row).await?;
    tx.changed(row.changed());
    contact::happened(app, tx, row.participant_id, now).await?;
    Ok(withdrawn(row))
}

/// The line of the audit log that says that it was withdrawn.
pub fn withdrawn(row: &Row) -> Audit {
    Audit::new(&CONTACT_ATTEMPT, "withdraw", row.id.0).about(row.participant_id).at(row.centre_id)
}

/// Refuses to let anybody but its author or a manager withdraw it.
pub fn require_own(row: &Row, staff: StaffId, is_manager: bool) -> Result<()> {
    if is_manager || row.author_id == staff {
        return Ok(());
    }
    Err(Error::command_refused(None, "only whoever recorded it or a manager withdraws it", &[] as &[&str]))
}

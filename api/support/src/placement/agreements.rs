//! What the employer may know: what was agreed rests on the participant's consent to contact with that employer, which is asked of the ledger, and
//! ends with it.

use super::{
    deeds::{at, line},
    needs, parts,
    rules::{self, may_be_known_by},
    store::{self, Row},
    words::{EmployerKnowledge, Evidence, PlacementId, PlacementState},
};
use crate::{
    App,
    app::life::Ended,
    consent::{self, ConsentGround, ConsentPurpose},
    opening_hours::calendar::CalendarDate,
};
use chrono::NaiveDate;
use contract::{
    AuditId, ParticipantId, StaffId,
    time::{ImpreciseDate, Instant},
};
use db::{Tx, sql};
use kernel::{
    Kernel,
    access::Actor,
    error::{Error, Result},
    legible::Entry,
    page::Paging,
};
use uuid::Uuid;

/// What somebody says that was agreed.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// What the employer may know.
    pub knowledge: EmployerKnowledge,
    /// On which day that was agreed, as far as it is known; nothing needs none.
    pub on: Option<ImpreciseDate>,
}

impl Said {
    /// That they may know nothing.
    pub const NOTHING: Self = Self { knowledge: EmployerKnowledge::Nothing, on: None };

    /// What is said, with the day that everything but "nothing" needs.
    pub fn of(
        knowledge: EmployerKnowledge,
        agreed_on: Option<CalendarDate>,
        today: NaiveDate,
    ) -> Result<Self> {
        if knowledge == EmployerKnowledge::Nothing {
            return Ok(Self::NOTHING);
        }
        let Some(day) = agreed_on else {
            return Err(Error::field("/agreed_on", "required", "must say when the participant agreed to it"));
        };
        let day = ImpreciseDate::day(day.to_chrono())
            .ok_or_else(|| Error::field("/agreed_on", "value", "must be a day in the years 1970 to 2199"))?;
        rules::check_past(day, today).map_err(at("/agreed_on"))?;
        Ok(Self { knowledge, on: Some(day) })
    }
}

/// What stands of what was agreed for a placement that is only now recorded, and whether consent to it has ended since it was recorded on a phone
/// without network: the placement has been, so that it is kept, and its employer may know nothing.
pub async fn first(
    kernel: &Kernel,
    tx: &mut Tx,
    (id, participant): (PlacementId, ParticipantId),
    said: Said,
    (recorded_at, now): (Option<Instant>, Instant),
) -> Result<(Said, bool)> {
    if said.knowledge == EmployerKnowledge::Nothing {
        return Ok((said, false));
    }
    let purpose = ConsentPurpose::ContactEmployer;
    if consent::holds_on(kernel, tx, participant, purpose, id.0, now).await? {
        return Ok((said, false));
    }
    let which = consent::Which { participant, purpose, subject: id.0 };
    match consent::ground(kernel, tx, which, (recorded_at, now)).await? {
        ConsentGround::EndedSince => Ok((Said::NOTHING, true)),
        ConsentGround::Given | ConsentGround::Missing => Err(no_consent("/employer_knowledge")),
    }
}

/// Refuses what was agreed for a placement that is held, if the participant does not consent to it.
pub async fn require(kernel: &Kernel, tx: &mut Tx, row: &Row, said: Said, now: Instant) -> Result<()> {
    let (participant, purpose) = (row.participant_id, ConsentPurpose::ContactEmployer);
    if said.knowledge == EmployerKnowledge::Nothing
        || consent::holds(kernel, tx, participant, purpose, Some(row.id.0), now).await?
    {
        return Ok(());
    }
    Err(no_consent("/employer_knowledge"))
}

/// On what it rests that the employer of this placement, which is held, was asked. One who may know nothing is not; but one who was asked while a
/// phone had no network and the consent still held was asked, and that is kept.
pub async fn ground(
    kernel: &Kernel,
    tx: &mut Tx,
    row: &Row,
    times: (Option<Instant>, Instant),
) -> Result<ConsentGround> {
    let (participant, purpose) = (row.participant_id, ConsentPurpose::ContactEmployer);
    let which = consent::Which { participant, purpose, subject: row.id.0 };
    let ground = consent::ground(kernel, tx, which, times).await?;
    let may_know = may_be_known_by(Evidence::Employer, row.employer_knowledge);
    match ground {
        ConsentGround::EndedSince => Ok(ground),
        _ if !may_know => {
            Err(Error::field("/evidence", "not_allowed", "the employer may know nothing, and is not asked"))
        }
        ConsentGround::Given => Ok(ground),
        ConsentGround::Missing => Err(no_consent("/evidence")),
    }
}

/// Writes what the employer may know from now on.
pub async fn set(
    tx: &mut Tx,
    row: &mut Row,
    said: Said,
    by: Uuid,
    consent_ended_at: Option<Instant>,
    now: Instant,
) -> Result<()> {
    row.employer_knowledge = said.knowledge;
    (row.agreed_on, row.witness_id) = (said.on, said.on.map(|_| StaffId(by)));
    row.count(now);
    store::update(tx, row).await?;
    parts::insert_fact(tx, row).await?;
    parts::insert_agreement(tx, row, by, consent_ended_at, now).await?;
    tx.changed(row.changed());
    Ok(())
}

/// The placement that rested on a consent which ends, held.
pub async fn resting_on(tx: &mut Tx, ended: Ended) -> Result<Option<Row>> {
    if ended.purpose != ConsentPurpose::ContactEmployer.as_str() {
        return Ok(None);
    }
    let row = store::hold(tx, PlacementId(ended.subject)).await?;
    Ok(row.filter(|row| row.participant_id == ended.participant))
}

/// The participant no longer agrees to contact with the employer: they may know nothing from now on, and whoever leads learns of it. Whether
/// there was anything that they could know.
pub async fn end(app: &App, tx: &mut Tx, row: &mut Row, actor: &Actor, now: Instant) -> Result<bool> {
    if row.employer_knowledge == EmployerKnowledge::Nothing || row.state == PlacementState::Withdrawn {
        return Ok(false);
    }
    set(tx, row, Said::NOTHING, actor.person(), Some(now), now).await?;
    needs::consent_ended(app, tx, row, now).await?;
    let audit = line(row, "end_employer_knowledge");
    audit.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?;
    Ok(true)
}

/// What was agreed once.
#[derive(Debug, sqlx::FromRow)]
pub struct Agreed {
    /// The version of the placement that said it.
    pub version: i64,
    /// What the employer may know.
    pub employer_knowledge: EmployerKnowledge,
    /// On which day that was agreed.
    pub agreed_on: Option<ImpreciseDate>,
    /// Before whom.
    pub witness_id: Option<StaffId>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// By whom: staff, or the participant, who took their consent back.
    pub recorded_by: Uuid,
    /// When the consent ended because of which they may know nothing.
    pub consent_ended_at: Option<Instant>,
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByVersion {
    /// The version of the placement that said it.
    pub version: i64,
}

/// What was agreed, the latest first, with one more than the page holds. The caller has seen that the placement is in scope.
pub async fn list(
    tx: &mut Tx,
    placement: PlacementId,
    paging: Paging<i64>,
) -> Result<Vec<Entry<ByVersion, Agreed>>> {
    let rows = tx
        .query(sql!(
            "SELECT version, employer_knowledge, agreed_on, witness_id, recorded_at, recorded_by, consent_ended_at
             FROM placement_agreement WHERE placement_id = $1 AND version < $2 ORDER BY version DESC LIMIT ",
            lite "+",
            "$3"
        ))
        .bind(placement)
        .bind(paging.after.unwrap_or(i64::MAX))
        .bind(paging.rows())
        .all()
        .await?;
    Ok(rows)
}

fn no_consent(field: &'static str) -> Error {
    let why = "the participant does not agree, or no longer, to contact with this employer";
    Error::field(field, "no_consent", why)
}

//! What callers get.

use super::{
    lacking::{MissingCount, MissingRow},
    rules,
    store::{ItemRow, StepRow, Whole},
    words::{NotSeekingReason, ReadinessItem, ReadinessState, Willingness},
};
use contract::{
    ParticipantId, StaffId,
    time::{ImpreciseDate, Instant},
};
use kernel::{
    Kernel,
    error::{Error, Result},
    protect::{
        privacy::{Note, expose_in_answer_if_any},
        seal::{DataKey, Field, Sealed},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// What was done about an item.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadinessStep {
    /// Where it stood then.
    pub state: ReadinessState,
    /// On which day.
    pub on: ImpreciseDate,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// Who recorded it.
    pub recorded_by: StaffId,
}

/// Where an item stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadinessEntry {
    /// Which.
    pub item: ReadinessItem,
    /// Where it stands.
    pub state: ReadinessState,
    /// Since which day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<ImpreciseDate>,
    /// What was done, the first step first.
    pub steps: Vec<ReadinessStep>,
    /// The version of the list that said it; 0 if none did.
    pub version: i64,
}

/// Whether somebody looks for work.
#[derive(Debug, Serialize, ToSchema)]
pub struct WillingnessTold {
    /// Whether they do.
    pub willingness: Willingness,
    /// Why they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<NotSeekingReason>,
    /// What would have to change.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub what_would_change: Option<Note>,
    /// When it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<StaffId>,
    /// When it was found to be a mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<StaffId>,
    /// Why.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub withdrawal_reason: Option<Note>,
    /// The version of the list that said it, or by which it holds again.
    pub version: i64,
}

/// The readiness list of somebody: every item, whether something was said of it or not.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadinessList {
    /// The participant's own id: each has one list.
    pub id: ParticipantId,
    /// Whose.
    pub participant_id: ParticipantId,
    /// Every item, in the order of the contract.
    pub entries: Vec<ReadinessEntry>,
    /// Whether they look for work, if that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub willingness: Option<WillingnessTold>,
    /// Counts its changes; 0 if nothing was said. Send it back as `base_version`.
    pub version: i64,
}

/// How many lack something.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingPaper {
    /// What.
    pub item: ReadinessItem,
    /// How many do not have it, and do nothing about it.
    #[schema(minimum = 0)]
    pub missing: i64,
    /// How many are obtaining it.
    #[schema(minimum = 0)]
    pub being_obtained: i64,
}

/// How many of a centre lack what.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingPapers {
    /// Every item but those that are sealed, in the order of the contract.
    pub papers: Vec<MissingPaper>,
}

/// Who lacks something.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingPerson {
    /// What.
    pub item: ReadinessItem,
    /// Who.
    pub participant_id: ParticipantId,
    /// Missing, or being obtained.
    pub state: ReadinessState,
    /// Since which day.
    pub since: ImpreciseDate,
}

/// Where a text of a list lies.
pub const fn field(table: &'static str, column: &'static str, participant: ParticipantId) -> Field {
    Field::new(table, column, participant.0)
}

fn state(
    key: &DataKey,
    place: Field,
    (plain, sealed): (Option<ReadinessState>, Option<&Sealed>),
) -> Result<ReadinessState> {
    let Some(sealed) = sealed else { return Ok(plain.unwrap_or(ReadinessState::NotAsked)) };
    let word = key.open(place, sealed)?;
    std::str::from_utf8(&word).map_err(Error::internal)?.parse().map_err(Error::internal)
}

impl ReadinessList {
    /// All of it, with its texts opened.
    pub fn of(kernel: &Kernel, whole: &Whole) -> Result<Self> {
        let row = &whole.row;
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        let change = row.change_sealed.as_ref();
        let change = change
            .map(|sealed| key.open_text(field("readiness", "change_sealed", row.participant_id), sealed));
        let change = change.transpose()?;
        let willingness = row.willingness.map(|willingness| WillingnessTold {
            willingness,
            reason: row.reason,
            what_would_change: change,
            recorded_at: row.willing_at,
            recorded_by: row.willing_by,
            withdrawn_at: None,
            withdrawn_by: None,
            withdrawal_reason: None,
            version: row.willing_version,
        });
        let entry = |item: &ReadinessItem| entry(&key, whole, *item);
        Ok(Self {
            id: row.participant_id,
            participant_id: row.participant_id,
            entries: ReadinessItem::ALL.iter().map(entry).collect::<Result<_>>()?,
            willingness,
            version: row.version,
        })
    }
}

fn entry(key: &DataKey, whole: &Whole, item: ReadinessItem) -> Result<ReadinessEntry> {
    let person = whole.row.participant_id;
    let stands: Option<&ItemRow> = whole.items.iter().find(|row| row.item == item);
    let of = |row: &ItemRow| {
        state(key, field("readiness_item", "state_sealed", person), (row.state, row.state_sealed.as_ref()))
    };
    let step = |row: &StepRow| -> Result<ReadinessStep> {
        let place = field("readiness_step", "state_sealed", person);
        let state = state(key, place, (row.state, row.state_sealed.as_ref()))?;
        Ok(ReadinessStep {
            state,
            on: row.happened_on,
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by,
        })
    };
    Ok(ReadinessEntry {
        item,
        state: stands.map(of).transpose()?.unwrap_or(ReadinessState::NotAsked),
        since: stands.map(|row| row.since),
        steps: whole.steps.iter().filter(|row| row.item == item).map(step).collect::<Result<_>>()?,
        version: stands.map_or(0, |row| row.version),
    })
}

impl MissingPapers {
    /// From what was counted.
    pub fn of(counts: &[MissingCount]) -> Self {
        let people = |item: ReadinessItem, state: ReadinessState| {
            counts.iter().filter(|one| one.item == item && one.state == state).map(|one| one.people).sum()
        };
        let item = |item: &ReadinessItem| MissingPaper {
            item: *item,
            missing: people(*item, ReadinessState::Missing),
            being_obtained: people(*item, ReadinessState::BeingObtained),
        };
        let is_counted = |item: &&ReadinessItem| !rules::is_sealed(**item);
        Self { papers: ReadinessItem::ALL.iter().filter(is_counted).map(item).collect() }
    }
}

impl MissingPerson {
    /// From its row.
    pub const fn of(row: &MissingRow) -> Self {
        Self { item: row.item, participant_id: row.participant_id, state: row.state, since: row.since }
    }
}

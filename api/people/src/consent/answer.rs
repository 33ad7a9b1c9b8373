//! What callers get.

use super::{
    store::{EntryRow, Row},
    words::{ConsentId, ConsentPurpose, ConsentRecorder, ConsentState, ConsentVoice},
};
use contract::{Language, ParticipantId, time::Instant};
use kernel::{
    Kernel,
    error::Result,
    protect::{
        privacy::{Name, Note, expose_in_answer_if_any},
        seal::Field,
    },
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a participant agreed to, or not, for one purpose.
#[derive(Debug, Serialize, ToSchema)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// Whose.
    pub participant_id: ParticipantId,
    /// What for.
    pub purpose: ConsentPurpose,
    /// What exactly it is for, where a purpose has several: the referral, or the contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<Uuid>,
    /// Whom it names, where a purpose has several.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub whom: Option<Note>,
    /// How it stands.
    pub state: ConsentState,
    /// Since when.
    pub since: Instant,
    /// Which wording was agreed to; absent unless they agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording_version: Option<String>,
    /// The language in which it was read, or read out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Until when they agreed; absent if for as long as they do not take it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// How it stands by the word of their guardian; absent if the guardian said nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardian_state: Option<ConsentState>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardian_since: Option<Instant>,
    /// Until when the guardian agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardian_expires_at: Option<Instant>,
    /// Whether it is in force now: of somebody under age both must agree, of everybody else it is their own word alone. Ask this, not `state`.
    pub is_in_force: bool,
    /// Counts what was said; the same as its ETag.
    pub version: i64,
}

/// A consent that was withdrawn, and what came of it at once.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawnConsent {
    /// How it stands now.
    pub consent: Consent,
    /// Whether nothing is pushed to the participant's phones from now on; what there is waits in the app.
    pub is_push_stopped: bool,
    /// How many referrals were revoked: nobody may go on with them.
    #[schema(minimum = 0)]
    pub referrals_revoked: usize,
}

/// One line of the ledger. None is changed or taken out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentEntry {
    /// Its place among the lines of the same consent.
    #[schema(minimum = 1)]
    pub number: i64,
    /// What was said.
    pub act: ConsentState,
    /// Whose word it is.
    pub given_by: ConsentVoice,
    /// Who their guardian was then, as the file had it; where it is the guardian's word.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub guardian: Option<Name>,
    /// When it was said.
    pub said_at: Instant,
    /// When the service learnt of it: later, if the phone had no network.
    pub recorded_at: Instant,
    /// Who wrote it.
    pub recorded_by_kind: ConsentRecorder,
    /// Which person; absent if it was the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<Uuid>,
    /// Which wording was agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording_version: Option<String>,
    /// The language in which it was read, or read out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Who witnessed it besides whoever wrote it down.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub witness: Option<Name>,
    /// Until when they agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

/// What a consent to one purpose says, in one language.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentWording {
    /// Which edition of the texts.
    pub version: &'static str,
    /// What for.
    pub purpose: ConsentPurpose,
    /// In which language.
    pub language: Language,
    /// The text, to be shown or read out as it stands.
    pub text: &'static str,
}

/// What is read before the text of a consent where a guardian agrees.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuardianLeadIn {
    /// In which language.
    pub language: Language,
    /// The text, to be shown or read out as it stands.
    pub text: &'static str,
}

/// Every text that somebody may have agreed to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentWordings {
    /// The edition that is agreed to from now on. The others are there to show what was agreed to before.
    pub current_version: &'static str,
    /// What is read before the text where a guardian agrees for somebody under age, in each language.
    pub guardian_lead_ins: Vec<GuardianLeadIn>,
    /// The texts.
    pub wordings: Vec<ConsentWording>,
}

/// Where the text lies that names whom a consent is about.
pub const fn whom_field(id: ConsentId) -> Field {
    Field::new("consent", "whom_sealed", id.0)
}

/// Where the name of a witness lies.
pub const fn witness_field(id: ConsentId) -> Field {
    Field::new("consent_entry", "witness_sealed", id.0)
}

/// Where the name of a guardian lies.
pub const fn guardian_field(id: ConsentId) -> Field {
    Field::new("consent_entry", "guardian_sealed", id.0)
}

impl Consent {
    /// A row with its text opened, as it stands now.
    pub fn of(kernel: &Kernel, row: &Row, now: Instant) -> Result<Self> {
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        let whom = row.whom_sealed.as_ref();
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            purpose: row.purpose,
            subject_id: Some(row.subject_id).filter(|subject| !subject.is_nil()),
            whom: whom.map(|sealed| key.open_text(whom_field(row.id), sealed)).transpose()?,
            state: row.state_at(now),
            since: row.since_at(now),
            wording_version: row.wording_version.clone(),
            language: row.language,
            expires_at: row.expires_at,
            guardian_state: row.guardian_state_at(now),
            guardian_since: row.guardian_since,
            guardian_expires_at: row.guardian_expires_at,
            is_in_force: row.is_in_force(kernel, now)?,
            version: row.version,
        })
    }
}

impl ConsentEntry {
    /// A line of this consent, with its text opened.
    pub fn of(kernel: &Kernel, consent: &Row, entry: EntryRow) -> Result<Self> {
        let key = kernel.keys.participants.key(consent.participant_id.0, &consent.data_key)?;
        let witness = entry.witness_sealed.as_ref();
        let guardian = entry.guardian_sealed.as_ref();
        Ok(Self {
            number: entry.number,
            act: entry.act,
            given_by: entry.given_by,
            guardian: guardian.map(|sealed| key.open_text(guardian_field(consent.id), sealed)).transpose()?,
            said_at: entry.said_at,
            recorded_at: entry.recorded_at,
            recorded_by_kind: entry.recorded_by_kind,
            recorded_by: entry.recorded_by,
            wording_version: entry.wording_version,
            language: entry.language,
            witness: witness.map(|sealed| key.open_text(witness_field(consent.id), sealed)).transpose()?,
            expires_at: entry.expires_at,
        })
    }
}

//! What callers get.

use super::{
    link::ShownOnce,
    partners, rules,
    store::Row,
    words::{
        PartnerId, ReferralAnswerWay, ReferralCommand, ReferralEnd, ReferralId, ReferralOutcome,
        ReferralRefusal, ReferralState,
    },
};
use contract::{CentreId, ParticipantId, PersonKind, StaffId, time::Instant};
use kernel::{
    Kernel,
    error::Result,
    protect::{
        privacy::{Name, Note, expose_in_answer, expose_in_answer_if_any},
        seal::Field,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// A body outside the service that a centre sends people to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Partner {
    /// Its id.
    pub id: PartnerId,
    /// Whose partner it is.
    pub centre_id: CentreId,
    /// What it is called.
    pub name: String,
    /// What it offers.
    pub offers: String,
    /// Whether people are sent there.
    pub active: bool,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

impl From<partners::Row> for Partner {
    fn from(row: partners::Row) -> Self {
        let partners::Row { id, centre_id, name, offers, active, version, .. } = row;
        Self { id, centre_id, name, offers, active, version }
    }
}

/// What is asked of a partner for a participant, and what became of it. The consent to it is the one with purpose `referral` whose `subject_id`
/// is its id.
#[derive(Debug, Serialize, ToSchema)]
pub struct Referral {
    /// Its id.
    pub id: ReferralId,
    /// For whom.
    pub participant_id: ParticipantId,
    /// Of whom.
    pub partner_id: PartnerId,
    /// What the partner is called.
    pub partner_name: String,
    /// Who asked.
    pub asked_by: StaffId,
    /// Where it stands.
    pub state: ReferralState,
    /// What this caller can do with it now. Participants take it back by withdrawing their consent.
    pub possible_commands: Vec<ReferralCommand>,
    /// By which name the partner is told of the participant.
    #[serde(serialize_with = "expose_in_answer")]
    pub given_name: Name,
    /// What is asked, in the words that the partner reads.
    #[serde(serialize_with = "expose_in_answer")]
    pub request: Note,
    /// Why it was asked without consent; absent if there is consent.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<Note>,
    /// When it was asked for.
    pub asked_at: Instant,
    /// When the last link was made for the partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Instant>,
    /// Until when that link can be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_expires_at: Option<Instant>,
    /// When the partner answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Instant>,
    /// How the answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_through: Option<ReferralAnswerWay>,
    /// Why the partner refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<ReferralRefusal>,
    /// On which day they met.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub met_on: Option<String>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ReferralOutcome>,
    /// When it was closed or revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// Why it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_because: Option<ReferralEnd>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

/// A referral with the link for its partner. Neither link nor code is shown again.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentReferral {
    /// How it stands now.
    pub referral: Referral,
    /// The path of the link, below the address of this service: to be shown, printed or copied by whoever hands it over.
    pub path: String,
    /// The code of six digits that opens it: to be given to the partner another way than the link.
    pub code: String,
    /// Until when both work, unless the partner answers before.
    pub expires_at: Instant,
}

/// Where a text of a referral lies.
pub const fn field(column: &'static str, id: ReferralId) -> Field {
    Field::new("referral", column, id.0)
}

impl Referral {
    /// A row with its texts opened, for this reader.
    pub fn of(kernel: &Kernel, row: &Row, reader: PersonKind) -> Result<Self> {
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        let reason = row.override_reason_sealed.as_ref();
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            partner_id: row.partner_id,
            partner_name: row.partner_name.clone(),
            asked_by: row.asked_by,
            state: row.state,
            possible_commands: match reader {
                PersonKind::Staff => rules::possible(row.state),
                PersonKind::Participant => Vec::new(),
            },
            given_name: key.open_text(field("given_name_sealed", row.id), &row.given_name_sealed)?,
            request: key.open_text(field("request_sealed", row.id), &row.request_sealed)?,
            override_reason: reason
                .map(|sealed| key.open_text(field("override_reason_sealed", row.id), sealed))
                .transpose()?,
            asked_at: row.asked_at,
            sent_at: row.sent_at,
            link_expires_at: row.link_expires_at,
            answered_at: row.answered_at,
            answered_through: row.answered_through,
            refusal: row.refusal,
            met_on: row.met_on.clone(),
            outcome: row.outcome,
            ended_at: row.ended_at,
            ended_because: row.ended_because,
            version: row.version,
        })
    }
}

impl SentReferral {
    /// With this link, for whoever made it.
    pub fn of(kernel: &Kernel, row: &Row, link: &ShownOnce) -> Result<Self> {
        Ok(Self {
            referral: Referral::of(kernel, row, PersonKind::Staff)?,
            path: format!("{}{}", super::page::BELOW, link.secret.as_str()),
            code: link.code.to_string(),
            expires_at: link.expires_at,
        })
    }
}

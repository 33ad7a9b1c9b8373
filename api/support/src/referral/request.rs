//! What callers send.

use super::words::{PartnerId, ReferralAnswer, ReferralId, ReferralOutcome, ReferralRefusal};
use crate::{consent::ConsentTerms, opening_hours::calendar::CalendarDate};
use contract::{CentreId, ParticipantId};
use kernel::{
    extract::fields::given,
    page::list_query,
    protect::privacy::{Name, Note},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A new partner.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Association Al Amal", "offers": "Help with papers, a lawyer on Tuesdays"}))]
pub struct NewPartner {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<PartnerId>,
    /// What it is called.
    #[schema(min_length = 1, max_length = 100)]
    #[validate(length(min = 1, max = 100))]
    pub name: String,
    /// What it offers.
    #[schema(min_length = 1, max_length = 500)]
    #[validate(length(min = 1, max = 500))]
    pub offers: String,
}

/// What should change about a partner. What is left out stays as it is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"offers": "Help with papers"}))]
pub struct PartnerChange {
    /// What it is called.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    #[validate(length(min = 1, max = 100))]
    pub name: Option<String>,
    /// What it offers.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    #[validate(length(min = 1, max = 500))]
    pub offers: Option<String>,
    /// Whether people are sent there. What was asked before goes on.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub active: Option<bool>,
}

list_query! {
    /// Which partners to list.
    #[derive(Debug)]
    pub struct PartnerFilter {
        /// Of this centre, where the caller is posted; their own centre if absent.
        pub centre_id: Option<CentreId>,
    }
}

/// What is asked of a partner.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "partner_id": "01936f6e-4d00-7000-8000-00000000000e",
    "given_name": "Amina",
    "request": "A place in the sewing course in January",
    "consent": {"wording_version": "2026-11", "language": "ar", "expires_at": "2027-03-01T00:00:00Z"}
}))]
pub struct NewReferral {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<ReferralId>,
    /// For whom.
    pub participant_id: ParticipantId,
    /// Of whom. A partner of the participant's centre that people are sent to.
    pub partner_id: PartnerId,
    /// By which name the partner is told of the participant: the given name alone.
    pub given_name: Name,
    /// What is asked, in the words that the partner reads.
    pub request: Note,
    /// That the participant agrees to exactly this, and on which terms, with `expires_at`.
    #[validate(nested)]
    pub consent: Option<ConsentTerms>,
    /// Why it is asked without consent: for danger to life only, by a manager. The participant reads it.
    pub override_reason: Option<Note>,
}

/// What a partner answered on the telephone or in person.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"answer": "accepted"}))]
pub struct RecordedReferralAnswer {
    /// What.
    pub answer: ReferralAnswer,
    /// Why, if they refuse.
    pub refusal: Option<ReferralRefusal>,
}

/// That the participant and the partner met.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"met_on": "2026-11-23"}))]
pub struct ReferralMeeting {
    /// On which day.
    pub met_on: CalendarDate,
}

/// What came of a referral.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "helped"}))]
pub struct ReferralClosing {
    /// What.
    pub outcome: ReferralOutcome,
}

//! What callers send.

use super::{
    store::Which,
    words::{ConsentPurpose, ConsentVoice},
};
use contract::{Language, ParticipantId, SubjectId, time::Instant};
use kernel::{
    error::{Error, Result},
    protect::privacy::{Name, Note},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// What a participant agrees to.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "purpose": "sms",
    "wording_version": "2026-11",
    "language": "ar"
}))]
pub struct NewConsent {
    /// Who agrees. Participants name themselves.
    pub participant_id: ParticipantId,
    /// To what. Consent to a referral is given with the referral.
    pub purpose: ConsentPurpose,
    /// Which contact, where the purpose is one: the placement's id, or one that the caller chose for it once.
    pub subject_id: Option<SubjectId>,
    /// Whom the contact is with, where the purpose is one.
    pub whom: Option<Note>,
    /// Which wording was shown or read out.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub wording_version: String,
    /// In which language.
    pub language: Language,
    /// Who witnessed it besides whoever writes it down: an interpreter, a relative. Staff say it.
    pub witness: Option<Name>,
    /// Whose word it is, `participant` if left out. Somebody under age and their guardian must both agree; staff write down what the guardian
    /// says.
    pub given_by: Option<ConsentVoice>,
    /// Until when they agree; for as long as they do not take it back if absent.
    pub expires_at: Option<Instant>,
}

/// What a participant takes back, or says no to.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "purpose": "push_abroad"
}))]
pub struct ConsentWithdrawal {
    /// Who. Participants name themselves.
    pub participant_id: ParticipantId,
    /// What.
    pub purpose: ConsentPurpose,
    /// Which one, where the purpose has several.
    pub subject_id: Option<SubjectId>,
    /// Whose word it is, `participant` if left out. Staff write down what a guardian says.
    pub given_by: Option<ConsentVoice>,
}

/// The terms on which somebody agrees, where what they agree to stands beside them.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentTerms {
    /// Which wording was shown or read out.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub wording_version: String,
    /// In which language.
    pub language: Language,
    /// Who witnessed it besides whoever writes it down: an interpreter, a relative.
    pub witness: Option<Name>,
    /// Until when they agree.
    pub expires_at: Option<Instant>,
    /// Whether their guardian agrees to the same. While they are under age there is no consent without.
    pub guardian_agrees: Option<bool>,
}

impl NewConsent {
    /// Which consent it is about, whom that names, and the terms. Refuses what does not go together.
    pub fn parts(self) -> Result<(Which, Option<Note>, ConsentTerms)> {
        if self.purpose == ConsentPurpose::Referral {
            return Err(Error::field(
                "/purpose",
                "not_allowed",
                "consent to a referral is given with the referral",
            ));
        }
        let is_of_one = self.purpose.is_of_one_subject();
        for (field, is_there) in [("/subject_id", self.subject_id.is_some()), ("/whom", self.whom.is_some())]
        {
            must_be(field, is_there, is_of_one)?;
        }
        let which = Which {
            participant: self.participant_id,
            purpose: self.purpose,
            subject: self.subject_id.map(|id| id.0).unwrap_or_default(),
        };
        let Self { wording_version, language, witness, expires_at, .. } = self;
        Ok((
            which,
            self.whom,
            ConsentTerms { wording_version, language, witness, expires_at, guardian_agrees: None },
        ))
    }
}

impl ConsentWithdrawal {
    /// Which consent it is about. Refuses what does not go together.
    pub fn which(&self) -> Result<Which> {
        must_be("/subject_id", self.subject_id.is_some(), self.purpose.is_of_one_subject())?;
        Ok(Which {
            participant: self.participant_id,
            purpose: self.purpose,
            subject: self.subject_id.map(|id| id.0).unwrap_or_default(),
        })
    }
}

fn must_be(field: &str, is_there: bool, is_of_one: bool) -> Result<()> {
    match (is_there, is_of_one) {
        (false, true) => {
            Err(Error::field(field, "required", "this purpose is about one of several: say which"))
        }
        (true, false) => Err(Error::field(field, "not_allowed", "there is one consent to this purpose")),
        _ => Ok(()),
    }
}

//! The sealed texts of a participant's row: each is bound to its column and to the participant.

use contract::ParticipantId;
use kernel::{
    error::Result,
    protect::{
        privacy::{Name, PrivateText},
        random::Random,
        seal::{DataKey, Field, SealError, Sealed},
    },
};

/// Seals and opens the texts of one participant.
pub struct Texts<'a> {
    /// Their data key.
    pub key: &'a DataKey,
    /// Who.
    pub id: ParticipantId,
}

impl Texts<'_> {
    const fn field(&self, column: &'static str) -> Field {
        Field::new("participant", column, self.id.0)
    }

    /// Opens the name.
    pub fn name(&self, sealed: &Sealed) -> std::result::Result<Name, SealError> {
        self.key.open_text(self.field("name_sealed"), sealed)
    }

    /// Opens a text, if there is one.
    pub fn open<T: PrivateText>(&self, column: &'static str, sealed: Option<&Sealed>) -> Result<Option<T>> {
        Ok(sealed.map(|sealed| self.key.open_text(self.field(column), sealed)).transpose()?)
    }

    /// Seals a text.
    pub fn seal(&self, column: &'static str, text: &impl PrivateText, random: &dyn Random) -> Result<Sealed> {
        Ok(self.key.seal_text(self.field(column), text, random)?)
    }

    /// Seals a text, if there is one.
    pub fn seal_any(
        &self,
        column: &'static str,
        text: Option<&impl PrivateText>,
        random: &dyn Random,
    ) -> Result<Option<Sealed>> {
        text.map(|text| self.seal(column, text, random)).transpose()
    }
}

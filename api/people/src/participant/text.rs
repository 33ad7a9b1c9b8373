//! The sealed texts of a participant's row: each is bound to its column and to the participant.

use super::{naming::Names, row::Row};
use contract::ParticipantId;
use kernel::{
    error::Result,
    protect::{
        privacy::{Name, PrivateText},
        random::Random,
        seal::{DataKey, Field, SealError, Sealed},
    },
};
use zeroize::Zeroizing;

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

    /// The names of a row.
    pub fn names(&self, row: &Row) -> Result<Names> {
        let more = &row.particulars;
        Ok(Names {
            called: self.name(&row.name_sealed)?,
            arabic: self.open("name_arabic_sealed", more.name_arabic_sealed.as_ref())?,
            latin: self.open("name_latin_sealed", more.name_latin_sealed.as_ref())?,
        })
    }

    /// Seals words of ours, such as a date, that say something about the person; nothing if there are none.
    pub fn seal_words(
        &self,
        column: &'static str,
        words: &str,
        random: &dyn Random,
    ) -> Result<Option<Sealed>> {
        if words.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.key.seal(self.field(column), words.as_bytes(), random)?))
    }

    /// Opens such words.
    pub fn words(&self, column: &'static str, sealed: Option<&Sealed>) -> Result<Option<Zeroizing<String>>> {
        let Some(sealed) = sealed else { return Ok(None) };
        let bytes = self.key.open(self.field(column), sealed)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| SealError::NotText)?;
        Ok(Some(Zeroizing::new(text.to_owned())))
    }
}

//! What was said of a session, and how it is kept so that nobody can tell from the tables of which one or by whom. Every entry is as long as
//! every other.

use super::words::Face;
use contract::{AppointmentId, ParticipantId, time::Instant};
use kernel::{
    Keys,
    error::{Error, Result},
    protect::{
        random::Random,
        seal::{Field, Sealed},
    },
};
use uuid::Uuid;

/// What was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The face.
    pub face: Face,
    /// When something was said of it first.
    pub first_at: Instant,
    /// By whom: a keyed hash, by which the same person is counted once.
    pub person: Uuid,
}

/// The id under which it is kept.
pub fn id_of(keys: &Keys, appointment: AppointmentId) -> Uuid {
    hashed(keys, b"appointment", appointment.0)
}

/// How a participant is known among those who said something.
pub fn person(keys: &Keys, participant: ParticipantId) -> Uuid {
    hashed(keys, b"participant", participant.0)
}

fn hashed(keys: &Keys, of: &[u8], id: Uuid) -> Uuid {
    let hash = keys.impression_hashes.authenticate(&[of, id.as_bytes().as_slice()].concat());
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash) {
        *to = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

const fn field(id: Uuid) -> Field {
    Field::new("impression", "said_sealed", id)
}

impl Said {
    /// Sealed for its row.
    pub fn seal(&self, keys: &Keys, id: Uuid, random: &dyn Random) -> Result<Sealed> {
        let face =
            Face::ALL.iter().position(|face| *face == self.face).and_then(|place| u8::try_from(place).ok());
        let mut plain = vec![face.ok_or_else(|| Error::internal("a face has no place"))?];
        plain.extend_from_slice(&self.first_at.as_micros().to_be_bytes());
        plain.extend_from_slice(self.person.as_bytes());
        Ok(keys.impressions.seal(field(id), &plain, random)?)
    }

    /// Opened in its row. What a later version wrote of faces that are unknown here is nothing.
    pub fn open(keys: &Keys, id: Uuid, sealed: &Sealed) -> Result<Option<Self>> {
        let plain = keys.impressions.open(field(id), sealed)?;
        let broken = || Error::internal("an impression is broken");
        let (face, rest) = plain.split_first().ok_or_else(broken)?;
        let (first_at, person) = rest.split_first_chunk::<8>().ok_or_else(broken)?;
        let first_at = Instant::from_micros(i64::from_be_bytes(*first_at)).ok_or_else(broken)?;
        let person = Uuid::from_slice(person).map_err(Error::internal)?;
        Ok(Face::ALL.get(usize::from(*face)).map(|face| Self { face: *face, first_at, person }))
    }
}

//! How far a phone has come. A cursor is opaque to whoever holds it: it says whose it is, in which scope and epoch of the database it was
//! given out, and what comes next. It bears a checksum, so that one that was cut or bent is told apart from one that is merely old.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{CentreId, time::Instant};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The layout of a cursor; one of another layout is of another version of this service.
const LAYOUT: u8 = 1;
const CHECKSUM_BYTES: usize = 4;

/// Where in the feed of a centre somebody is. What lay there before a person came into their scope has the place at which the person came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The place in the order of what is told.
    #[serde(rename = "n")]
    pub place: i64,
    /// Of several at one place: the position in the feed.
    #[serde(rename = "m")]
    pub position: i64,
}

impl Place {
    /// Before everything.
    pub const BEGINNING: Self = Self { place: 0, position: 0 };

    /// Behind all that has this position or a smaller one.
    pub const fn behind(position: i64) -> Self {
        Self { place: position, position }
    }
}

/// The sort key of an appointment in a list by start.
pub type ByStart = (i64, Uuid);

/// What a phone is told next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// A start, first part: what begins within this time, by its start. What has changed behind `until` comes after the start.
    #[serde(rename = "s")]
    Soon {
        /// How far the feed had come when the start began.
        #[serde(rename = "u")]
        until: i64,
        /// Since when, in microseconds.
        #[serde(rename = "f")]
        from: i64,
        /// Until before when, in microseconds.
        #[serde(rename = "t")]
        to: i64,
        /// The last one that was told.
        #[serde(rename = "a")]
        after: Option<ByStart>,
    },
    /// A start, second part: everything else.
    #[serde(rename = "r")]
    Rest {
        /// How far the feed had come when the start began.
        #[serde(rename = "u")]
        until: i64,
        /// What the first part told, in microseconds.
        #[serde(rename = "w")]
        told: (i64, i64),
        /// Where it is.
        #[serde(rename = "p")]
        place: Place,
    },
    /// What comes near enough since days have passed, by its start; then it goes on with the feed.
    #[serde(rename = "e")]
    Entering {
        /// The day before which everything was told.
        #[serde(rename = "d")]
        from_day: i64,
        /// The last one that was told.
        #[serde(rename = "a")]
        after: Option<ByStart>,
        /// Where it goes on in the feed.
        #[serde(rename = "p")]
        place: Place,
    },
    /// What changes.
    #[serde(rename = "f")]
    Following {
        /// Where it is.
        #[serde(rename = "p")]
        place: Place,
    },
}

/// A start of the service on a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Epoch {
    /// Its number; 0 for a database on which the service was never started.
    #[serde(rename = "n")]
    pub number: i64,
    /// Its id: two copies of a database count alike, and have other ids.
    #[serde(rename = "i")]
    pub id: Uuid,
}

/// Whose a cursor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Tells the person.
    #[serde(rename = "o")]
    pub person: u64,
    /// Tells what they may see, and what is told of it.
    #[serde(rename = "s")]
    pub scope: u64,
}

/// How far a phone has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Whose it is.
    #[serde(flatten)]
    pub holder: Holder,
    /// When it was given out.
    #[serde(rename = "e")]
    pub epoch: Epoch,
    /// The first day, counted from 1970, of whose appointments nothing was told.
    #[serde(rename = "h")]
    pub horizon: i64,
    /// What comes next.
    #[serde(rename = "p")]
    pub phase: Phase,
    /// Where it is in the feeds of the other centres that somebody who is posted follows, which are told when the own one is told.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<(CentreId, Place)>,
}

/// Why a cursor cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It is none, or a part of one, or was changed on the way.
    Bent,
    /// It is whole, and of another version of this service.
    OtherVersion,
}

impl Cursor {
    /// The longest text of one that is read.
    pub const MAX_CHARACTERS: u64 = 1536;
    /// How many other centres one has a place for. Whoever had more since the phone last asked begins again.
    pub const MOST_CENTRES: usize = 8;

    /// As the phone keeps it.
    pub fn write(&self) -> serde_json::Result<String> {
        let mut bytes = vec![LAYOUT];
        serde_json::to_writer(&mut bytes, self)?;
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What the phone sent back.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Unreadable::Bent)?;
        let at = bytes.len().checked_sub(CHECKSUM_BYTES).ok_or(Unreadable::Bent)?;
        let (kept, sum) = bytes.split_at_checked(at).ok_or(Unreadable::Bent)?;
        if sum != checksum(kept) {
            return Err(Unreadable::Bent);
        }
        match kept.split_first() {
            Some((&LAYOUT, json)) => serde_json::from_slice(json).map_err(|_| Unreadable::OtherVersion),
            Some(_) => Err(Unreadable::OtherVersion),
            None => Err(Unreadable::Bent),
        }
    }

    /// How far its feed had come as far as the phone knows: nothing behind that was told.
    pub const fn reached(&self) -> i64 {
        match &self.phase {
            Phase::Soon { until, .. } | Phase::Rest { until, .. } => *until,
            Phase::Entering { place, .. } | Phase::Following { place } => place.place,
        }
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum().to_le_bytes()
}

/// An instant of a cursor; one that nobody wrote is the earliest.
pub fn instant(micros: i64) -> Instant {
    Instant::from_micros(micros).unwrap_or(Instant::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cursor(place: i64) -> Cursor {
        Cursor {
            holder: Holder { person: u64::MAX, scope: 7 },
            epoch: Epoch { number: 3, id: Uuid::from_u128(9) },
            horizon: 20_700,
            phase: Phase::Following { place: Place::behind(place) },
            also: Vec::new(),
        }
    }

    #[test]
    fn the_longest_fits() {
        let key = Some((i64::MAX, Uuid::max()));
        let place = Place { place: i64::MAX, position: i64::MAX };
        for phase in [
            Phase::Soon { until: i64::MAX, from: i64::MIN, to: i64::MIN, after: key },
            Phase::Rest { until: i64::MAX, told: (i64::MIN, i64::MIN), place },
            Phase::Entering { from_day: i64::MIN, after: key, place },
        ] {
            let whole = Cursor {
                holder: Holder { person: u64::MAX, scope: u64::MAX },
                epoch: Epoch { number: i64::MAX, id: Uuid::max() },
                horizon: i64::MAX,
                phase,
                also: vec![
                    ("01936f6e-4d00-7000-8000-000000000009".parse().unwrap(), place);
                    Cursor::MOST_CENTRES
                ],
            };
            let text = whole.write().unwrap();
            assert!(text.len() as u64 <= Cursor::MAX_CHARACTERS, "{}", text.len());
            assert_eq!(Cursor::read(&text), Ok(whole));
        }
    }

    /// Nor does one of a former version change on its way through this one.
    #[test]
    fn one_of_somebody_who_is_posted_nowhere_says_nothing_of_it() {
        let text = cursor(9).write().unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("\"a\""));
        assert_eq!(Cursor::read(&text).unwrap().also, []);
    }

    #[test]
    fn one_of_another_version_is_not_bent() {
        for kept in [&[LAYOUT + 1, 1, 2, 3][..], b"\x01{\"another\":1}"] {
            let bytes = [kept, &checksum(kept)].concat();
            assert_eq!(Cursor::read(&URL_SAFE_NO_PAD.encode(bytes)), Err(Unreadable::OtherVersion));
        }
    }

    proptest! {
        #[test]
        fn one_that_was_cut_or_bent_is_refused(place in 0..i64::MAX, at in 0..400_usize, to in any::<u8>(), cut in 1..400_usize) {
            let text = cursor(place).write().unwrap();
            let mut bent = text.clone().into_bytes();
            let at = at % bent.len();
            bent[at] = to;
            if bent != text.as_bytes() {
                prop_assert_eq!(Cursor::read(&String::from_utf8_lossy(&bent)), Err(Unreadable::Bent));
            }
            prop_assert_eq!(Cursor::read(&text[..text.len().saturating_sub(cut)]), Err(Unreadable::Bent));
        }

        #[test]
        fn anything_is_read_without_harm(text in "\\PC{0,300}") {
            prop_assert!(Cursor::read(&text).is_err());
        }
    }
}

//! Whom and what a request is about.

use crate::registry::each;
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};
use uuid::Uuid;

/// The people around one participant, and what was made around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// The participant.
    pub participant: Uuid,
    /// Who accompanies them.
    pub companion: Uuid,
    /// Their centre.
    pub centre: Uuid,
    /// A centre to which they can move.
    pub next_centre: Uuid,
    /// A mentor of the centre who does not accompany them.
    pub spare: Uuid,
    /// What was made, by its name.
    pub made: BTreeMap<&'static str, Uuid>,
    /// From which ids are taken of what was not made.
    pub nothing: Uuid,
}

impl Ids {
    /// Ids that nothing has.
    pub fn absent() -> Self {
        let [participant, companion, centre, next_centre, spare, nothing] =
            std::array::from_fn(|_| Uuid::now_v7());
        Self { participant, companion, centre, next_centre, spare, made: BTreeMap::new(), nothing }
    }

    /// With this one, which was made.
    #[must_use]
    pub fn with(mut self, name: &'static str, id: Uuid) -> Self {
        self.made.insert(name, id);
        self
    }

    /// Whether there is one.
    pub fn has(&self, name: &str) -> bool {
        self.made.contains_key(name)
    }

    /// The id that stands where this name does in a path or a body, whether or not there is such a thing. `None` if no feature has
    /// things of this name.
    pub fn known(&self, name: &str) -> Option<Uuid> {
        Some(match name {
            "participant_id" => self.participant,
            "staff_id" | "host_id" => self.companion,
            "centre_id" => self.centre,
            _ => match self.made.get(name) {
                Some(id) => *id,
                None => {
                    each(|feature| feature.subjects).find(|subject| subject.name == name)?;
                    self.nothing_of(name)
                }
            },
        })
    }

    /// The same, of a name that features have.
    pub fn of(&self, name: &str) -> Uuid {
        self.known(name).unwrap_or_else(|| {
            panic!(
                "register beside the tests of its feature, as a `Subject`, what {name} is and how one is made"
            )
        })
    }

    /// An id that nothing has, always the same one for a name.
    fn nothing_of(&self, name: &str) -> Uuid {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        // The version and the time of the id stay as they are.
        Uuid::from_u128(self.nothing.as_u128() ^ u128::from(hasher.finish() >> 8))
    }
}

//! Examples of what texts are made from. Each kind of subject gives its own, and all that must hold of every text, payload and stored
//! fact is tried by them.

use super::SubjectFacts;

/// One example.
pub(crate) struct Sample<Facts = SubjectFacts> {
    /// What sets it apart from the others, for the list of all texts.
    pub(crate) name: String,
    /// What a text is made from.
    pub(crate) facts: Facts,
    /// Whether the list of all texts shows it. The others may never be told so, and keep all the same what every text promises.
    pub(crate) is_shown: bool,
}

impl<Facts> Sample<Facts> {
    /// The one example there is.
    pub(crate) fn only(facts: Facts) -> Vec<Self> {
        vec![Self { name: String::new(), facts, is_shown: true }]
    }

    pub(super) fn about(self, kind: fn(Facts) -> SubjectFacts) -> Sample {
        Sample { name: self.name, facts: kind(self.facts), is_shown: self.is_shown }
    }
}

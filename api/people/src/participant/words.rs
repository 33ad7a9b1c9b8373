//! Words of a participant's file.

use std::str::FromStr;

contract::vocabulary! {
    /// Whether somebody is a woman or a man, as they say it.
    Sex {
        /// A woman.
        Woman => "woman",
        /// A man.
        Man => "man",
        /// They were asked and did not say.
        NotSaid => "not_said",
    }
}

contract::vocabulary! {
    /// By whom somebody wishes to be received.
    HostWish {
        /// By a woman.
        Woman => "woman",
        /// By a man.
        Man => "man",
        /// By either.
        None => "none",
    }
}

contract::vocabulary! {
    /// What somebody reads.
    Reads {
        /// Arabic.
        Arabic => "arabic",
        /// French.
        French => "french",
        /// Tifinagh.
        Tifinagh => "tifinagh",
        /// A little: short words, numbers.
        Little => "little",
        /// Nothing: tell them by voice.
        Nothing => "nothing",
    }
}

contract::vocabulary! {
    /// What somebody speaks.
    Speaks {
        /// Moroccan Arabic.
        Darija => "darija",
        /// The language of the Souss.
        Tachelhit => "tachelhit",
        /// The language of the Middle Atlas.
        Tamazight => "tamazight",
        /// The language of the Rif.
        Tarifit => "tarifit",
        /// The Arabic of the Sahara.
        Hassaniya => "hassaniya",
        /// French.
        French => "french",
        /// Spanish.
        Spanish => "spanish",
        /// Another language.
        Other => "other",
    }
}

contract::vocabulary! {
    /// How somebody came to be free.
    ReleaseKind {
        /// At the end of the time.
        FullTerm => "full_term",
        /// Before it, on conditions.
        Conditional => "conditional",
        /// By pardon.
        Pardon => "pardon",
        /// Otherwise.
        Other => "other",
    }
}

/// Several words of one vocabulary, as they lie in a column: each once, in the order of the vocabulary, with blanks between them.
pub fn written<W: Copy + Ord + ToString>(words: &[W]) -> String {
    let mut words = words.to_vec();
    words.sort_unstable();
    words.dedup();
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// The words of a column. One that only a later version knows is left out.
pub fn read<W: FromStr>(text: Option<&str>) -> Vec<W> {
    text.unwrap_or_default().split(' ').filter_map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_once_and_in_order_and_strange_ones_are_passed_over() {
        let text = written(&[Speaks::French, Speaks::Darija, Speaks::French]);
        assert_eq!(text, "darija french");
        assert_eq!(read::<Speaks>(Some(&text)), [Speaks::Darija, Speaks::French]);
        assert_eq!(read::<Speaks>(Some("darija esperanto")), [Speaks::Darija]);
        assert!(read::<Speaks>(None).is_empty() && read::<Speaks>(Some("")).is_empty());
    }
}

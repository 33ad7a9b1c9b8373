//! Whether anything of a text can be seen. A name of blanks that are no spaces, of marks without a letter or of soft hyphens looks
//! like no name at all: nobody finds it, calls it or clicks on it.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// Characters that are letters, marks or symbols by their category and show nothing: the blank of Braille, fillers of Hangul,
/// a null note head.
const BLANK: [char; 6] = ['\u{2800}', '\u{115F}', '\u{1160}', '\u{3164}', '\u{FFA0}', '\u{1D159}'];

/// Whether at least one character of the text can be seen by itself: a letter, a digit, a sign or a symbol.
pub fn is_any_visible(text: &str) -> bool {
    text.chars().any(|character| {
        use GeneralCategoryGroup::{Letter, Number, Punctuation, Symbol};
        matches!(character.general_category_group(), Letter | Number | Punctuation | Symbol)
            && !BLANK.contains(&character)
    })
}

#[cfg(test)]
mod tests {
    use super::is_any_visible;

    #[test]
    fn what_cannot_be_seen_is_nothing() {
        for text in [
            "",
            " ",
            "\u{2800}",
            "\u{AD}",
            "\u{200E}",
            "\u{200C}\u{200D}",
            "\u{64E}",
            "\u{3164}",
            "\u{A0}\u{61C}",
        ] {
            assert!(!is_any_visible(text), "{}", text.escape_unicode());
        }
        for text in ["a", "ⵣ", "أ", "\u{AD}é", "٣", "-", "☎", "王"] {
            assert!(is_any_visible(text), "{text}");
        }
    }
}

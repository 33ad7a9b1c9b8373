//! What people read off a paper, a screen or an authenticator app and type. It is levelled before it is compared, everywhere
//! alike: authenticators show `123 456`, keyboards write `٤٥٦١٢٣`, a slip says `7KQM-2WXA` and a hurried hand `7kqm 2wxa`.

pub mod secret;
pub mod slip;

use secret::Secret;
use slip::UNAMBIGUOUS;
use unicode_normalization::UnicodeNormalization as _;
use validator::ValidationError;
use zeroize::Zeroizing;

/// Digits of an authenticator's code.
const CODE_LENGTH: usize = 6;

/// Letters in upper case and digits of ASCII; no spaces, hyphens or marks of direction. Anything else stays.
pub fn level(text: &str) -> Zeroizing<String> {
    let mut level = Zeroizing::new(String::with_capacity(text.len()));
    level.extend(text.nfkc().filter(|character| !is_between(*character)).map(plain));
    level
}

/// The levelled text if it is a code of an authenticator.
pub fn authenticator_code(text: &str) -> Option<Zeroizing<String>> {
    let code = level(text);
    (code.len() == CODE_LENGTH && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

/// The levelled text if it consists of so many characters that are not taken for one another.
pub fn unambiguous(text: &str, length: usize) -> Option<Zeroizing<String>> {
    let code = level(text);
    (code.len() == length && code.bytes().all(|byte| UNAMBIGUOUS.contains(&byte))).then_some(code)
}

/// Refuses what is no code of an authenticator however one reads it.
pub fn check_authenticator_code(code: &Secret) -> Result<(), ValidationError> {
    match authenticator_code(code.expose()) {
        Some(_) => Ok(()),
        None => Err(ValidationError::new("value").with_message("must be six digits".into())),
    }
}

/// What stands between the characters: spaces, hyphens of every kind, and marks that nobody sees.
fn is_between(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '\u{00AD}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
        )
        || matches!(character, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn plain(character: char) -> char {
    let zero = match character {
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        _ => return character.to_ascii_uppercase(),
    };
    char::from_digit(u32::from(character).saturating_sub(zero), 10).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for text in [
            "456123",
            "456 123",
            " 456-123 ",
            "٤٥٦١٢٣",
            "۴۵۶ ۱۲۳",
            "\u{200F}٤٥٦\u{00A0}١٢٣",
            "４５６１２３",
            "456\u{2011}123",
            "4 5 6 1 2 3",
        ] {
            assert_eq!(authenticator_code(text).unwrap().as_str(), "456123", "{text}");
        }
        for text in ["", "45612", "4561234", "45612x", "٤٥٦١٢", "456.123", "½56123"] {
            assert!(authenticator_code(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_slip_is_read_however_it_is_typed() {
        for text in ["7KQM-2WXA-R9TD-PV4H", "7kqm2wxar9tdpv4h", "٧kqm ٢wxa r٩td pv٤h", "7KQM–2WXA–R9TD–PV4H"]
        {
            assert_eq!(unambiguous(text, 16).unwrap().as_str(), "7KQM2WXAR9TDPV4H", "{text}");
        }
        for text in ["", "7KQM-2WXA-R9TD-PV4", "7KQM-2WXA-R9TD-PV40", "7KQM-2WXA-R9TD-PV4É"] {
            assert!(unambiguous(text, 16).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn hostile_text_breaks_nothing_and_nothing_is_made_of_nothing(text in ".{0,60}") {
            let seen = text.nfkc().filter(|character| !is_between(*character)).count();
            prop_assert_eq!(level(&text).chars().count(), seen);
        }
    }
}

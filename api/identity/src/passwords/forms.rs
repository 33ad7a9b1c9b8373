//! The forms in which a password may have come. One password is typed in many ways: keyboards compose accents or write them
//! apart (NFC, NFD), put Arabic marks in another order, and send one space or another. Before it is hashed it is brought into the
//! form of the OpaqueString profile (RFC 8265 §4.2): spaces of other scripts become the plain one, and the rest is composed
//! (NFC). Hashes from before that was so are of the text as it was typed, so that is tried as well, and a hash that it matches is
//! replaced. A one-time password is read off a paper slip and levelled like everything that is.
//!
//! Which forms are tried depends on the text alone, never on the account: the time that it takes tells nothing about that.

use crate::typed::{
    self,
    slip::{ONE_TIME_PASSWORD_LENGTH, grouped},
};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// One form of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it is hashed today.
    Profile,
    /// As it was typed, and hashed formerly.
    AsTyped,
    /// As a one-time password stands on its slip.
    Slip,
}

/// A password in every form that is worth trying.
pub struct Forms(Vec<(Form, Zeroizing<String>)>);

impl Forms {
    /// Of the text as it was typed.
    pub fn of(text: &str) -> Self {
        let profile = opaque(text);
        let typed = Zeroizing::new(text.to_owned());
        let slip = typed::unambiguous(text, ONE_TIME_PASSWORD_LENGTH);
        let slip = slip.map(|characters| grouped(&characters));
        let mut forms = vec![(Form::Profile, profile)];
        for (form, other) in [(Form::AsTyped, Some(typed)), (Form::Slip, slip)] {
            // The same text again would be the same hash again.
            if let Some(other) = other.filter(|other| forms.iter().all(|(_, known)| known != other)) {
                forms.push((form, other));
            }
        }
        Self(forms)
    }

    /// Every form, the present one first.
    pub fn iter(&self) -> impl Iterator<Item = (Form, &[u8])> {
        self.0.iter().map(|(form, text)| (*form, text.as_bytes()))
    }
}

/// The text in the form of the OpaqueString profile.
pub fn opaque(text: &str) -> Zeroizing<String> {
    let mut opaque = Zeroizing::new(String::with_capacity(text.len()));
    opaque.extend(text.chars().map(|character| if is_space(character) { ' ' } else { character }).nfc());
    opaque
}

/// The characters of Unicode's category Zs beside the plain space.
const fn is_space(character: char) -> bool {
    matches!(
        character,
        '\u{00A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn forms(text: &str) -> Vec<(Form, String)> {
        Forms::of(text).0.iter().map(|(form, text)| (*form, text.to_string())).collect()
    }

    #[test]
    fn one_password_is_one_however_a_keyboard_sends_it() {
        for (one, other) in [
            ("café au lait", "cafe\u{0301} au lait"),
            ("مُدَرِّس", "مُدَرّ\u{0650}س"),
            ("deux\u{00A0}mots", "deux mots"),
            ("Ångström", "\u{212B}ngstro\u{0308}m"),
        ] {
            assert_eq!(opaque(one).as_str(), opaque(other).as_str());
        }
        for (one, other) in [("Password", "password"), ("ﬁne", "fine"), ("１２３", "123"), (" x", "x")] {
            assert_ne!(
                opaque(one).as_str(),
                opaque(other).as_str(),
                "the profile maps neither case nor width"
            );
        }
    }

    #[test]
    fn most_passwords_have_one_form() {
        assert_eq!(forms("correct horse battery"), [(Form::Profile, "correct horse battery".to_owned())]);
        assert_eq!(forms("7KQM-2WXA-R9TD-PV4H"), [(Form::Profile, "7KQM-2WXA-R9TD-PV4H".to_owned())]);
        assert_eq!(
            forms("7kqm 2wxa r9td pv4h"),
            [
                (Form::Profile, "7kqm 2wxa r9td pv4h".to_owned()),
                (Form::Slip, "7KQM-2WXA-R9TD-PV4H".to_owned())
            ]
        );
        assert_eq!(
            forms("cafe\u{0301}"),
            [(Form::Profile, "café".to_owned()), (Form::AsTyped, "cafe\u{0301}".to_owned())]
        );
    }

    proptest! {
        #[test]
        fn the_profile_form_of_a_profile_form_is_itself(text in "\\PC{0,60}") {
            let once = opaque(&text);
            let twice = opaque(&once);
            prop_assert_eq!(twice.as_str(), once.as_str());
        }
    }
}

//! What a session is called in the list of its owner's sessions. The app makes it from the phone's model or the browser's name;
//! the few characters allowed keep people from writing about themselves into a column that is not sealed.

use validator::ValidationError;

/// Refuses what the pattern in the contract, `^[A-Za-z0-9][A-Za-z0-9 ._()+-]*$`, does not describe. Its length is checked apart.
pub fn check(label: &str) -> Result<(), ValidationError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b" ._()+-".contains(&byte);
    if label.bytes().all(is_allowed) && label.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(ValidationError::new("characters")
        .with_message("must be letters, digits, spaces and ._()+- of ASCII, from a letter or digit".into()))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_model_is_a_label_and_a_sentence_is_not() {
        for label in ["Android phone", "SM-A546B (2023)", "iPhone 15 Pro", "Firefox 145.0"] {
            assert!(check(label).is_ok(), "{label}");
        }
        for label in ["", " Android", "هاتف أمينة", "a@b.example", "a\nb", "Amina's"] {
            assert!(check(label).is_err(), "{label}");
        }
    }
}

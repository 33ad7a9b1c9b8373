//! The rules for telephone numbers and e-mail addresses.

use zeroize::Zeroizing;

use super::{PrivacyError, normalise, refuse_controls};

/// The form a phone number has when nothing needs to be dropped from it. It says without look-ahead that a number
/// with Morocco's country code (212) has exactly nine digits after it, because generators of test data read it too.
pub(super) const PHONE_PATTERN: &str =
    r"^(0[1-9][0-9]{8}|\+(212[1-9][0-9]{8}|[13-9][0-9]{7,14}|2[02-9][0-9]{6,13}|21[013-9][0-9]{5,12}))$";

/// The addresses of RFC 5321 §4.1.2 without quoted strings and address literals, which no mail provider gives out.
pub(super) const EMAIL_PATTERN: &str = r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$";

/// Longest local part of an address, in octets (RFC 5321 §4.5.3.1.1).
const LOCAL_PART_LIMIT: usize = 64;
/// Longest label of a domain name, in octets (RFC 1035 §2.3.4).
const LABEL_LIMIT: usize = 63;
/// Longest address that fits a mail path, in octets (RFC 5321 §4.5.3.1.3, less the angle brackets).
const EMAIL_LIMIT: usize = 254;

/// Longest phone number as typed, separators included.
const PHONE_INPUT_LIMIT: usize = 64;

/// Digits of the Arabic keyboard (٠ to ٩, and the eastern ۰ to ۹) count as what they mean.
fn digit(character: char) -> Option<char> {
    let zero = match character {
        '0'..='9' => return Some(character),
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        _ => return None,
    };
    char::from_digit(u32::from(character).saturating_sub(zero), 10)
}

fn is_separator(character: char) -> bool {
    character.is_whitespace() && !character.is_control()
        || matches!(character, '-' | '.' | '\u{2010}'..='\u{2014}' | '\u{200E}' | '\u{200F}')
        // Numbers copied from a contact list come wrapped in direction marks; none of them is part of the number.
        || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

pub(super) fn phone(text: &str) -> Result<Zeroizing<String>, PrivacyError> {
    refuse_controls(text, &[])?;
    let text = normalise(text, PHONE_INPUT_LIMIT)?;
    let mut international = false;
    let mut digits = Zeroizing::new(String::with_capacity(text.len()));
    for character in text.chars().filter(|character| !is_separator(*character)) {
        match digit(character) {
            Some(digit) => digits.push(digit),
            None if character == '+' && digits.is_empty() && !international => international = true,
            None => return Err(PrivacyError::NotPhone),
        }
    }
    let number = match (international, digits.strip_prefix("00"), digits.strip_prefix('0')) {
        (true, _, _) => Zeroizing::new(digits.to_string()),
        (false, Some(with_country), _) => Zeroizing::new(with_country.to_owned()),
        (false, None, Some(national)) => Zeroizing::new(format!("212{national}")),
        (false, None, None) => return Err(PrivacyError::NotPhone),
    };
    let reachable = match number.strip_prefix("212") {
        Some(national) => national.len() == 9 && !national.starts_with('0'),
        None => (8..=15).contains(&number.len()) && !number.starts_with('0'),
    };
    if !reachable {
        return Err(PrivacyError::NotPhone);
    }
    Ok(Zeroizing::new(format!("+{}", number.as_str())))
}

fn is_local_part(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
    text.len() <= LOCAL_PART_LIMIT
        && text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(allowed))
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_LIMIT).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_top =
        |label: &str| label.len() >= 2 && label.starts_with(|first: char| first.is_ascii_alphabetic());
    let Some((_, top)) = text.rsplit_once('.') else { return false };
    text.split('.').all(is_label) && is_top(top)
}

pub(super) fn email(text: &str) -> Result<Zeroizing<String>, PrivacyError> {
    refuse_controls(text, &[])?;
    let text = normalise(text, EMAIL_LIMIT)?;
    let (local, domain) = text.rsplit_once('@').ok_or(PrivacyError::NotEmail)?;
    if !is_local_part(local) || !is_domain(domain) {
        return Err(PrivacyError::NotEmail);
    }
    let mut address = Zeroizing::new(String::with_capacity(text.len()));
    address.push_str(local);
    address.push('@');
    address.extend(domain.chars().map(|character| character.to_ascii_lowercase()));
    Ok(address)
}

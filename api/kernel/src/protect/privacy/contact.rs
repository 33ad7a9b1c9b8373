//! The rules for telephone numbers and e-mail addresses.

use zeroize::Zeroizing;

use super::{PrivacyError, normalise, refuse_controls};

/// The form a phone number has when nothing needs to be dropped from it. Whether the number can be called only the plans of the
/// world's countries say; Morocco's is short enough to stand here: nine digits after its code (212).
pub(super) const PHONE_PATTERN: &str = r"^[\s.\u2010-\u2014\u200E\u200F\u202A-\u202E\u2066-\u2069-]*(\+|[0\u0660\u06F0])[\s.\u2010-\u2014\u200E\u200F\u202A-\u202E\u2066-\u2069()/0-9\u0660-\u0669\u06F0-\u06F9-]{5,}$";

/// The addresses of RFC 5321 §4.1.2 without quoted strings and address literals, which no mail provider gives out, and with
/// domains in all letters (RFC 5890).
pub(super) const EMAIL_PATTERN: &str = r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9\u00A1-\uFFFF]([A-Za-z0-9\u00A1-\uFFFF-]*[A-Za-z0-9\u00A1-\uFFFF])?[.\u3002\uFF0E\uFF61])+[A-Za-z\u00A1-\uFFFF][A-Za-z0-9\u00A1-\uFFFF-]*$";

/// Longest local part of an address, in octets (RFC 5321 §4.5.3.1.1).
const LOCAL_PART_LIMIT: usize = 64;
/// Longest address that fits a mail path, in octets (RFC 5321 §4.5.3.1.3, less the angle brackets).
const EMAIL_LIMIT: usize = 254;

/// The country code of Morocco.
const MOROCCO: &str = "212";

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
        || matches!(character, '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2014}' | '\u{200E}' | '\u{200F}')
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
        (false, None, Some(national)) => Zeroizing::new(format!("{MOROCCO}{national}")),
        (false, None, None) => return Err(PrivacyError::NotPhone),
    };
    match number.strip_prefix(MOROCCO) {
        // New ranges are opened here before a library hears of them: nine digits are a number.
        Some(national) => {
            let national = national.strip_prefix('0').unwrap_or(national);
            let is_number = national.len() == 9 && !national.starts_with('0');
            is_number.then(|| Zeroizing::new(format!("+{MOROCCO}{national}"))).ok_or(PrivacyError::NotPhone)
        }
        None => abroad(&number),
    }
}

/// A number of another country, by that country's plan. A 0 that is only dialled within the country is dropped, where the plan
/// says that it is none of the number's own.
fn abroad(number: &str) -> Result<Zeroizing<String>, PrivacyError> {
    let parsed = phonenumber::parse(None, Zeroizing::new(format!("+{number}")).as_str())
        .map_err(|_| PrivacyError::NotPhone)?;
    if !phonenumber::is_valid(&parsed) {
        return Err(PrivacyError::NotPhone);
    }
    Ok(Zeroizing::new(parsed.format().mode(phonenumber::Mode::E164).to_string()))
}

fn is_local_part(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
    text.len() <= LOCAL_PART_LIMIT
        && text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(allowed))
}

/// The domain in its ASCII form (RFC 5891, as browsers carry it out by UTS #46), which is how two spellings of it are known to be one.
fn domain(text: &str) -> Option<String> {
    use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
    let ascii = Uts46::new()
        .to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow, DnsLength::Verify)
        .ok()?;
    let (_, top) = ascii.rsplit_once('.')?;
    let is_top = top.len() >= 2 && top.starts_with(|first: char| first.is_ascii_alphabetic());
    let has_whole_labels = ascii.split('.').all(|label| !label.starts_with('-') && !label.ends_with('-'));
    (is_top && has_whole_labels).then(|| ascii.into_owned())
}

pub(super) fn email(text: &str) -> Result<Zeroizing<String>, PrivacyError> {
    refuse_controls(text, &[])?;
    let text = normalise(text, EMAIL_LIMIT)?;
    let (local, domain_part) = text.rsplit_once('@').ok_or(PrivacyError::NotEmail)?;
    if !is_local_part(local) {
        return Err(PrivacyError::NotEmail);
    }
    let domain = Zeroizing::new(domain(domain_part).ok_or(PrivacyError::NotDomain)?);
    let address = Zeroizing::new(format!("{local}@{}", domain.as_str()));
    if address.len() > EMAIL_LIMIT {
        return Err(PrivacyError::TooLong(EMAIL_LIMIT));
    }
    Ok(address)
}

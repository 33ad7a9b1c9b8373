//! The canaries: texts that are found nowhere else, and who may read them.

use crate::access::Caller;
use aho_corasick::AhoCorasick;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// The participant's name, in two scripts.
pub const NAME: &str = "Zohra Qanariyya زهرة الكنارية";
/// Where to call them.
pub const PHONE: &str = "+212655443377";
/// Where to write to them.
pub const EMAIL: &str = "zohra@qanari-yellow.example";
/// The edition of their programme.
pub const EDITION: &str = "Qanari-edition-7734";
/// Where they meet.
pub const ADDRESS: &str = "9 derb Qanari-address";
/// What they should bring.
pub const GUIDANCE: &str = "Qanari-guidance: bring the yellow folder";
/// Their wish for another time.
pub const WISH: &str = "Qanari-wish: after the milk round";
/// Why something was done.
pub const REASON: &str = "Qanari-reason: in the infirmary";
/// A counsellor's note for themself.
pub const OWN_NOTE: &str = "Qanari-own-note: dreams of the sea";
/// A note among staff.
pub const STAFF_NOTE: &str = "Qanari-staff-note: lost the job";
/// A note for everyone.
pub const OPEN_NOTE: &str = "Qanari-open-note: well done";
/// Why a manager opened an emergency access.
pub const EMERGENCY: &str = "Qanari-emergency: nobody answers the door";
/// A staff member's name.
pub const STAFF_NAME: &str = "Qanari-staff-name Driss";
/// A staff member's address.
pub const STAFF_EMAIL: &str = "driss@qanari-staff.example";
/// A staff member's password.
pub const PASSWORD: &str = "over the roofs qanari-secret-9";
/// What somebody guesses.
pub const WRONG_PASSWORD: &str = "a stranger with qanari-guess-3";
/// What somebody hands in as a token.
pub const TOKEN: &str = "qanari-token-5f0c9a1e7b";

/// All of them.
pub const ALL: [&str; 17] = [
    NAME,
    PHONE,
    EMAIL,
    EDITION,
    ADDRESS,
    GUIDANCE,
    WISH,
    REASON,
    OWN_NOTE,
    STAFF_NOTE,
    OPEN_NOTE,
    EMERGENCY,
    STAFF_NAME,
    STAFF_EMAIL,
    PASSWORD,
    WRONG_PASSWORD,
    TOKEN,
];

/// Whether this caller may be told this text at all.
pub fn may_read(caller: Caller, text: &str) -> bool {
    use Caller::{Administrator, Counsellor, Manager, Mentor, Participant};
    match text {
        NAME | ADDRESS | GUIDANCE | WISH | OPEN_NOTE => {
            matches!(caller, Participant | Mentor | Counsellor | Manager)
        }
        PHONE | EMAIL | REASON | STAFF_NOTE => matches!(caller, Mentor | Counsellor | Manager),
        EDITION => matches!(caller, Manager),
        OWN_NOTE => matches!(caller, Counsellor),
        EMERGENCY | STAFF_NAME | STAFF_EMAIL => matches!(caller, Manager | Administrator),
        _ => false,
    }
}

/// The ways in which a text could stand somewhere.
pub fn disguises(text: &str) -> Vec<Vec<u8>> {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = text
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let escaped: String = text
        .chars()
        .map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) })
        .collect();
    let rust_escaped = text.escape_default().to_string();
    let folded = text.to_lowercase();
    [
        text.to_owned(),
        folded,
        hex.to_uppercase(),
        hex,
        percent.to_lowercase(),
        percent.replace("%20", "+"),
        percent,
        escaped,
        rust_escaped,
        STANDARD_NO_PAD.encode(text),
        URL_SAFE_NO_PAD.encode(text),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect()
}

/// Looks for texts in all their disguises at once.
pub struct Search {
    texts: Vec<String>,
    owners: Vec<usize>,
    automaton: AhoCorasick,
}

impl Search {
    /// For these.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
        let (mut needles, mut owners) = (Vec::new(), Vec::new());
        for (owner, text) in texts.iter().enumerate() {
            // A name or a sentence is recognised by its telling words as well.
            let words = text
                .split(' ')
                .filter(|word| word.to_lowercase().contains("qanari") || word.contains("الكنارية"));
            for needle in std::iter::once(text.as_str()).chain(words).flat_map(disguises) {
                needles.push(needle);
                owners.push(owner);
            }
        }
        Self { texts, owners, automaton: AhoCorasick::new(&needles).expect("needles") }
    }

    /// Which of them are in there, each with what stands around it.
    pub fn found(&self, haystack: &[u8]) -> Vec<(&str, String)> {
        let mut found: Vec<(&str, String)> = Vec::new();
        for hit in self.automaton.find_overlapping_iter(haystack) {
            let text = self.texts[self.owners[hit.pattern().as_usize()]].as_str();
            if found.iter().all(|(known, _)| *known != text) {
                let around =
                    &haystack[hit.start().saturating_sub(150)..(hit.end() + 150).min(haystack.len())];
                found.push((text, String::from_utf8_lossy(around).into_owned()));
            }
        }
        found
    }
}

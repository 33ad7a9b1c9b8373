//! The canaries: texts that are found nowhere else, and who may read them.

use crate::{access::Caller, registry::each};
use aho_corasick::AhoCorasick;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// What somebody guesses as a password.
pub const WRONG_PASSWORD: &str = "a stranger with qanari-guess-3";
/// What somebody hands in as a token.
pub const TOKEN: &str = "qanari-token-5f0c9a1e7b";

/// All of them: those of features, and what nobody is told.
pub fn all() -> Vec<&'static str> {
    each(|feature| feature.canaries).map(|canary| canary.text).chain([WRONG_PASSWORD, TOKEN]).collect()
}

/// Whether this caller may be told this text at all.
pub fn may_read(caller: Caller, text: &str) -> bool {
    each(|feature| feature.canaries).any(|canary| canary.text == text && canary.readers.contains(&caller))
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

//! How a name is written for comparison. The same person is أمينة at one desk, امينه at another and Amina in the
//! file from a third; what differs between keyboards, habits and scribes is levelled here, for names and for
//! queries alike. Scripts are not transliterated into one another.
//!
//! Steps: NFKD (UAX #15), which also opens Arabic presentation forms; marks dropped (accents, tashkeel, hamza on its
//! carrier); lower case; a few letters made one; everything that is neither letter nor digit separates.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use zeroize::Zeroizing;

/// Words that some write apart from the next word and some together: Abd Allah and Abdallah, Ben Ali and Benali.
const PARTICLES: [&str; 27] = [
    "عبد",
    "بن",
    "ابن",
    "بنت",
    "بو",
    "ابو",
    "ام",
    "ايت",
    "اولاد",
    "ال",
    "سيدي",
    "مولاي",
    "abd",
    "abdel",
    "abdou",
    "ben",
    "bent",
    "bin",
    "bou",
    "abou",
    "oum",
    "ait",
    "oulad",
    "el",
    "al",
    "ⵓ",
    "ⴰⵢⵜ",
];

/// The Arabic article, under which half of the family names would otherwise hide.
const ARTICLE: &str = "ال";
/// A word shorter than this without its article is left whole: لله is no name.
const SHORTEST_BARE_WORD: usize = 3;

/// Not a letter of the word, and not an end of it either.
fn is_silent(character: char) -> bool {
    matches!(
        character,
        '\u{0640}' | '\u{0621}' // tatweel, and hamza without a carrier, which is often left out
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
            | '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | 'ʿ' | 'ʾ' | 'ʻ'
    )
}

fn push_folded(word: &mut String, character: char) {
    match character {
        'ٱ' => word.push('ا'),
        'ى' | 'ی' => word.push('ي'),
        'ة' | 'ہ' | 'ھ' => word.push('ه'),
        // Letters for the sound g, common in Moroccan names and missing on many keyboards.
        'ک' | 'ڭ' | 'گ' | 'ݣ' => word.push('ك'),
        'پ' => word.push('ب'),
        'ڤ' => word.push('ف'),
        'ß' => word.push_str("ss"),
        'æ' => word.push_str("ae"),
        'œ' => word.push_str("oe"),
        'ø' => word.push('o'),
        'ł' => word.push('l'),
        'ı' => word.push('i'),
        'đ' => word.push('d'),
        other => word.push(other),
    }
}

/// The words of a name or a query, levelled.
pub(super) fn words(text: &str) -> Vec<Zeroizing<String>> {
    let mut words = Vec::new();
    let mut word = Zeroizing::new(String::new());
    for character in text.nfkd().filter(|character| !is_combining_mark(*character) && !is_silent(*character))
    {
        if character.is_alphanumeric() {
            character.to_lowercase().for_each(|lower| push_folded(&mut word, lower));
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The words with each run of particles joined to the word after it, or `None` if that changes nothing.
pub(super) fn joined(words: &[Zeroizing<String>]) -> Option<Vec<Zeroizing<String>>> {
    let mut joined: Vec<Zeroizing<String>> = Vec::with_capacity(words.len());
    let mut after_particle = false;
    for word in words {
        match joined.last_mut() {
            Some(particle) if after_particle => particle.push_str(word),
            _ => joined.push(word.clone()),
        }
        after_particle = PARTICLES.contains(&word.as_str());
    }
    (joined.len() < words.len()).then_some(joined)
}

/// The word without its Arabic article, if that leaves a word.
pub(super) fn without_article(word: &str) -> Option<&str> {
    word.strip_prefix(ARTICLE).filter(|bare| bare.chars().count() >= SHORTEST_BARE_WORD)
}

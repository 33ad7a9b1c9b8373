//! Which passwords people may choose (NIST SP 800-63B §3.1.1.2, OWASP ASVS 6.2): long enough, any script, no rules about kinds
//! of characters, but none that an attacker tries first.

use unicode_normalization::UnicodeNormalization as _;

/// The fewest characters of a password.
pub const MIN_PASSWORD: usize = 8;
/// The most characters of a password.
pub const MAX_PASSWORD: usize = 128;

/// What people choose everywhere, after `simplify`. Words that are only common with something appended are found without it.
const COMMON: &str = include_str!("common_passwords.txt");

/// Words of this service and its surroundings, after `simplify`.
const CONTEXT: &[&str] = &[
    "muwakaba",
    "mouwakaba",
    "mowakaba",
    "mouakaba",
    "مواكبه",
    "ⵎⵓⵡⴰⴽⴰⴱⴰ",
    "moussalaha",
    "musalaha",
    "مصالحه",
    "المصالحه",
    "fondation",
    "foundation",
    "mohammed",
    "mohamed",
    "محمد",
    "موسسه",
    "reinsertion",
    "reintegration",
    "ادماج",
    "الادماج",
    "accompagnement",
    "المواكبه",
    "المصاحبه",
    "مصاحبه",
    "centre",
    "center",
    "مركز",
    "participant",
    "mentor",
    "manager",
    "administrator",
    "administrateur",
    "counsellor",
    "observer",
    "casablanca",
    "rabat",
    "marrakech",
    "tanger",
    "agadir",
    "maroc",
    "morocco",
    "almaghrib",
    "المغرب",
];

/// Why a password was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`MIN_PASSWORD`] or more than [`MAX_PASSWORD`] characters.
    Length,
    /// Among the first that an attacker tries.
    Common,
    /// Hardly more than the name of this service, a centre or the owner's address.
    Context,
    /// The same as before.
    Unchanged,
}

impl Weakness {
    /// A stable word for the contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Common => "common",
            Self::Context => "context",
            Self::Unchanged => "unchanged",
        }
    }

    /// For a developer.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Length => "must have 8 to 128 characters",
            Self::Common => "is among the first that an attacker tries",
            Self::Context => "is hardly more than a word that an attacker would try here",
            Self::Unchanged => "is the same as before",
        }
    }
}

/// Judges a new password. `own` are words about its owner, such as the parts of their e-mail address.
pub fn judge(password: &str, own: &[&str]) -> Result<(), Weakness> {
    let length = password.chars().count();
    if !(MIN_PASSWORD..=MAX_PASSWORD).contains(&length) {
        return Err(Weakness::Length);
    }
    let folded = fold(password);
    let is_appended = |character: char| !character.is_alphabetic();
    let cores = [folded.as_str(), folded.trim_matches(is_appended), folded.trim_end_matches(is_appended)];
    if is_monotonous(&folded) || cores.iter().any(|core| is_common(&unmask(core))) {
        return Err(Weakness::Common);
    }
    if is_hardly_more_than(&unmask(&folded), own) {
        return Err(Weakness::Context);
    }
    Ok(())
}

/// Words about the owner of an account: the address in whole and in parts, and the parts of the name.
pub fn words_of<'a>(email: &'a str, name: &'a str) -> Vec<&'a str> {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let mut words = vec![email, local, domain];
    words.extend(local.split(['.', '-', '_', '+']).chain(domain.split('.')).chain(name.split_whitespace()));
    words
}

/// Whether what is left beside such words, all of them together, is not worth a password by itself.
fn is_hardly_more_than(simple: &str, own: &[&str]) -> bool {
    let own = own.iter().map(|word| simplify(word));
    let words = CONTEXT.iter().map(|word| (*word).to_owned()).chain(own);
    let mut words: Vec<String> = words.filter(|word| word.chars().count() >= 4).collect();
    // The longest first: of an address whose parts are taken out one by one, the signs between them would be left.
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let left = words.iter().fold(simple.to_owned(), |left, word| left.replace(word, ""));
    left.len() < simple.len() && left.chars().count() < MIN_PASSWORD
}

fn is_common(word: &str) -> bool {
    !word.is_empty() && COMMON.lines().any(|line| line == word)
}

/// One or two characters over and over, or a run along the alphabet or the digits.
fn is_monotonous(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let different = characters.iter().collect::<std::collections::BTreeSet<_>>().len();
    let step = |pair: &[char]| match pair {
        [a, b] => i64::from(u32::from(*b)) - i64::from(u32::from(*a)),
        _ => 0,
    };
    let mut steps = characters.windows(2).map(step);
    let first = steps.next().unwrap_or(0);
    different <= 2 || (first.abs() <= 1 && steps.all(|other| other == first))
}

/// The same for spellings that a guesser tries alike: case, accents, vowel signs, separators, the forms of Arabic letters.
fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|character| !unicode_normalization::char::is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .filter(|character| !character.is_whitespace() && !matches!(character, '-' | '_' | '.' | '\u{0640}'))
        .map(|character| match character {
            'ة' => 'ه',
            'ى' => 'ي',
            other => other,
        })
        .collect()
}

/// Letters in the place of the digits and signs that people put for them.
fn unmask(text: &str) -> String {
    let letter = |character| match character {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).collect()
}

fn simplify(text: &str) -> String {
    unmask(&fold(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_list_is_written_as_it_is_compared() {
        for line in COMMON.lines().chain(CONTEXT.iter().copied()) {
            assert_eq!(simplify(line), line);
        }
        assert!(COMMON.lines().count() > 150);
    }

    #[test]
    fn what_attackers_try_first_is_refused() {
        for (password, weakness) in [
            ("short", Weakness::Length),
            ("سبعةحر", Weakness::Length),
            ("password", Weakness::Common),
            ("P@ssw0rd!", Weakness::Common),
            ("Azerty123456", Weakness::Common),
            ("motdepasse2026", Weakness::Common),
            ("12345678", Weakness::Common),
            ("00000000000", Weakness::Common),
            ("abababab", Weakness::Common),
            ("abcdefghij", Weakness::Common),
            ("Muwakaba2026", Weakness::Context),
            ("مُواكبة2026", Weakness::Context),
            ("centre-rabat-1", Weakness::Context),
            ("amina.alaoui", Weakness::Context),
        ] {
            assert_eq!(judge(password, &["amina", "alaoui", "amina.alaoui"]), Err(weakness), "{password}");
        }
    }

    #[test]
    fn what_everybody_knows_about_somebody_is_no_password_in_whole_in_parts_or_together() {
        let own = words_of("amina.alaoui@muwakaba-centre.example", "Amina El Alaoui");
        for password in [
            "amina.alaoui@muwakaba-centre.example",
            "Amina.Alaoui@Muwakaba-Centre.Example",
            "amina.alaoui@muwakaba-centre.example1",
            "amina alaoui muwakaba centre example",
            "alaoui@muwakaba-centre",
            "ⵎⵓⵡⴰⴽⴰⴱⴰ amina 2026",
            "rabat-centre-mohammed-mentor",
        ] {
            assert_eq!(judge(password, &own), Err(Weakness::Context), "{password}");
        }
        assert_eq!(judge("amina a deux chats gris", &own), Ok(()));
    }

    #[test]
    fn any_script_and_any_long_phrase_will_do() {
        for password in [
            "حصان صحيح بطارية",
            "ⴰⵎⴰⵏ ⵏ ⵓⵎⵓⵔ",
            "correct horse battery",
            "k9#vTq2z",
            "le chat du centre dort tard",
            "🐢🌵🧭🔑🐢🌵🧭🪁",
        ] {
            assert_eq!(judge(password, &["amina"]), Ok(()), "{password}");
        }
    }

    proptest! {
        #[test]
        fn only_the_number_of_characters_decides_about_length(password in "\\PC{0,140}") {
            let length = password.chars().count();
            prop_assert_eq!(judge(&password, &[]) == Err(Weakness::Length), !(8..=128).contains(&length));
        }
    }
}

//! By which name a participant is told of whoever accompanies them: the first alone. Pure.

use kernel::protect::privacy::{Name, PrivacyError};

/// First words that are no name without the next one. Those that are one by themselves (Jamal, Salah) are not among them: with the next they would
/// tell the family's.
const WITH_THE_NEXT: &[&str] = &[
    "عبد",
    "abd",
    "abdel",
    "abdul",
    "أبو",
    "abou",
    "abu",
    "أم",
    "oum",
    "umm",
    "أمة",
    "ال",
    "al",
    "el",
    "lalla",
    "لالة",
    "moulay",
    "مولاي",
    "sidi",
    "سيدي",
];
/// Second words that belong to some first ones.
const WITH_THE_FORMER: &[&str] =
    &["الزهراء", "zahra", "zohra", "ezzahra", "الدين", "eddine", "ddine", "الهدى"];

/// The first name: one word, or two where one alone would be none ("Abdel Karim", "Fatima Zahra").
pub fn given_name(name: &Name) -> Result<Name, PrivacyError> {
    let mut words = name.expose().split_whitespace();
    let Some(first) = words.next() else { return Name::parse(name.expose()) };
    let has = |list: &[&str], word: &str| list.contains(&word.to_lowercase().as_str());
    match words.next() {
        Some(second) if has(WITH_THE_NEXT, first) || has(WITH_THE_FORMER, second) => {
            Name::parse(&format!("{first} {second}"))
        }
        _ => Name::parse(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_word_or_two_where_one_is_no_name() {
        for (name, expected) in [
            ("Youssef Alaoui", "Youssef"),
            ("Fatima Zahra El Alaoui", "Fatima Zahra"),
            ("فاطمة الزهراء العلوي", "فاطمة الزهراء"),
            ("عبد الله بناني", "عبد الله"),
            ("Abdel Karim Bennani", "Abdel Karim"),
            ("Abdelkarim Bennani", "Abdelkarim"),
            ("نور الدين", "نور الدين"),
            ("صلاح الدين الفاسي", "صلاح الدين"),
            ("صلاح العلوي", "صلاح"),
            ("جمال الفاسي", "جمال"),
            ("بدر", "بدر"),
            ("El Mehdi Bennani", "El Mehdi"),
            ("Moulay Ali Cherif", "Moulay Ali"),
            ("Lalla Aicha", "Lalla Aicha"),
            ("ⵜⵓⴷⴰ ⴱⴰⵏⵏⴰⵏⵉ", "ⵜⵓⴷⴰ"),
            ("Mina", "Mina"),
            ("Abd", "Abd"),
        ] {
            assert_eq!(given_name(&Name::parse(name).unwrap()).unwrap().expose(), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn it_is_how_the_name_begins_and_never_more_than_two_words(text in "[A-Za-z]{1,9}( [A-Za-z]{1,9}){0,4}") {
            let name = Name::parse(&text).unwrap();
            let given = given_name(&name).unwrap();
            prop_assert!(name.expose().starts_with(given.expose()));
            prop_assert!(given.expose().split(' ').count() <= 2);
        }
    }
}

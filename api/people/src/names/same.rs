//! Whether two names are one, however they were written down: folded like everything that is searched, without regard to the order of
//! given and family name, to articles, and to whether a particle stands apart.

use super::text::{joined, without_article, words};
use kernel::protect::privacy::Name;
use zeroize::Zeroizing;

/// Articles that stand apart.
const ARTICLES: [&str; 3] = ["el", "al", "ال"];

/// The words of a name by which two are compared, in order, with blanks between them.
pub fn key(name: &Name) -> Zeroizing<String> {
    let mut all = words(name.expose());
    all.retain(|word| !ARTICLES.contains(&word.as_str()));
    let all = joined(&all).unwrap_or(all);
    let mut bare: Vec<&str> = all.iter().map(|word| without_article(word).unwrap_or(word)).collect();
    bare.sort_unstable();
    let mut key = Zeroizing::new(String::with_capacity(name.expose().len()));
    for word in bare {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    }
    key
}

/// Whether they are one.
pub fn is_same(one: &Name, other: &Name) -> bool {
    let one = key(one);
    !one.is_empty() && one == key(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_many_hands_is_one() {
        let name = |text: &str| Name::parse(text).unwrap();
        for (one, other) in [
            ("أمينة العلوي", "امينه علوي"),
            ("أمينة العلوي", "العلوي آمينة"),
            ("فاطمة الزهراء بنعلي", "فاطمه الزهرا بن علي"),
            ("Amina El Alaoui", "ALAOUI Amina"),
            ("Réda Ben Ali", "reda benali"),
            ("M'hamed", "Mhamed"),
            ("عبد الله", "عبدالله"),
        ] {
            assert!(is_same(&name(one), &name(other)), "{one} {other}");
        }
        for (one, other) in
            [("Amina Alaoui", "Amina"), ("Amina Alaoui", "Aminata Alaoui"), ("أمينة", "Amina"), ("؟", "؟")]
        {
            assert!(!is_same(&name(one), &name(other)), "{one} {other}");
        }
    }
}

//! Under which names somebody is known, and by which they are called. Pure.

use contract::Language;
use kernel::protect::privacy::Name;

/// The names of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// How they want to be called.
    pub called: Name,
    /// In Arabic script.
    pub arabic: Option<Name>,
    /// In Latin script.
    pub latin: Option<Name>,
}

/// What should change about them; what is left out stays.
#[derive(Debug, Default)]
pub struct Renaming {
    /// How they want to be called.
    pub called: Option<Name>,
    /// In Arabic script.
    pub arabic: Option<Option<Name>>,
    /// In Latin script.
    pub latin: Option<Option<Name>>,
}

impl Renaming {
    /// Whether there is anything to change.
    pub const fn is_nothing(&self) -> bool {
        self.called.is_none() && self.arabic.is_none() && self.latin.is_none()
    }
}

/// The names of a new file; nothing if there is none. Whoever says no more is called by the one in the script of their language.
pub fn first(
    called: Option<Name>,
    arabic: Option<Name>,
    latin: Option<Name>,
    language: Language,
) -> Option<Names> {
    let (own, other) = match language {
        Language::Arabic | Language::Amazigh => (&arabic, &latin),
        Language::French | Language::English => (&latin, &arabic),
    };
    let called = called.or_else(|| own.clone()).or_else(|| other.clone())?;
    Some(Names { called, arabic, latin })
}

/// The names from now on. Whoever was called by a name that changes is called by the new one.
pub fn renamed(former: &Names, renaming: Renaming) -> Names {
    let arabic = renaming.arabic.unwrap_or_else(|| former.arabic.clone());
    let latin = renaming.latin.unwrap_or_else(|| former.latin.clone());
    let is_called_by = |name: &Option<Name>| name.as_ref() == Some(&former.called);
    let followed = if is_called_by(&former.arabic) {
        arabic.clone().or_else(|| latin.clone())
    } else if is_called_by(&former.latin) {
        latin.clone().or_else(|| arabic.clone())
    } else {
        None
    };
    let called = renaming.called.or(followed).unwrap_or_else(|| former.called.clone());
    Names { called, arabic, latin }
}

const fn is_arabic(letter: char) -> bool {
    matches!(letter,
        '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{08A0}'..='\u{08FF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}')
}

const fn is_latin(letter: char) -> bool {
    matches!(letter, 'A'..='Z' | 'a'..='z' | '\u{00C0}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}')
}

fn is_in(name: &Name, own: fn(char) -> bool) -> bool {
    let mut letters = name.expose().chars().filter(|letter| letter.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(own)
}

/// Whether a name is written in Arabic letters alone.
pub fn is_in_arabic(name: &Name) -> bool {
    is_in(name, is_arabic)
}

/// Whether a name is written in Latin letters alone.
pub fn is_in_latin(name: &Name) -> bool {
    is_in(name, is_latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn some(text: &str) -> Option<Name> {
        Some(name(text))
    }

    #[test]
    fn whoever_says_no_more_is_called_in_the_script_of_their_language() {
        let called =
            |own, arabic, latin, language| first(own, arabic, latin, language).map(|names| names.called);
        let (arabic, latin) = (some("أمينة"), some("Amina"));
        for (language, expected) in [
            (Language::Arabic, "أمينة"),
            (Language::Amazigh, "أمينة"),
            (Language::French, "Amina"),
            (Language::English, "Amina"),
        ] {
            assert_eq!(called(None, arabic.clone(), latin.clone(), language), some(expected));
        }
        assert_eq!(called(None, None, latin.clone(), Language::Arabic), latin);
        assert_eq!(called(None, arabic.clone(), None, Language::French), arabic);
        assert_eq!(called(some("ⴰⵎⵉⵏⴰ"), arabic, latin, Language::French), some("ⴰⵎⵉⵏⴰ"));
        assert_eq!(called(None, None, None, Language::Arabic), None);
    }

    #[test]
    fn whoever_is_called_by_a_name_that_changes_is_called_by_the_new_one() {
        let former = Names { called: name("Amina"), arabic: some("أمينة"), latin: some("Amina") };
        let latin = |new| Renaming { latin: Some(new), ..Renaming::default() };
        assert_eq!(renamed(&former, latin(some("Aminata"))).called, name("Aminata"));
        assert_eq!(renamed(&former, latin(None)).called, name("أمينة"));
        let arabic = Renaming { arabic: Some(some("آمنة")), ..Renaming::default() };
        let other = renamed(&former, arabic);
        assert_eq!((other.called, other.arabic, other.latin), (name("Amina"), some("آمنة"), some("Amina")));
        let own = Names { called: name("Mimi"), ..former.clone() };
        assert_eq!(renamed(&own, latin(some("Aminata"))).called, name("Mimi"));
        let called = Renaming { called: some("Mimi"), ..latin(some("Aminata")) };
        assert_eq!(renamed(&former, called).called, name("Mimi"));
        // Nobody is left without a name.
        let only = Names { called: name("Amina"), arabic: None, latin: some("Amina") };
        assert_eq!(renamed(&only, latin(None)).called, name("Amina"));
    }

    #[test]
    fn a_name_is_in_its_script() {
        for arabic in ["أمينة بناني", "فاطمة-الزهراء", "الڭراوي"] {
            assert!(is_in_arabic(&name(arabic)) && !is_in_latin(&name(arabic)), "{arabic}");
        }
        for latin in ["Amina El Alaoui", "Zoë", "M'hamed", "Ḥassan"] {
            assert!(is_in_latin(&name(latin)) && !is_in_arabic(&name(latin)), "{latin}");
        }
        for neither in ["ⵜⵓⴷⴰ", "Amina بناني", "123", "Амина"] {
            assert!(!is_in_latin(&name(neither)) && !is_in_arabic(&name(neither)), "{neither}");
        }
    }
}

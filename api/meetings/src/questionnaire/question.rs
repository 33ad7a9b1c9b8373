//! A question as it is stored, whether everybody is asked it or one person alone, and in which words it is put to whom.

use super::words::{Icon, QuestionKind, Slug};
use contract::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The options of a question that is answered by a face.
pub const FACES: [&str; 5] = ["very_bad", "bad", "neutral", "good", "very_good"];
/// The options of a question that is answered by yes or no.
pub const YES_NO: [&str; 2] = ["yes", "no"];

/// A text in its languages. One that is missing is made up for by the nearest that there is.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// In Arabic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 160)]
    pub ar: Option<String>,
    /// In French.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 160)]
    pub fr: Option<String>,
    /// In Standard Moroccan Amazigh, in Tifinagh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 160)]
    pub zgh: Option<String>,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 160)]
    pub en: Option<String>,
}

impl Texts {
    /// In one language alone.
    pub fn only(language: Language, text: String) -> Self {
        let mut texts = Self::default();
        *texts.place(language) = Some(text);
        texts
    }

    fn place(&mut self, language: Language) -> &mut Option<String> {
        match language {
            Language::Arabic => &mut self.ar,
            Language::French => &mut self.fr,
            Language::Amazigh => &mut self.zgh,
            Language::English => &mut self.en,
        }
    }

    /// The text in this language, if there is one.
    pub const fn given(&self, language: Language) -> Option<&String> {
        match language {
            Language::Arabic => self.ar.as_ref(),
            Language::French => self.fr.as_ref(),
            Language::Amazigh => self.zgh.as_ref(),
            Language::English => self.en.as_ref(),
        }
    }

    /// The text for somebody who reads this language, and the language that it is in.
    pub fn for_reader_of(&self, language: Language) -> Option<(&str, Language)> {
        nearest(language)
            .into_iter()
            .find_map(|language| self.given(language).map(|text| (text.as_str(), language)))
    }
}

/// The languages in the order in which they stand for this one.
const fn nearest(language: Language) -> [Language; 4] {
    use Language::{Amazigh, Arabic, English, French};
    match language {
        Arabic => [Arabic, French, Amazigh, English],
        French => [French, Arabic, English, Amazigh],
        Amazigh => [Amazigh, Arabic, French, English],
        English => [English, French, Arabic, Amazigh],
    }
}

/// A question. It does not print: what one person alone is asked is personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its name.
    pub id: Slug,
    /// How it is answered.
    pub kind: QuestionKind,
    /// Whether it has to be answered.
    pub required: bool,
    /// What is asked.
    pub text: Texts,
    /// Of a number: of what.
    pub unit: Option<Texts>,
    /// What can be chosen, in order.
    pub options: Vec<Choice>,
}

/// Something that can be chosen.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its name.
    pub id: Slug,
    /// What stands beside it.
    pub icon: Option<Icon>,
    /// What it says; faces, yes and no need no words.
    pub text: Option<Texts>,
    /// Whether somebody is to learn of it at once.
    pub alarm: bool,
}

impl Question {
    /// The option of this name.
    pub fn option(&self, id: &Slug) -> Option<&Choice> {
        self.options.iter().find(|option| option.id == *id)
    }
}

/// "Would you like us to call?" It is asked in every check-in, whatever the questionnaire says, and is none of its questions.
pub fn call_question() -> Texts {
    Texts {
        ar: Some("هل تريدون أن نتصل بكم؟".to_owned()),
        fr: Some("Souhaitez-vous que nous vous appelions ?".to_owned()),
        zgh: Some("ⵉⵙ ⵜⵔⴰⵎ ⴰⴷ ⴰⵡⵏ ⵏⵙⵙⵉⵡⵍ ⵙ ⵜⵉⵍⵉⴼⵓⵏ?".to_owned()),
        en: Some("Would you like us to call you?".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_that_is_missing_is_made_up_for() {
        use Language::{Amazigh, Arabic, English, French};
        let of = |languages: &[Language]| {
            let mut texts = Texts::default();
            for language in languages {
                *texts.place(*language) = Some(language.as_str().to_owned());
            }
            texts
        };
        for (given, reader, told) in [
            (&[Arabic, French, Amazigh, English][..], Amazigh, Some(Amazigh)),
            (&[Arabic, French, English], Amazigh, Some(Arabic)),
            (&[French, English], Amazigh, Some(French)),
            (&[French, Amazigh], Arabic, Some(French)),
            (&[Amazigh, English], Arabic, Some(Amazigh)),
            (&[Arabic, English], French, Some(Arabic)),
            (&[Arabic, Amazigh], English, Some(Arabic)),
            (&[English], Arabic, Some(English)),
            (&[], Arabic, None),
        ] {
            let texts = of(given);
            let expected = told.map(|language| (language.as_str(), language));
            assert_eq!(texts.for_reader_of(reader), expected, "{reader} of {given:?}");
        }
        for language in Language::ALL {
            assert_eq!(nearest(*language)[0], *language);
            let mut all = nearest(*language).to_vec();
            all.sort();
            assert_eq!(all, Language::ALL);
        }
    }

    #[test]
    fn everybody_is_asked_in_their_language_whether_to_call() {
        for language in Language::ALL {
            assert_eq!(call_question().for_reader_of(*language).unwrap().1, *language);
        }
    }
}

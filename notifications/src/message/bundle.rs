//! The message files, read once. They are part of the program, so whatever is wrong in one is found by a test, not by a reader.

use std::sync::OnceLock;

use contract::Language;
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::subjects::message_files;

/// The messages of one language.
pub(crate) struct Messages {
    bundle: FluentBundle<FluentResource>,
}

/// The messages of this language.
pub(super) fn messages(language: Language) -> &'static Messages {
    static ARABIC: OnceLock<Messages> = OnceLock::new();
    static FRENCH: OnceLock<Messages> = OnceLock::new();
    static AMAZIGH: OnceLock<Messages> = OnceLock::new();
    static ENGLISH: OnceLock<Messages> = OnceLock::new();
    let cell = match language {
        Language::Arabic => &ARABIC,
        Language::French => &FRENCH,
        Language::Amazigh => &AMAZIGH,
        Language::English => &ENGLISH,
    };
    cell.get_or_init(|| Messages::read(language))
}

impl Messages {
    fn read(language: Language) -> Self {
        let locale: LanguageIdentifier = language.as_str().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Isolates (U+2068, U+2069) keep foreign text from upsetting a sentence that runs the other way. Nothing foreign is
        // put in here: digits, and words of the same language. And older lock screens show isolates as boxes.
        bundle.set_use_isolating(false);
        for file in message_files(language) {
            let resource =
                FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(readable, _)| readable);
            bundle.add_resource_overriding(resource);
        }
        Self { bundle }
    }

    /// A message that needs nothing to be filled in.
    pub(crate) fn plain(&self, name: &str) -> String {
        self.text(name, None, &FluentArgs::new())
    }

    /// The message, or one of its attributes, filled in. Empty if there is no such message.
    pub(super) fn text(&self, name: &str, attribute: Option<&str>, arguments: &FluentArgs<'_>) -> String {
        let message = self.bundle.get_message(name);
        let pattern = message.and_then(|message| match attribute {
            Some(attribute) => Some(message.get_attribute(attribute)?.value()),
            None => message.value(),
        });
        // A fault shows in the text as the name of what is missing, in braces; the tests look for that.
        let format =
            |pattern| self.bundle.format_pattern(pattern, Some(arguments), &mut Vec::new()).into_owned();
        pattern.map(format).unwrap_or_default()
    }
}

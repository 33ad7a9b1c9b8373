//! What consents say, by edition, purpose and language. A text is never changed: what somebody agreed to is shown to them as it was. A better
//! one is a new edition, which is agreed to from then on.

use super::{
    answer::{ConsentWording, ConsentWordings, GuardianLeadIn},
    words::ConsentPurpose::{
        self, ContactEmployer, ContactRelative, FollowUp, PushAbroad, Referral, Sms, Statistics,
    },
};
use contract::{
    Language::{self, Amazigh, Arabic, English, French},
    time::Instant,
};

/// An edition of the texts.
struct Edition {
    version: &'static str,
    /// The moment from which it is agreed to, as text.
    from: &'static str,
}

/// All editions, the latest last.
const EDITIONS: &[Edition] = &[Edition { version: CURRENT, from: "2026-11-01T00:00:00Z" }];

/// The edition that is agreed to now.
pub const CURRENT: &str = "2026-11";

type Text = (&'static str, ConsentPurpose, Language, &'static str);

const TEXTS: &[Text] = &[
    (
        "2026-11",
        FollowUp,
        Arabic,
        "أوافق على أن يدوّن من يرافقني ما نتفق عليه، وأن يتصل بي بشأنه. يمكنني التراجع متى شئت.",
    ),
    (
        "2026-11",
        FollowUp,
        French,
        "J’accepte que les personnes qui m’accompagnent notent ce dont nous convenons et me contactent à ce sujet. Je peux changer d’avis à tout moment.",
    ),
    (
        "2026-11",
        FollowUp,
        Amazigh,
        "ⵡⴰⵅⵅⴰ: ⴰⴷ ⴰⵔⵉⵏ ⵡⵉⵏⵏⴰ ⵉⴷⴷⴰⵏ ⵉⴷⵉ ⵎⴰⵢⴰ ⵖⴼ ⵏⵎⵙⴰⵙⴰ, ⴷ ⴰⴷ ⵙⴰⵡⵍⵏ ⵉⴷⵉ ⴼⵍⵍⴰⵙ. ⵣⵎⵔⵖ ⴰⴷ ⴱⴷⴷⵍⵖ ⴰⵡⴰⵍ ⵉⵏⵓ ⴽⵓ ⴰⴽⵓⴷ.",
    ),
    (
        "2026-11",
        FollowUp,
        English,
        "I agree that those who accompany me write down what we agree on and contact me about it. I can change my mind at any time.",
    ),
    (
        "2026-11",
        PushAbroad,
        Arabic,
        "أوافق على أن تصلني التذكيرات على هاتفي عبر خدمة إشعارات خارج المغرب. تمرّ الرسالة مشفّرة. يمكنني التراجع متى شئت.",
    ),
    (
        "2026-11",
        PushAbroad,
        French,
        "J’accepte de recevoir des rappels sur mon téléphone par un service de notifications situé hors du Maroc. Le message passe chiffré. Je peux changer d’avis à tout moment.",
    ),
    (
        "2026-11",
        PushAbroad,
        Amazigh,
        "ⵡⴰⵅⵅⴰ: ⴰⴷ ⴷ ⴰⵡⴹⵏ ⵉⵙⵡⴽⵜⵉⵜⵏ ⵙ ⵜⵉⵍⵉⴼⵓⵏ ⵉⵏⵓ ⵙ ⵜⵏⴰⴼⵓⵜ ⵉⵍⵍⴰⵏ ⴱⵕⵕⴰ ⵏ ⵍⵎⵖⵔⵉⴱ. ⵜⵓⵣⵉⵏⵜ ⵜⵇⵇⵏ. ⵣⵎⵔⵖ ⴰⴷ ⴱⴷⴷⵍⵖ ⴰⵡⴰⵍ ⵉⵏⵓ ⴽⵓ ⴰⴽⵓⴷ.",
    ),
    (
        "2026-11",
        PushAbroad,
        English,
        "I agree to get reminders on my phone through a notification service outside Morocco. The message passes encrypted. I can change my mind at any time.",
    ),
    ("2026-11", Sms, Arabic, "أوافق على أن تصلني رسائل نصية قصيرة على رقمي. يمكنني التراجع متى شئت."),
    (
        "2026-11",
        Sms,
        French,
        "J’accepte de recevoir des SMS à mon numéro. Je peux changer d’avis à tout moment.",
    ),
    ("2026-11", Sms, Amazigh, "ⵡⴰⵅⵅⴰ: ⴰⴷ ⵉⵢⵉ ⴷ ⴰⵡⴹⵏⵜ ⵜⵓⵣⵉⵏⵉⵏ ⵖⵔ ⵓⵟⵟⵓⵏ ⵉⵏⵓ. ⵣⵎⵔⵖ ⴰⴷ ⴱⴷⴷⵍⵖ ⴰⵡⴰⵍ ⵉⵏⵓ ⴽⵓ ⴰⴽⵓⴷ."),
    ("2026-11", Sms, English, "I agree to get text messages at my number. I can change my mind at any time."),
    (
        "2026-11",
        Referral,
        Arabic,
        "أوافق على أن يُعطى هذا الشريك وحده اسمي الشخصي وما أطلبه منه، ولا شيء غير ذلك. يمكنني التراجع متى شئت.",
    ),
    (
        "2026-11",
        Referral,
        French,
        "J’accepte que l’on donne à ce seul partenaire mon prénom et ce que je lui demande, et rien d’autre. Je peux changer d’avis à tout moment.",
    ),
    (
        "2026-11",
        Referral,
        Amazigh,
        "ⵡⴰⵅⵅⴰ: ⴰⴷ ⵉⵜⵜⵓⴼⴽ ⵉ ⵓⴷⵔⴰⵡ ⴰⴷ ⵡⴰⵀⵍⵉ ⵉⵙⵎ ⵉⵏⵓ ⴷ ⵎⴰⵢⴰ ⵙⵙⵓⵜⵔⵖ, ⵓⵔ ⴷ ⴽⵔⴰ ⵢⴰⴹⵏ. ⵣⵎⵔⵖ ⴰⴷ ⴱⴷⴷⵍⵖ ⴰⵡⴰⵍ ⵉⵏⵓ ⴽⵓ ⴰⴽⵓⴷ.",
    ),
    (
        "2026-11",
        Referral,
        English,
        "I agree that this partner alone is told my given name and what I ask of them, and nothing else. I can change my mind at any time.",
    ),
    (
        "2026-11",
        ContactEmployer,
        Arabic,
        "أوافق على أن يتصل من يرافقني بربّ العمل المذكور هنا، وفي حدود ما اتفقنا عليه. يمكنني التراجع متى شئت.",
    ),
    (
        "2026-11",
        ContactEmployer,
        French,
        "J’accepte que la personne qui m’accompagne contacte l’employeur nommé ici, dans la limite de ce dont nous avons convenu. Je peux changer d’avis à tout moment.",
    ),
    (
        "2026-11",
        ContactEmployer,
        Amazigh,
        "ⵡⴰⵅⵅⴰ: ⴰⴷ ⵉⵙⴰⵡⵍ ⵡⴰⵏⵏⴰ ⵉⴷⴷⴰⵏ ⵉⴷⵉ ⴷ ⴱⴰⴱ ⵏ ⵜⵡⵓⵔⵉ ⵏⵏⴰ ⵉⵜⵜⵓⴱⴷⵔⵏ ⴷⴰ, ⵙ ⵎⴰⵢⴰ ⵖⴼ ⵏⵎⵙⴰⵙⴰ. ⵣⵎⵔⵖ ⴰⴷ ⴱⴷⴷⵍⵖ ⴰⵡⴰⵍ ⵉⵏⵓ ⴽⵓ ⴰⴽⵓⴷ.",
    ),
    (
        "2026-11",
        ContactEmployer,
        English,
        "I agree that whoever accompanies me contacts the employer named here, within what we agreed on. I can change my mind at any time.",
    ),
    (
        "2026-11",
        ContactRelative,
        Arabic,
        "أوافق على أن يتصل من يرافقني بالشخص القريب المذكور هنا، وفي حدود ما اتفقنا عليه. يمكنني التراجع متى شئت.",
    ),
    (
        "2026-11",
        ContactRelative,
        French,
        "J’accepte que la personne qui m’accompagne contacte le proche nommé ici, dans la limite de ce dont nous avons convenu. Je peux changer d’avis à tout moment.",
    ),
    (
        "2026-11",
        ContactRelative,
        Amazigh,
        "ⵡⴰⵅⵅⴰ: ⴰⴷ ⵉⵙⴰⵡⵍ ⵡⴰⵏⵏⴰ ⵉⴷⴷⴰⵏ ⵉⴷⵉ ⴷ ⵡⴰⵏⵏⴰ ⵏ ⵜⵡⴰⵛⵓⵍⵜ ⵏⵏⴰ ⵉⵜⵜⵓⴱⴷⵔⵏ ⴷⴰ, ⵙ ⵎⴰⵢⴰ ⵖⴼ ⵏⵎⵙⴰⵙⴰ. ⵣⵎⵔⵖ ⴰⴷ ⴱⴷⴷⵍⵖ ⴰⵡⴰⵍ ⵉⵏⵓ ⴽⵓ ⴰⴽⵓⴷ.",
    ),
    (
        "2026-11",
        ContactRelative,
        English,
        "I agree that whoever accompanies me contacts the relative named here, within what we agreed on. I can change my mind at any time.",
    ),
    (
        "2026-11",
        Statistics,
        Arabic,
        "أوافق على أن أُحتسب في أرقام لا تذكر اسم أحد، تساعد على تحسين الخدمة. يمكنني التراجع متى شئت.",
    ),
    (
        "2026-11",
        Statistics,
        French,
        "J’accepte d’être compté dans des chiffres qui ne nomment personne et qui aident à améliorer le service. Je peux changer d’avis à tout moment.",
    ),
    (
        "2026-11",
        Statistics,
        Amazigh,
        "ⵡⴰⵅⵅⴰ: ⴰⴷ ⵜⵜⵓⵃⵙⴱⵖ ⴳ ⵉⵎⵉⴹⴰⵏ ⵏⵏⴰ ⵓⵔ ⵉⵜⵜⵉⵏⵉⵏ ⵉⵙⵎ ⵏ ⴰⵡⴷ ⵢⴰⵏ, ⴰⴷ ⵜⴳ ⵜⵡⵓⵔⵉ ⵜⵓⴼ. ⵣⵎⵔⵖ ⴰⴷ ⴱⴷⴷⵍⵖ ⴰⵡⴰⵍ ⵉⵏⵓ ⴽⵓ ⴰⴽⵓⴷ.",
    ),
    (
        "2026-11",
        Statistics,
        English,
        "I agree to be counted in figures that name nobody and help to make the service better. I can change my mind at any time.",
    ),
];

/// What a guardian hears before the text: it is the participant's word that is read out, and theirs beside it.
const GUARDIAN_LEAD_INS: &[(Language, &str)] = &[
    (Arabic, "بصفتي وليّ أمر الشخص المعني، أوافق أنا أيضا على ما يلي:"),
    (French, "En tant que représentant légal de la personne concernée, j’accepte moi aussi ce qui suit :"),
    (Amazigh, "ⵏⴽⴽ ⴷ ⴰⵎⵙⵜⴰⵏ ⵏ ⵓⴼⴳⴰⵏ ⴰⴷ, ⵡⴰⵅⵅⴰ ⵉ ⵎⴰⵢⴰ ⴰⵡⴷ ⵏⴽⴽ:"),
    (English, "As the guardian of the person concerned, I, too, agree to the following:"),
];

/// Whether somebody can have agreed to this edition then: to the current one, or to one that the next had not followed yet. A phone without
/// network sends much later what was read out.
pub fn may_be_agreed_to(version: &str, said_at: Instant) -> bool {
    is_of(EDITIONS, version, said_at)
}

fn is_of(editions: &[Edition], version: &str, said_at: Instant) -> bool {
    let is_this = |edition: &Edition| edition.version == version;
    editions.iter().position(is_this).is_some_and(|place| {
        editions.get(place + 1).is_none_or(|next| next.from.parse().is_ok_and(|from: Instant| said_at < from))
    })
}

/// All of them.
pub fn all() -> ConsentWordings {
    let of = |&(version, purpose, language, text): &Text| ConsentWording { version, purpose, language, text };
    let lead_in = |&(language, text): &(Language, &'static str)| GuardianLeadIn { language, text };
    ConsentWordings {
        current_version: CURRENT,
        guardian_lead_ins: GUARDIAN_LEAD_INS.iter().map(lead_in).collect(),
        wordings: TEXTS.iter().map(of).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_is_agreed_to_until_the_next_one_follows() {
        let editions = [
            Edition { version: "a", from: "2026-01-01T00:00:00Z" },
            Edition { version: "b", from: "2026-06-01T00:00:00Z" },
        ];
        let said = |version, at: &str| is_of(&editions, version, at.parse().unwrap());
        assert!(said("a", "2026-05-31T23:59:59Z") && !said("a", "2026-06-01T00:00:00Z"));
        // A phone had the new one before its day: it is what they were shown.
        assert!(said("b", "2026-05-31T23:59:59Z") && said("b", "2030-01-01T00:00:00Z"));
        assert!(!said("c", "2026-01-01T00:00:00Z"));
    }

    #[test]
    fn editions_follow_each_other_and_the_last_is_current() {
        let days: Vec<Instant> = EDITIONS.iter().map(|edition| edition.from.parse().unwrap()).collect();
        assert!(days.is_sorted());
        assert_eq!(EDITIONS.last().map(|edition| edition.version), Some(CURRENT));
        assert!(TEXTS.iter().all(|text| EDITIONS.iter().any(|edition| edition.version == text.0)));
    }

    #[test]
    fn every_edition_says_everything_once_in_every_language_and_shortly() {
        let editions: std::collections::BTreeSet<_> = TEXTS.iter().map(|text| text.0).collect();
        assert!(editions.contains(CURRENT));
        for edition in editions {
            for purpose in ConsentPurpose::ALL {
                for language in Language::ALL {
                    let is_this = |text: &&Text| (text.0, text.1, text.2) == (edition, *purpose, *language);
                    let found: Vec<_> = TEXTS.iter().filter(is_this).collect();
                    assert_eq!(found.len(), 1, "{edition} {purpose} {language}");
                    assert!(found[0].3.chars().count() <= 200, "{edition} {purpose} {language}");
                }
            }
        }
    }

    #[test]
    fn a_guardian_is_addressed_in_every_language_once() {
        let languages: std::collections::BTreeSet<_> =
            GUARDIAN_LEAD_INS.iter().map(|(language, _)| language.as_str()).collect();
        assert_eq!((languages.len(), GUARDIAN_LEAD_INS.len()), (Language::ALL.len(), Language::ALL.len()));
    }

    #[test]
    fn no_text_names_what_nobody_is_to_be_known_for() {
        for word in [
            "prison",
            "détenu",
            "libéré",
            "release",
            "سجن",
            "سجين",
            "إفراج",
            "ⵃⴱⵙ",
            "Muwakaba",
            "مواكبة",
            "مصالحة",
        ] {
            assert!(TEXTS.iter().all(|text| !text.3.to_lowercase().contains(word)), "{word}");
            assert!(GUARDIAN_LEAD_INS.iter().all(|text| !text.1.to_lowercase().contains(word)), "{word}");
        }
    }
}

use serde::Serialize;
use utoipa::{PartialSchema as _, ToSchema as _};

use super::*;

const CANARY: &str = "Canary Zuleikha";

#[test]
fn names() {
    let long = "ⵣ".repeat(200);
    let decomposed = "e\u{301}".repeat(200);
    let cases: &[(&str, Result<&str, PrivacyError>)] = &[
        ("Amina", Ok("Amina")),
        ("  أمينة بنت علي ", Ok("أمينة بنت علي")),
        ("Re\u{301}da", Ok("R\u{e9}da")),
        ("M'hamed O'Brien-El Alaoui", Ok("M'hamed O'Brien-El Alaoui")),
        ("نیما\u{200C}رضا", Ok("نیما\u{200C}رضا")),
        (&long, Ok(&long)),
        ("", Err(PrivacyError::Empty)),
        (" \u{a0}\u{3000} ", Err(PrivacyError::Empty)),
        ("Amina\0", Err(PrivacyError::ControlCharacter)),
        ("Ami\nna", Err(PrivacyError::ControlCharacter)),
        ("Amina\n", Err(PrivacyError::ControlCharacter)),
        ("Amina\u{85}", Err(PrivacyError::ControlCharacter)),
        ("\u{1b}[31mAmina", Err(PrivacyError::ControlCharacter)),
        ("Amina\u{202E}gpj.exe", Err(PrivacyError::HiddenCharacter)),
        ("\u{2067}Amina\u{2069}", Err(PrivacyError::HiddenCharacter)),
        ("\u{200B}", Err(PrivacyError::NothingVisible)),
        ("Am\u{FEFF}ina", Err(PrivacyError::HiddenCharacter)),
        ("\u{3164}", Err(PrivacyError::NothingVisible)),
        ("Amina\u{E0041}", Err(PrivacyError::HiddenCharacter)),
        ("\u{2800}", Err(PrivacyError::NothingVisible)),
        ("\u{AD}", Err(PrivacyError::NothingVisible)),
        ("\u{200E}", Err(PrivacyError::NothingVisible)),
        ("\u{64E}", Err(PrivacyError::NothingVisible)),
        ("\u{AD}A", Ok("\u{AD}A")),
    ];
    for (input, expected) in cases {
        let name = Name::parse(input);
        assert_eq!(name.as_ref().map(Name::expose), expected.as_ref().map(|text| *text), "{input:?}");
    }
    assert_eq!(Name::parse(&decomposed).unwrap().expose().chars().count(), 200);
    assert_eq!(Name::parse(&format!("{long}ⵣ")), Err(PrivacyError::TooLong(200)));
    assert_eq!(Name::parse(&"a".repeat(10_000_000)), Err(PrivacyError::TooLong(200)));
}

#[test]
fn notes_and_addresses_keep_their_lines() {
    assert_eq!(Note::parse("one\r\n\ttwo\n").unwrap().expose(), "one\n\ttwo");
    assert_eq!(Note::parse("a\rb"), Err(PrivacyError::ControlCharacter));
    assert_eq!(Note::parse("a\0b"), Err(PrivacyError::ControlCharacter));
    assert_eq!(Note::parse("\n \t"), Err(PrivacyError::Empty));
    assert_eq!(Note::parse("\u{2800}\n\u{200F}"), Err(PrivacyError::NothingVisible));
    assert!(Note::parse("مرحبا \u{2066}hello\u{2069}").is_ok());
    assert_eq!(Note::parse(&"ن".repeat(4000)).unwrap().expose().chars().count(), 4000);
    assert_eq!(Note::parse(&"ن".repeat(4001)), Err(PrivacyError::TooLong(4000)));
    assert_eq!(Address::parse("12, rue X\nRabat").unwrap().expose(), "12, rue X\nRabat");
    assert_eq!(Address::parse(&"x".repeat(501)), Err(PrivacyError::TooLong(500)));
    assert_eq!(Edition::parse("18\n"), Err(PrivacyError::ControlCharacter));
    assert_eq!(Edition::parse(" 18 ").unwrap().expose(), "18");
}

#[test]
fn phones() {
    let accepted = [
        ("0612345678", "+212612345678"),
        ("06 12-34.56 78", "+212612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "+212612345678"),
        ("+212 612 345 678", "+212612345678"),
        ("00212612345678", "+212612345678"),
        ("\u{202A}+212\u{a0}612\u{2011}345678\u{202C}", "+212612345678"),
        ("0033 1 23 45 67 89", "+33123456789"),
        ("+34600000000", "+34600000000"),
        ("(06) 12/34 56 78", "+212612345678"),
        ("+212 (0) 612 345 678", "+212612345678"),
        ("+33 06 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033 06 12 34 56 78", "+33612345678"),
        ("+39 06 698 12345", "+390669812345"),
        ("+49 (0)1512 3456789", "+4915123456789"),
        ("+1 (212) 736-5000", "+12127365000"),
        ("+٣٣ ٦ ١٢ ٣٤ ٥٦ ٧٨", "+33612345678"),
        ("+290 22158", "+29022158"),
    ];
    for (input, expected) in accepted {
        assert_eq!(Phone::parse(input).unwrap().expose(), expected, "{input:?}");
    }
    let refused = [
        "612345678",
        "06123456789",
        "061234567",
        "0012",
        "+21261234567",
        "+012345678",
        "+1234567",
        "+1234567890123456",
        "++212612345678",
        "212+612345678",
        "+212612345678;ext=1",
        "+12345678",
        "+123456789012345",
        "+33 6 12 34 56",
        "+33 6 12 34 56 78 90",
        "+999 12345678",
        "+212 00612345678",
        "+",
        "0",
        "+212 612 345 67O",
        "tel:+212612345678",
        "²12345678",
    ];
    for input in refused {
        assert_eq!(Phone::parse(input), Err(PrivacyError::NotPhone), "{input:?}");
    }
    assert_eq!(Phone::parse("0612345678\0"), Err(PrivacyError::ControlCharacter));
    assert_eq!(Phone::parse(" "), Err(PrivacyError::Empty));
}

#[test]
fn emails() {
    let domain_254 =
        format!("a@{}.{}.{}.{}.org", "b".repeat(62), "c".repeat(62), "d".repeat(62), "e".repeat(59));
    assert_eq!(domain_254.len(), 254);
    assert_eq!(Email::parse(" Amina.B+x@Example.ORG ").unwrap().expose(), "Amina.B+x@example.org");
    assert!(Email::parse(&domain_254).is_ok());
    assert_eq!(Email::parse(&format!("a{domain_254}")), Err(PrivacyError::TooLong(254)));
    let long_local = format!("{}@example.org", "a".repeat(65));
    let long_label = format!("a@{}.org", "b".repeat(64));
    let refused = [
        "amina",
        "@example.org",
        "amina@",
        "amina@localhost",
        "a b@example.org",
        "a@b@example.org",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a@-example.org",
        "a@example-.org",
        "a@example..org",
        "a@example.org.",
        "a@127.0.0.1",
        "a@[127.0.0.1]",
        "\"a\"@example.org",
        "a<b>@example.org",
        "أمينة@example.org",
        "a@exa mple.org",
        "a@ex_ample.org",
        "a@xn--a",
        "a@xn--zzzzzz.org",
        "a@\u{202E}example.org",
        "a@ب1a.example",
        &long_local,
        &long_label,
    ];
    for input in refused {
        let refused = Email::parse(input).unwrap_err();
        assert!(matches!(refused, PrivacyError::NotEmail | PrivacyError::NotDomain), "{input:?}: {refused}");
    }
    // One address, however its domain is written (IDNA 2008).
    for written in ["a@موقع.وزارة-الاتصالات.مصر", "a@xn--4gbrim.xn----ymcbaaajlc6dj7bxne2c.XN--WGBH1C"]
    {
        let kept = Email::parse(written).unwrap();
        assert_eq!(kept.expose(), "a@xn--4gbrim.xn----ymcbaaajlc6dj7bxne2c.xn--wgbh1c", "{written}");
    }
    for written in ["a@exämple.org", "a@EXA\u{308}MPLE。org", "a@xn--exmple-cua.org"] {
        assert_eq!(Email::parse(written).unwrap().expose(), "a@xn--exmple-cua.org", "{written}");
    }
    assert_eq!(Email::parse("a@example.org\r\nBcc: b@example.org"), Err(PrivacyError::ControlCharacter));
}

/// Whatever is refused, and however it is printed, the value is not in the message.
#[test]
fn nothing_echoes_the_value() {
    let name = Name::parse(CANARY).unwrap();
    assert_eq!(format!("{name:?} {:#?}", Some(&name)), "Name(…) Some(\n    Name(…),\n)");
    assert_eq!(format!("{:?}", Phone::parse("0612345678")), "Ok(Phone(…))");

    let hostile = [
        format!("\"{CANARY}\\u0000\""),
        format!("\"{CANARY}\\u202e\""),
        format!("[\"{CANARY}\"]"),
        format!("{{\"{CANARY}\":1}}"),
        "612345678".to_owned(),
        "-612345678".to_owned(),
        "61234567.8".to_owned(),
        "612345678612345678612345678".to_owned(),
        "true".to_owned(),
        "null".to_owned(),
    ];
    for input in hostile {
        let by_text = serde_json::from_str::<Name>(&input).unwrap_err().to_string();
        let value = serde_json::from_str::<serde_json::Value>(&input).unwrap();
        let by_value = serde_json::from_value::<Phone>(value).unwrap_err().to_string();
        for message in [by_text, by_value] {
            for secret in [CANARY, "612345", "true"] {
                assert!(!message.contains(secret), "{message}");
            }
        }
    }
}

#[test]
fn deserialising_checks_and_normalises() {
    assert_eq!(serde_json::from_str::<Name>("\" Re\\u0301da \"").unwrap().expose(), "R\u{e9}da");
    assert_eq!(serde_json::from_str::<Phone>("\"0612345678\"").unwrap().expose(), "+212612345678");
    assert_eq!(serde_json::from_value::<Email>("a@B.org".into()).unwrap().expose(), "a@b.org");
    let error = serde_json::from_str::<Name>("\"\"").unwrap_err().to_string();
    assert!(error.starts_with("must not be empty"), "{error}");
}

#[test]
fn a_stored_value_is_taken_as_it_is() {
    assert_eq!(Phone::from_stored(b"112").unwrap().expose(), "112");
    assert_eq!(Name::from_stored(&[0xff]), Err(PrivacyError::NotText));
}

#[test]
fn an_answer_exposes_on_request_only() {
    #[derive(Debug, Serialize)]
    struct Answer {
        #[serde(serialize_with = "expose_in_answer")]
        name: Name,
        #[serde(serialize_with = "expose_in_answer_if_any")]
        phone: Option<Phone>,
    }
    let answer = Answer { name: Name::parse(CANARY).unwrap(), phone: None };
    assert_eq!(serde_json::to_string(&answer).unwrap(), format!("{{\"name\":\"{CANARY}\",\"phone\":null}}"));
    assert!(!format!("{answer:?}").contains(CANARY));
}

#[test]
fn the_contract_says_the_limits() {
    let name = serde_json::to_value(Name::schema()).unwrap();
    assert_eq!(
        (&name["type"], &name["minLength"], &name["maxLength"]),
        (&"string".into(), &1.into(), &200.into())
    );
    let email = serde_json::to_value(Email::schema()).unwrap();
    assert_eq!((&email["format"], &email["maxLength"]), (&"idn-email".into(), &254.into()));
    assert_eq!((Name::name(), Edition::name()), ("Name".into(), "Edition".into()));
    for schema in [
        Name::schema(),
        Phone::schema(),
        Note::schema(),
        Email::schema(),
        Edition::schema(),
        Address::schema(),
    ] {
        let schema = serde_json::to_value(schema).unwrap();
        assert!(schema["pattern"].is_string() && schema["examples"][0].is_string(), "{schema}");
    }
}

/// What the contract calls valid is accepted, as far as a pattern can say it: which numbers can be called, which domains there can
/// be and which characters are seen, tables say.
mod contract {
    use proptest::prelude::*;

    use super::*;

    fn as_generated(pattern: &str) -> String {
        let body = pattern.trim_start_matches('^').trim_end_matches('$');
        let mut translated = body.to_owned();
        for (from, to) in
            [("\\u0000", "\\x00"), ("\\u0008", "\\x08"), ("\\u000B", "\\x0B"), ("\\u001F", "\\x1F")]
        {
            translated = translated.replace(from, to);
        }
        let mut result = String::new();
        let mut rest = translated.as_str();
        while let Some((before, after)) = rest.split_once("\\u") {
            let (code, after) = after.split_at(4);
            result.push_str(&format!("{before}\\x{{{code}}}"));
            rest = after;
        }
        result + rest
    }

    const SHORT_EMAIL: &str = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,8}(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,8}){0,3}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,2}[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]";

    proptest! {
        #[test]
        fn phones(text in r"(0|00212|\+212|\+2120)[1-9][0-9]{8}") {
            prop_assert!(Phone::parse(&text).is_ok(), "{}", text);
        }

        /// Whatever is kept is E.164: at most 15 digits.
        #[test]
        fn kept_phones(text in r"\+[1-9][0-9]{5,14}") {
            if let Ok(phone) = Phone::parse(&text) {
                let digits = phone.expose().strip_prefix('+').unwrap();
                prop_assert!((6..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
            }
        }

        #[test]
        fn emails(text in proptest::string::string_regex(SHORT_EMAIL).unwrap()) {
            // What follows `xn--` must be the code of a word (RFC 3492), which no pattern can say.
            let (_, domain) = text.rsplit_once('@').unwrap();
            prop_assume!(!domain.split('.').any(|label| label.to_ascii_lowercase().starts_with("xn--")));
            prop_assert!(Email::parse(&text).is_ok(), "{}", text);
        }

        #[test]
        fn names(text in proptest::string::string_regex(&as_generated(SINGLE_LINE_PATTERN)).unwrap()) {
            prop_assume!(!text.chars().any(|tag| ('\u{E0000}'..='\u{E007F}').contains(&tag)));
            prop_assume!(is_any_visible(&text));
            prop_assert!(Name::parse(&text).is_ok(), "{:?}", text);
        }

        #[test]
        fn notes(text in proptest::string::string_regex(&as_generated(PARAGRAPHS_PATTERN)).unwrap()) {
            prop_assume!(is_any_visible(&text));
            prop_assert!(Note::parse(&text).is_ok(), "{:?}", text);
        }

        #[test]
        fn parsing_twice_changes_nothing(text in "\\PC{0,40}") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(Name::parse(name.expose()).unwrap(), name);
            }
        }
    }
}

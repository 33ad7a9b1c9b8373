//! Dates of a known precision: their one form, and their bounds.

use crate::time::ImpreciseDate;
use chrono::NaiveDate;
use proptest::prelude::*;

fn bounds(text: &str) -> (String, String) {
    let date: ImpreciseDate = text.parse().unwrap();
    (date.earliest().to_string(), date.latest().to_string())
}

#[test]
fn a_date_lies_between_its_bounds() {
    for (text, earliest, latest) in [
        ("2026-11-27", "2026-11-27", "2026-11-27"),
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("1970", "1970-01-01", "1970-12-31"),
        ("2199-12-31", "2199-12-31", "2199-12-31"),
    ] {
        assert_eq!(bounds(text), (earliest.to_owned(), latest.to_owned()), "{text}");
    }
}

#[test]
fn there_is_one_form() {
    for text in [
        "",
        "202",
        "02026",
        "2026-1",
        "2026-13",
        "2026-00",
        "2026-02-30",
        "2026-11-2",
        "2026-11-27T",
        "2026/11/27",
        "+026-11",
        " 2026",
        "1969",
        "2200",
        "2026-11-",
        "-2026",
        "٢٠٢٦",
        "20261127",
        "2026--11-2",
    ] {
        assert!(text.parse::<ImpreciseDate>().is_err(), "{text}");
        assert!(serde_json::from_value::<ImpreciseDate>(text.into()).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<ImpreciseDate>("2026").is_err(), "a number");
}

proptest! {
    #[test]
    fn what_is_written_is_read(day in 0_i64..84_000, length in prop::sample::select(vec![4_usize, 7, 10])) {
        let date = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::TimeDelta::days(day);
        let text = date.to_string()[..length].to_owned();
        let read: ImpreciseDate = text.parse().unwrap();
        prop_assert_eq!(read.to_string(), text);
        prop_assert!(read.earliest() <= date && date <= read.latest());
        prop_assert_eq!(serde_json::from_value::<ImpreciseDate>(serde_json::to_value(read).unwrap()).unwrap(), read);
    }
}

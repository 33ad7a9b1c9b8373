use super::*;
use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;

fn rule(text: &str) -> Recurrence {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn days(text: &str, first: &str, end: &str) -> Vec<String> {
    rule(text).days(date(first), date(end)).iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_no_rule_says_which_part() {
    for (text, part) in [
        ("", "FREQ"),
        ("FREQ", "FREQ"),
        ("FREQ=", "FREQ"),
        ("FREQ=YEARLY", "FREQ"),
        ("FREQ=SECONDLY", "FREQ"),
        ("freq=DAILY", "RRULE"),
        ("FREQ=daily", "FREQ"),
        (" FREQ=DAILY", "RRULE"),
        ("FREQ=DAILY;", "FREQ"),
        ("INTERVAL=2", "FREQ"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ"),
        ("FREQ=DAILY;BYHOUR=9", "RRULE"),
        ("FREQ=DAILY;BYSETPOS=1", "RRULE"),
        ("FREQ=DAILY;WKST=SU", "RRULE"),
        ("RRULE:FREQ=DAILY", "RRULE"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=+1", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=01", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=367", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=99999999999", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=٢", "INTERVAL"),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=DAILY;COUNT=1001", "COUNT"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "UNTIL"),
        ("FREQ=DAILY;UNTIL=2027-01-01", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270230", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270101T000000Z", "UNTIL"),
        ("FREQ=DAILY;UNTIL=+2027011", "UNTIL"),
        ("FREQ=DAILY;BYDAY=MO", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=1MO", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=MO,MO", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=MO, TU", "BYDAY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=5,5", "BYMONTHDAY"),
    ] {
        assert_eq!(text.parse::<Recurrence>().map_err(|error| error.part), Err(part), "{text}");
    }
    let long = format!("FREQ=WEEKLY;BYDAY={}", "MO,".repeat(100));
    assert_eq!(long.parse::<Recurrence>().map_err(|error| error.part), Err("RRULE"));
}

#[test]
fn it_has_one_form() {
    for (text, form) in [
        ("INTERVAL=1;FREQ=DAILY", "FREQ=DAILY"),
        ("BYDAY=SU,MO;FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU"),
        ("COUNT=3;BYMONTHDAY=31,1;FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=1,31;COUNT=3"),
        ("UNTIL=20270101;FREQ=MONTHLY", "FREQ=MONTHLY;UNTIL=20270101"),
    ] {
        assert_eq!(rule(text).to_string(), form);
        assert_eq!(rule(form), rule(text));
        assert_eq!(serde_json::from_str::<Recurrence>(&format!("\"{text}\"")).unwrap(), rule(form));
    }
}

#[test]
fn a_month_without_the_day_has_it_on_its_last_one() {
    assert_eq!(
        days("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-01", "2027-06-01"),
        ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]
    );
    assert_eq!(days("FREQ=MONTHLY", "2028-01-30", "2028-04-01"), ["2028-01-30", "2028-02-29", "2028-03-30"]);
    // Two days that fall on the same last one are one.
    assert_eq!(
        days("FREQ=MONTHLY;BYMONTHDAY=30,31", "2027-02-01", "2027-03-31"),
        ["2027-02-28", "2027-03-30"]
    );
}

#[test]
fn it_counts_from_the_first_day() {
    assert_eq!(
        days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "2026-12-01", "2027-01-01"),
        ["2026-12-03", "2026-12-14", "2026-12-17", "2026-12-28", "2026-12-31"]
    );
    assert_eq!(days("FREQ=WEEKLY;COUNT=2", "2026-12-01", "2028-01-01"), ["2026-12-01", "2026-12-08"]);
    assert_eq!(
        days("FREQ=DAILY;INTERVAL=3;UNTIL=20261207", "2026-12-01", "2028-01-01"),
        ["2026-12-01", "2026-12-04", "2026-12-07"]
    );
    assert_eq!(days("FREQ=MONTHLY;BYMONTHDAY=5", "2026-12-06", "2027-03-01"), ["2027-01-05", "2027-02-05"]);
    assert!(days("FREQ=DAILY;UNTIL=20261130", "2026-12-01", "2028-01-01").is_empty());
    assert!(days("FREQ=DAILY", "2026-12-01", "2026-12-01").is_empty());
}

#[test]
fn no_rule_asks_for_unbounded_work() {
    let all = rule("FREQ=DAILY").days(date("2026-01-01"), NaiveDate::MAX);
    assert_eq!(all.len(), usize::try_from(MAX_DAYS).unwrap());
    assert!(rule("FREQ=DAILY").days(NaiveDate::MAX, NaiveDate::MAX).is_empty());
    assert!(rule("FREQ=MONTHLY;INTERVAL=366").days(date("2026-01-01"), NaiveDate::MAX).len() <= 2);
}

/// Looks at every day, one after the other.
fn oracle(rule: &Recurrence, first: NaiveDate, end: NaiveDate) -> Vec<NaiveDate> {
    let monday = |day: NaiveDate| day - Days::new(day.weekday().num_days_from_monday().into());
    let last = |day: NaiveDate| {
        (28..=31).rev().find_map(|number| day.with_day(number)).map_or(28, |last| last.day())
    };
    let interval = i64::from(rule.0.interval);
    let is_it = |day: NaiveDate| match rule.0.frequency {
        Frequency::Daily => (day - first).num_days() % interval == 0,
        Frequency::Weekly => {
            let weekday = Weekday::of(day);
            (monday(day) - monday(first)).num_days() / 7 % interval == 0
                && if rule.0.by_day.is_empty() {
                    weekday == Weekday::of(first)
                } else {
                    rule.0.by_day.contains(&weekday)
                }
        }
        Frequency::Monthly => {
            let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
            let wanted = if rule.0.by_month_day.is_empty() {
                BTreeSet::from([first.day()])
            } else {
                rule.0.by_month_day.clone()
            };
            (months(day) - months(first)) % interval == 0
                && wanted.iter().any(|number| (*number).min(last(day)) == day.day())
        }
    };
    let most = rule.0.count.map_or(usize::MAX, |count| usize::try_from(count).unwrap());
    first
        .iter_days()
        .take_while(|day| *day < end && rule.0.until.is_none_or(|until| *day <= until))
        .filter(|day| is_it(*day))
        .take(most)
        .collect()
}

fn any_rule() -> impl Strategy<Value = Recurrence> {
    let frequency = prop_oneof![Just("DAILY"), Just("WEEKLY"), Just("MONTHLY")];
    let weekdays = proptest::sample::subsequence(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"], 0..=7);
    let month_days = proptest::collection::btree_set(1..=31_u32, 0..4);
    let end = prop_oneof![
        Just(String::new()),
        (1..40_u32).prop_map(|count| format!(";COUNT={count}")),
        (0..900_i64).prop_map(|days| format!(
            ";UNTIL={}",
            (date("2026-06-01") + chrono::TimeDelta::days(days)).format("%Y%m%d")
        ))
    ];
    (frequency, 1..=14_u32, weekdays, month_days, end).prop_map(
        |(frequency, interval, weekdays, month_days, end)| {
            let numbers: Vec<String> = month_days.iter().map(u32::to_string).collect();
            let by = match frequency {
                "WEEKLY" if !weekdays.is_empty() => format!(";BYDAY={}", weekdays.join(",")),
                "MONTHLY" if !numbers.is_empty() => format!(";BYMONTHDAY={}", numbers.join(",")),
                _ => String::new(),
            };
            rule(&format!("FREQ={frequency};INTERVAL={interval}{by}{end}"))
        },
    )
}

proptest! {
    #[test]
    fn it_is_what_looking_at_every_day_finds(rule in any_rule(), from in 0..800_i64, long in 0..1500_i64) {
        let first = date("2026-11-01") + chrono::TimeDelta::days(from);
        let end = first + chrono::TimeDelta::days(long);
        let found = rule.days(first, end);
        prop_assert_eq!(&found, &oracle(&rule, first, end), "{}", rule);
        prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(found.iter().all(|day| (first..end).contains(day)));
        prop_assert_eq!(rule.to_string().parse::<Recurrence>(), Ok(rule));
    }

    /// Whoever looks less far ahead finds the same days, and fewer.
    #[test]
    fn what_was_found_stays_found(rule in any_rule(), short in 0..700_i64, more in 0..700_i64) {
        let first = date("2026-11-27");
        let near = rule.days(first, first + chrono::TimeDelta::days(short));
        let far = rule.days(first, first + chrono::TimeDelta::days(short + more));
        prop_assert!(far.starts_with(&near));
    }

    #[test]
    fn no_text_does_harm(text in "\\PC{0,80}|(FREQ|BYDAY|UNTIL|=|;|MO|[0-9]|,|WEEKLY){0,20}") {
        if let Ok(rule) = text.parse::<Recurrence>() {
            prop_assert!(rule.days(date("2026-11-27"), NaiveDate::MAX).len() <= usize::try_from(MAX_DAYS).unwrap());
        }
    }
}

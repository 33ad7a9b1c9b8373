//! Real changes of the clock, one by one, and the laws that hold between instants and walls.

use std::path::{Path, PathBuf};

use chrono::{NaiveTime, TimeDelta};
use proptest::prelude::*;

use super::{at, local, text::any_instant, zone};
use crate::time::{Adjustment, Instant, LocalDateTime, ZoneDataVersion, ZoneName, ZoneSource, Zones};

const HOUR: TimeDelta = TimeDelta::hours(1);
const SHIFTED: Adjustment = Adjustment::ShiftedForward { by: HOUR };

fn old_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/zoneinfo-2025b")
}

fn zones_2025b() -> Zones {
    Zones::from_directory(&old_directory(), ZoneDataVersion::parse("2025b")).unwrap()
}

/// A directory like the fixture that says it is of another edition.
fn directory_of(edition_file: &str, edition: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("Africa")).unwrap();
    let casablanca = "Africa/Casablanca";
    std::fs::copy(old_directory().join(casablanca), directory.path().join(casablanca)).unwrap();
    std::fs::write(directory.path().join(edition_file), edition).unwrap();
    directory
}

#[test]
fn the_same_agreement_is_an_hour_apart_under_old_and_new_rules() {
    let agreed = local("2026-12-01T10:00");
    let new = Zones::built_in().resolve(agreed, &ZoneName::CASABLANCA).unwrap();
    assert_eq!((new.instant, new.adjustment), (at("2026-12-01T10:00:00Z"), Adjustment::Exact));
    let old = zones_2025b().resolve(agreed, &ZoneName::CASABLANCA).unwrap();
    assert_eq!((old.instant, old.adjustment), (at("2026-12-01T09:00:00Z"), Adjustment::Exact));
    assert_eq!((old.local, new.local), (agreed, agreed), "nothing moves on the wall");
}

#[test]
fn wall_clock_times_come_to_the_right_instants() {
    use Adjustment::{Exact, FirstOfTwo};
    let zones = Zones::built_in();
    let cases = [
        // Ramadan 2026: clocks go back from 03:00 to 02:00 before it and forward again after it.
        ("Africa/Casablanca", "2026-02-14T10:00", "2026-02-14T09:00:00Z", Exact),
        ("Africa/Casablanca", "2026-02-15T01:59:59", "2026-02-15T00:59:59Z", Exact),
        ("Africa/Casablanca", "2026-02-15T02:00", "2026-02-15T01:00:00Z", FirstOfTwo),
        ("Africa/Casablanca", "2026-02-15T02:59:59", "2026-02-15T01:59:59Z", FirstOfTwo),
        ("Africa/Casablanca", "2026-02-15T03:00", "2026-02-15T03:00:00Z", Exact),
        ("Africa/Casablanca", "2026-02-18T10:00", "2026-02-18T10:00:00Z", Exact),
        ("Africa/Casablanca", "2026-03-19T19:00", "2026-03-19T19:00:00Z", Exact),
        ("Africa/Casablanca", "2026-03-22T01:59:59", "2026-03-22T01:59:59Z", Exact),
        ("Africa/Casablanca", "2026-03-22T02:00", "2026-03-22T02:00:00Z", SHIFTED),
        ("Africa/Casablanca", "2026-03-22T02:59:59", "2026-03-22T02:59:59Z", SHIFTED),
        ("Africa/Casablanca", "2026-03-22T03:00", "2026-03-22T02:00:00Z", Exact),
        ("Africa/Casablanca", "2026-07-01T10:00", "2026-07-01T09:00:00Z", Exact),
        // The law of 2026: clocks go back from 02:00 to 01:00, for good.
        ("Africa/Casablanca", "2026-09-19T10:00", "2026-09-19T09:00:00Z", Exact),
        ("Africa/Casablanca", "2026-09-20T00:59:59", "2026-09-19T23:59:59Z", Exact),
        ("Africa/Casablanca", "2026-09-20T01:00", "2026-09-20T00:00:00Z", FirstOfTwo),
        ("Africa/Casablanca", "2026-09-20T01:59:59", "2026-09-20T00:59:59Z", FirstOfTwo),
        ("Africa/Casablanca", "2026-09-20T02:00", "2026-09-20T02:00:00Z", Exact),
        ("Africa/Casablanca", "2027-02-07T02:30", "2027-02-07T02:30:00Z", Exact),
        ("Africa/Casablanca", "2027-03-14T02:30", "2027-03-14T02:30:00Z", Exact),
        ("Africa/Casablanca", "2027-07-01T10:00", "2027-07-01T10:00:00Z", Exact),
        ("Africa/El_Aaiun", "2026-12-01T10:00", "2026-12-01T10:00:00Z", Exact),
        ("Europe/Paris", "2027-01-15T10:00", "2027-01-15T09:00:00Z", Exact),
        ("Europe/Paris", "2027-03-28T01:59:59", "2027-03-28T00:59:59Z", Exact),
        ("Europe/Paris", "2027-03-28T02:30", "2027-03-28T01:30:00Z", SHIFTED),
        ("Europe/Paris", "2027-03-28T03:00", "2027-03-28T01:00:00Z", Exact),
        ("Europe/Paris", "2027-07-15T10:00", "2027-07-15T08:00:00Z", Exact),
        ("Europe/Paris", "2027-10-31T02:30", "2027-10-31T00:30:00Z", FirstOfTwo),
        ("Europe/Paris", "2027-10-31T03:00", "2027-10-31T02:00:00Z", Exact),
        ("UTC", "2026-12-01T10:00", "2026-12-01T10:00:00Z", Exact),
    ];
    for (place, asked, instant, adjustment) in cases {
        let resolved = zones.resolve(local(asked), &zone(place)).unwrap();
        assert_eq!((resolved.instant, resolved.adjustment), (at(instant), adjustment), "{place} {asked}");
        let shown = zones.to_local(resolved.instant, &zone(place)).unwrap();
        assert_eq!(resolved.local, shown, "{place} {asked}");
        assert_eq!(resolved.local == local(asked), adjustment != SHIFTED, "{place} {asked}");
    }
}

#[test]
fn morocco_changes_its_clocks_no_more() {
    let zones = Zones::built_in();
    let mut instant = at("2026-09-20T01:00:00Z");
    while instant < at("2090-01-01T00:00:00Z") {
        assert_eq!(zones.offset(instant, &ZoneName::CASABLANCA).unwrap().local_minus_utc(), 0, "{instant}");
        instant = instant.saturating_add(TimeDelta::days(5));
    }
    let before = at("2026-09-20T00:59:59.999999Z");
    assert_eq!(zones.offset(before, &ZoneName::CASABLANCA).unwrap().local_minus_utc(), 3600);
}

#[test]
fn all_of_ramadan_2026_is_at_utc() {
    let zones = Zones::built_in();
    for day in 0..30 {
        let noon = local("2026-02-18T12:00").days_after(day);
        let resolved = zones.resolve(noon, &ZoneName::CASABLANCA).unwrap();
        assert_eq!(resolved.instant.to_chrono().naive_utc(), noon.to_chrono(), "{noon}");
    }
}

#[test]
fn the_newer_data_is_chosen() {
    let built_in = Zones::built_in();
    let old = Zones::load(Some(&old_directory()));
    assert_eq!((old.version(), old.source()), (built_in.version(), &ZoneSource::BuiltIn));
    assert!(*built_in.version() >= ZoneDataVersion::parse("2026f"));

    let same_edition = format!("# version {}\nmore\n", built_in.version());
    for (file, line, edition) in [
        ("tzdata.zi", "# version 2999a\n# more", "2999a"),
        ("tzdata.zi", same_edition.as_str(), &built_in.version().to_string()),
        ("+VERSION", "2999b\n", "2999b"),
    ] {
        let directory = directory_of(file, line);
        let zones = Zones::load(Some(directory.path()));
        assert_eq!(zones.version().to_string(), edition);
        assert_eq!(zones.source(), &ZoneSource::Directory(directory.path().to_owned()));
        let resolved = zones.resolve(local("2026-12-01T10:00"), &ZoneName::CASABLANCA).unwrap();
        assert_eq!(resolved.instant, at("2026-12-01T09:00:00Z"), "its own rules are used");
        directory.close().unwrap();
        assert_eq!(zones.resolve(resolved.local, &ZoneName::CASABLANCA), Ok(resolved), "and kept");
    }
    // Whatever this machine has, it is not used if it is older.
    assert!(Zones::load(None).version() >= built_in.version());
}

#[test]
fn data_that_cannot_be_trusted_is_not_used() {
    let built_in = Zones::built_in();
    for line in ["", "version 2999a", "# version next", "# version 2999A", "\u{0}\u{1}"] {
        let directory = directory_of("tzdata.zi", line);
        assert_eq!(Zones::load(Some(directory.path())).source(), built_in.source(), "{line:?}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(Zones::load(Some(empty.path())).source(), built_in.source());
    assert!(Zones::from_directory(empty.path(), ZoneDataVersion::UNKNOWN).is_err());
    let missing = empty.path().join("missing");
    assert_eq!(Zones::load(Some(&missing)).source(), built_in.source());
    assert!(Zones::from_directory(&missing, ZoneDataVersion::UNKNOWN).is_err());
    // An edition but no zones.
    std::fs::write(empty.path().join("tzdata.zi"), "# version 2999a\n").unwrap();
    assert_eq!(Zones::load(Some(empty.path())).source(), built_in.source());
}

#[test]
fn zones_that_a_directory_lacks_are_filled_in() {
    let resolved = zones_2025b().resolve(local("2027-07-15T10:00"), &zone("Europe/Paris")).unwrap();
    assert_eq!(resolved.instant, at("2027-07-15T08:00:00Z"));
}

#[test]
fn days_before_keep_the_time_on_the_wall() {
    let zones = Zones::built_in();
    let paris = zone("Europe/Paris");
    let before = |asked: &str, days| zones.days_before(local(asked), &paris, days).unwrap();
    // Across the change of 2027-03-28, a day is 23 hours long.
    assert_eq!(before("2027-03-28T10:00", 1).instant, at("2027-03-27T09:00:00Z"));
    assert_eq!(before("2027-03-29T02:30", 1).adjustment, SHIFTED);
    assert_eq!(before("2027-03-29T02:30", 1).local, local("2027-03-28T03:30"));
    assert_eq!(before("2027-11-01T02:30", 1).adjustment, Adjustment::FirstOfTwo);
    assert_eq!(before("2027-11-01T10:00", 7).instant, at("2027-10-25T08:00:00Z"));
}

#[test]
fn the_next_time_of_day_is_found() {
    let zones = Zones::built_in();
    let cases = [
        ("Africa/Casablanca", "2026-12-01T10:00:00Z", "08:00", "2026-12-02T08:00:00Z"),
        ("Africa/Casablanca", "2026-12-01T08:00:00Z", "08:00", "2026-12-01T08:00:00Z"),
        ("Africa/Casablanca", "2026-12-01T08:00:00.000001Z", "08:00", "2026-12-02T08:00:00Z"),
        ("Africa/Casablanca", "2026-09-19T21:00:00Z", "08:00", "2026-09-20T08:00:00Z"),
        ("Europe/Paris", "2027-03-27T22:00:00Z", "02:30", "2027-03-28T01:30:00Z"),
        ("Europe/Paris", "2027-10-30T22:00:00Z", "02:30", "2027-10-31T00:30:00Z"),
        // The first 02:30 has passed; the second one is not another.
        ("Europe/Paris", "2027-10-31T00:45:00Z", "02:30", "2027-11-01T01:30:00Z"),
        // Cuba's clocks jump from midnight to one: the 8th's 00:30 is shown as 01:30.
        ("America/Havana", "2026-03-08T04:00:00Z", "00:30", "2026-03-08T05:30:00Z"),
        // Greenland's jumped from 23:00 to midnight: the 30th's 23:30 was shown as 00:30 on the 31st.
        ("America/Nuuk", "2024-03-31T01:10:00Z", "23:30", "2024-03-31T01:30:00Z"),
        ("America/Nuuk", "2024-03-31T01:40:00Z", "23:30", "2024-04-01T00:30:00Z"),
        // Samoa left out all of 2011-12-30.
        ("Pacific/Apia", "2011-12-30T09:00:00Z", "08:00", "2011-12-30T18:00:00Z"),
    ];
    for (place, from, time, expected) in cases {
        let time: NaiveTime = format!("{time}:00").parse().unwrap();
        let next = zones.next_time_of_day(at(from), &zone(place), time).unwrap();
        assert_eq!(next.instant, at(expected), "{place} {from}");
    }
}

fn any_zone() -> impl Strategy<Value = ZoneName> {
    // Ordinary ones, one with half an hour's summer time, one ahead by 14 hours, one that skipped a day, one that changes
    // at midnight, one with offsets of odd seconds.
    const NAMES: [&str; 9] = [
        "Africa/Casablanca",
        "Europe/Paris",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
        "Pacific/Apia",
        "America/Havana",
        "Africa/Monrovia",
        "UTC",
    ];
    prop::sample::select(&NAMES).prop_map(zone)
}

prop_compose! {
    /// Whole seconds of the years in which clocks changed and will change.
    fn lived_instant()(seconds in 86_400_i64..3_000_000_000) -> Instant {
        Instant::from_seconds(seconds).unwrap()
    }
}

prop_compose! {
    /// Within a few hours of a change of the clock, where the errors live.
    fn near_a_change()(
        change in prop::sample::select(&[
            "2026-02-15T02:00:00Z", "2026-03-22T02:00:00Z", "2026-09-20T01:00:00Z", "2027-03-28T01:00:00Z",
            "2027-10-31T01:00:00Z", "2026-03-08T05:00:00Z", "2011-12-30T10:00:00Z", "2026-10-03T15:30:00Z",
        ]),
        seconds in -100_000_i64..100_000,
    ) -> Instant {
        at(change).saturating_add(TimeDelta::seconds(seconds))
    }
}

fn any_moment() -> impl Strategy<Value = Instant> {
    prop_oneof![lived_instant(), near_a_change()]
}

fn wall(instant: Instant) -> LocalDateTime {
    LocalDateTime::from_chrono(instant.to_chrono().naive_utc()).unwrap()
}

proptest! {
    #[test]
    fn what_the_wall_shows_comes_back_to_the_same_instant(instant in any_moment(), zone in any_zone()) {
        let zones = Zones::built_in();
        let shown = zones.to_local(instant, &zone).unwrap();
        let back = zones.resolve(shown, &zone).unwrap();
        prop_assert_eq!(back.local, shown);
        match back.adjustment {
            Adjustment::Exact => prop_assert_eq!(back.instant, instant),
            Adjustment::FirstOfTwo => prop_assert!(back.instant <= instant),
            Adjustment::ShiftedForward { .. } => prop_assert!(false, "what is shown exists"),
        }
    }

    #[test]
    fn what_is_asked_for_is_shown_or_moved_forward_by_the_gap(moment in any_moment(), zone in any_zone()) {
        let zones = Zones::built_in();
        let asked = wall(moment);
        let resolved = zones.resolve(asked, &zone).unwrap();
        prop_assert_eq!(zones.to_local(resolved.instant, &zone).unwrap(), resolved.local);
        let moved = resolved.local.to_chrono() - asked.to_chrono();
        match resolved.adjustment {
            Adjustment::Exact | Adjustment::FirstOfTwo => prop_assert_eq!(moved, TimeDelta::zero()),
            Adjustment::ShiftedForward { by } => {
                prop_assert!(by > TimeDelta::zero());
                prop_assert_eq!(moved, by);
                let again = zones.resolve(resolved.local, &zone).unwrap();
                prop_assert_eq!((again.instant, again.adjustment), (resolved.instant, Adjustment::Exact));
            }
        }
    }

    #[test]
    fn a_later_wall_is_a_later_instant(a in any_moment(), b in any_moment(), near in 0_i64..10_000, zone in any_zone()) {
        let zones = Zones::built_in();
        for b in [b, a.saturating_add(TimeDelta::seconds(near))] {
            let (a, b) = (zones.resolve(wall(a), &zone).unwrap(), zones.resolve(wall(b), &zone).unwrap());
            prop_assert_eq!(a.local.cmp(&b.local), a.instant.cmp(&b.instant));
        }
    }

    #[test]
    fn the_next_time_of_day_is_not_before_and_at_most_a_day_and_a_change_away(
        from in any_moment(), second in 0_u32..86_400, zone in any_zone(),
    ) {
        let time = NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap();
        let next = Zones::built_in().next_time_of_day(from, &zone, time).unwrap();
        prop_assert!(next.instant >= from);
        prop_assert!(next.instant.since(from) <= TimeDelta::hours(26));
        if next.adjustment == Adjustment::Exact {
            prop_assert_eq!(next.local.time(), time);
        }
    }

    #[test]
    fn nothing_fails_at_the_ends_of_time(instant in any_instant(), zone in any_zone()) {
        let zones = Zones::built_in();
        for instant in [instant, Instant::MIN, Instant::MAX] {
            let shown = zones.to_local(instant, &zone).unwrap();
            prop_assert!(zones.resolve(shown, &zone).unwrap().instant <= instant);
            zones.next_time_of_day(instant, &zone, NaiveTime::MIN).unwrap();
        }
        for edge in [LocalDateTime::MIN, LocalDateTime::MAX] {
            zones.days_before(edge, &zone, u32::MAX).unwrap();
            zones.resolve(edge, &zone).unwrap();
        }
    }
}

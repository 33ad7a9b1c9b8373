//! Editions are told apart and ordered.

use crate::time::ZoneDataVersion;

#[test]
fn editions_are_ordered_by_age() {
    let editions = ["unknown", "1996a", "2025b", "2025c", "2026c", "2026f", "2026z", "2026za", "2027a"];
    for (older, newer) in editions.iter().zip(editions.iter().skip(1)) {
        assert!(ZoneDataVersion::parse(older) < ZoneDataVersion::parse(newer), "{older} {newer}");
    }
    for edition in editions {
        assert_eq!(ZoneDataVersion::parse(edition).to_string(), edition);
    }
}

#[test]
fn packagers_marks_are_dropped_and_the_rest_is_unknown() {
    assert_eq!(ZoneDataVersion::parse("2025b-4+deb12u2"), ZoneDataVersion::parse("2025b"));
    assert_eq!(ZoneDataVersion::parse("2025b\n"), ZoneDataVersion::parse("2025b"));
    for text in ["", "2025", "2025B", "25b", "+025b", "2025b2", "2025abcd", "b2025", "٢٠٢٥b", "-2025b"] {
        assert_eq!(ZoneDataVersion::parse(text), ZoneDataVersion::UNKNOWN, "{text}");
    }
    assert_eq!(ZoneDataVersion::parse("2026f").year(), Some(2026));
    assert_eq!(ZoneDataVersion::UNKNOWN.year(), None);
}

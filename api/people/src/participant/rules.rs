//! What a file may say, and which role may read and set which of it. Pure.

use super::words::Reads;
use chrono::{Datelike, NaiveDate};
use contract::{FieldFault, StaffRole};

/// Whose a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Of the managers of the centre alone.
    Managers,
    /// Of the mentors and counsellors of the participant as well.
    Companions,
}

impl Whose {
    /// Whether somebody of this role is among them, if the participant is in their caseload.
    pub const fn includes(self, role: StaffRole) -> bool {
        match role {
            StaffRole::Manager => true,
            StaffRole::Mentor | StaffRole::Counsellor => matches!(self, Self::Companions),
            StaffRole::Administrator | StaffRole::Observer => false,
        }
    }
}

/// A field of the file: its name, who reads it, who sets it.
type Field = (&'static str, Whose, Whose);

/// Every field that can be set. Who somebody is, is the managers' to say; how to reach and receive them is kept up to date by whoever
/// meets them. What discloses a conviction is the managers' alone, and out of everybody else's answers and phones.
pub const FIELDS: &[Field] = {
    use Whose::{Companions, Managers};
    &[
        ("name", Companions, Managers),
        ("name_arabic", Companions, Managers),
        ("name_latin", Companions, Managers),
        ("file_number", Companions, Managers),
        ("birth_year", Companions, Managers),
        ("sex", Companions, Managers),
        ("host_wish", Companions, Companions),
        ("phone", Companions, Companions),
        ("email", Companions, Managers),
        ("language", Companions, Companions),
        ("zone", Companions, Companions),
        ("province", Companions, Companions),
        ("reads", Companions, Companions),
        ("speaks", Companions, Companions),
        ("interpreter_wanted", Companions, Companions),
        ("needs", Companions, Companions),
        ("minor_until", Companions, Managers),
        ("guardian", Companions, Managers),
        ("push_wanted", Companions, Managers),
        ("programme_edition", Managers, Managers),
        ("programme_axes", Managers, Managers),
        ("release", Managers, Managers),
    ]
};

/// Whether somebody of this role may read this field of somebody in their caseload.
pub fn may_read(role: StaffRole, field: &str) -> bool {
    FIELDS.iter().any(|(name, readers, _)| *name == field && readers.includes(role))
}

/// The fields that this role may set.
pub fn may_set(role: StaffRole) -> Vec<&'static str> {
    FIELDS.iter().filter(|(.., setters)| setters.includes(role)).map(|(name, ..)| *name).collect()
}

/// The oldest somebody can be.
const OLDEST: i32 = 110;
/// The youngest whom a centre accompanies.
const YOUNGEST: i32 = 10;
/// The age at which somebody stands for themself (Family Code, article 209).
const OF_AGE: i32 = 18;
/// How far back a release can be, and how far ahead one that is prepared for.
const RELEASED_WITHIN: i32 = 60;
const RELEASED_AHEAD: i32 = 10;

/// What is said about somebody that must fit together, once a change is made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    /// The year of birth.
    pub birth_year: Option<i32>,
    /// Until when they are under age.
    pub minor_until: Option<NaiveDate>,
    /// Whether somebody stands for them.
    pub has_guardian: bool,
    /// What they read.
    pub reads: &'a [Reads],
    /// When they were or will be released.
    pub released_on: Option<NaiveDate>,
}

/// What of it cannot be, seen from this day.
pub fn faults(said: Said<'_>, today: NaiveDate) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, code: &str, detail: &str| {
        faults.push(FieldFault {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            detail: detail.to_owned(),
        });
    };
    let this_year = today.year();
    if let Some(year) = said.birth_year
        && !(this_year - OLDEST..=this_year - YOUNGEST).contains(&year)
    {
        fault("/birth_year", "out_of_range", "must be the year of birth of somebody of 10 to 110 years");
    }
    if let (Some(until), Some(year)) = (said.minor_until, said.birth_year)
        && until.year() != year + OF_AGE
    {
        fault("/minor_until", "contradicts", "must be in the year in which they come of age by birth_year");
    }
    if let Some(until) = said.minor_until
        && until.year() > this_year + OF_AGE
    {
        fault("/minor_until", "out_of_range", "must be within 18 years");
    }
    if said.has_guardian && said.minor_until.is_none() {
        fault("/guardian", "not_allowed", "only of somebody under age: minor_until says until when");
    }
    if said.reads.contains(&Reads::Nothing) && said.reads.len() > 1 {
        fault("/reads", "contradicts", "nothing stands alone");
    }
    if let Some(day) = said.released_on
        && !(this_year - RELEASED_WITHIN..=this_year + RELEASED_AHEAD).contains(&day.year())
    {
        fault("/release/on", "out_of_range", "must be within 60 years before and 10 years after today");
    }
    if let (Some(day), Some(year)) = (said.released_on, said.birth_year)
        && day.year() < year + YOUNGEST
    {
        fault("/release/on", "contradicts", "must be at least 10 years after birth_year");
    }
    faults
}

/// The quarter of a day, which alone may stand in the open.
pub fn quarter(day: NaiveDate) -> String {
    format!("{:04}-Q{}", day.year(), day.month0() / 3 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What discloses a conviction.
    const DISCLOSING: [&str; 3] = ["programme_edition", "programme_axes", "release"];

    #[test]
    fn every_role_reads_and_sets_what_the_table_says_and_nothing_else() {
        for role in StaffRole::ALL {
            let sees = matches!(role, StaffRole::Mentor | StaffRole::Counsellor | StaffRole::Manager);
            let is_manager = *role == StaffRole::Manager;
            for (field, ..) in FIELDS {
                let is_disclosing = DISCLOSING.contains(field);
                assert_eq!(may_read(*role, field), sees && (is_manager || !is_disclosing), "{role} {field}");
                let kept_by_companions = [
                    "host_wish",
                    "phone",
                    "language",
                    "zone",
                    "province",
                    "reads",
                    "speaks",
                    "interpreter_wanted",
                    "needs",
                ];
                let sets = sees && (is_manager || kept_by_companions.contains(field));
                assert_eq!(may_set(*role).contains(field), sets, "{role} {field}");
            }
            assert!(!may_read(*role, "court") && !may_set(*role).contains(&"court"));
            assert!(
                may_set(*role).iter().all(|field| may_read(*role, field)),
                "{role} sets what they cannot read"
            );
        }
    }

    #[test]
    fn what_cannot_be_is_named_field_by_field() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-27");
        let places = |said: Said<'_>| -> Vec<(String, String)> {
            faults(said, today).into_iter().map(|fault| (fault.pointer, fault.code)).collect()
        };
        let none: Vec<(String, String)> = Vec::new();
        let one = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
        let born = |year| Said { birth_year: Some(year), ..Said::default() };
        for (year, expected) in [
            (1916, none.clone()),
            (1915, one("/birth_year", "out_of_range")),
            (2016, none.clone()),
            (2017, one("/birth_year", "out_of_range")),
        ] {
            assert_eq!(places(born(year)), expected, "{year}");
        }
        let minor = |until| Said { minor_until: Some(day(until)), ..born(2010) };
        assert_eq!(places(minor("2028-03-01")), none);
        assert_eq!(places(minor("2027-12-31")), one("/minor_until", "contradicts"));
        let far = Said { minor_until: Some(day("2045-01-01")), ..Said::default() };
        assert_eq!(places(far), one("/minor_until", "out_of_range"));
        assert_eq!(places(Said { has_guardian: true, ..born(2010) }), one("/guardian", "not_allowed"));
        assert_eq!(places(Said { has_guardian: true, ..minor("2028-03-01") }), none);
        assert_eq!(places(Said { reads: &[Reads::Nothing], ..born(1990) }), none);
        let both = Said { reads: &[Reads::Arabic, Reads::Nothing], ..born(1990) };
        assert_eq!(places(both), one("/reads", "contradicts"));
        let released = |on| Said { released_on: Some(day(on)), ..born(1990) };
        assert_eq!(places(released("2027-02-01")), none);
        assert_eq!(places(released("2037-01-01")), one("/release/on", "out_of_range"));
        assert_eq!(places(released("1999-01-01")), one("/release/on", "contradicts"));
    }

    #[test]
    fn of_a_day_only_its_quarter_is_told() {
        for (day, expected) in [
            ("2026-01-01", "2026-Q1"),
            ("2026-03-31", "2026-Q1"),
            ("2026-04-01", "2026-Q2"),
            ("2026-12-31", "2026-Q4"),
        ] {
            assert_eq!(quarter(day.parse().unwrap()), expected);
        }
    }
}

//! Who may post whom, and for which days. Pure.

use super::store::Lasting;
use crate::opening_hours::term::Term;
use contract::{CentreId, ProblemCode, StaffId, StaffRole};
use kernel::{
    access::{Actor, not_for_this_role},
    error::{Error, Result},
};

/// Nobody works at more centres than this beside their own. A phone's cursor has a place for each.
pub const AT_MOST: usize = 4;

/// Whose postings somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All.
    Everybody,
    /// Those to this centre, and those of its own people.
    Centre(CentreId),
    /// One's own.
    Own(StaffId),
}

impl Sight {
    /// Of this person.
    pub fn of(actor: &Actor) -> Result<Self> {
        match actor {
            Actor::Staff { role: StaffRole::Administrator, .. } => Ok(Self::Everybody),
            Actor::Staff { role: StaffRole::Manager, centre, .. } => Ok(Self::Centre(*centre)),
            Actor::Staff { id, role: StaffRole::Mentor | StaffRole::Counsellor, .. } => Ok(Self::Own(*id)),
            Actor::Staff { role: StaffRole::Observer, .. } | Actor::Participant { .. } => {
                Err(not_for_this_role())
            }
        }
    }
}

/// The only centre whose postings this person ends: those to it, and those of its people; `None` for every centre.
pub fn ends_at_centre(actor: &Actor) -> Result<Option<CentreId>> {
    match Sight::of(actor)? {
        Sight::Everybody => Ok(None),
        Sight::Centre(centre) => Ok(Some(centre)),
        Sight::Own(_) => Err(not_for_this_role()),
    }
}

/// Refuses one that the person has already on some of these days, and one too many. `lasting` are those that have not ended.
pub fn fits(lasting: &[Lasting], centre: CentreId, term: Term) -> Result<()> {
    for one in lasting.iter().filter(|one| one.centre_id == centre) {
        let (from, until) = one.days()?;
        if term.overlaps(from, until) {
            return Err(Error::with_detail(
                ProblemCode::AlreadyExists,
                "this person is posted to this centre on some of these days already",
            ));
        }
    }
    if lasting.len() >= AT_MOST {
        let detail = "this person has four postings that have not ended";
        return Err(Error::field("/centre_id", "too_many", detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opening_hours::calendar::CalendarDate;
    use uuid::Uuid;

    fn day(text: &str) -> CalendarDate {
        text.parse().unwrap()
    }

    fn term(from: &str, until: Option<&str>) -> Term {
        Term { from: day(from), until: until.map(day) }
    }

    #[test]
    fn two_at_one_centre_share_no_day() {
        let centre = CentreId(Uuid::from_u128(1));
        let one = |until: Option<&str>| Lasting {
            centre_id: centre,
            from_day: "2027-01-10".to_owned(),
            until_day: until.map(str::to_owned),
        };
        let refused = |lasting: Lasting, term: Term| fits(&[lasting], centre, term).is_err();
        for other in [
            term("2027-01-20", None),
            term("2027-01-01", Some("2027-01-10")),
            term("2027-01-12", Some("2027-01-13")),
        ] {
            assert!(refused(one(Some("2027-01-20")), other), "{other:?}");
        }
        for other in [term("2027-01-21", None), term("2027-01-01", Some("2027-01-09"))] {
            assert!(!refused(one(Some("2027-01-20")), other), "{other:?}");
        }
        assert!(refused(one(None), term("2030-01-01", None)));
        assert!(fits(&[one(None)], CentreId(Uuid::from_u128(2)), term("2027-01-10", None)).is_ok());
    }
}

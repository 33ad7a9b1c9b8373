//! Whose absences somebody says and sees, and which fit. Pure.

use super::store::Lasting;
use crate::opening_hours::term::Term;
use contract::{CentreId, ProblemCode, StaffId, StaffRole};
use kernel::{
    access::{Actor, not_for_this_role},
    error::{Error, Result},
};

/// Whose absences somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All.
    Everybody,
    /// Those of this centre's people.
    Centre(CentreId),
    /// One's own, and those in which one stands in.
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

    /// Whether they say when this member of this centre is away: oneself, and whoever runs the account.
    pub fn holds(self, staff: StaffId, centre: CentreId) -> bool {
        match self {
            Self::Everybody => true,
            Self::Centre(own) => own == centre,
            Self::Own(own) => own == staff,
        }
    }
}

/// Refuses one that shares a day with another of the same person. `lasting` are those that have not ended.
pub fn fits(lasting: &[Lasting], term: Term) -> Result<()> {
    if shares_a_day(lasting, term)? {
        let detail = "they are away on some of these days already: end that absence first";
        return Err(Error::with_detail(ProblemCode::AlreadyExists, detail));
    }
    Ok(())
}

/// Whether somebody with these absences is away on one of these days.
pub fn shares_a_day(lasting: &[Lasting], term: Term) -> Result<bool> {
    for one in lasting {
        let (from, until) = one.days()?;
        if term.overlaps(from, Some(until)) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn term(from: &str, until: &str) -> Term {
        Term { from: from.parse().unwrap(), until: Some(until.parse().unwrap()) }
    }

    #[test]
    fn two_of_one_person_share_no_day() {
        let one = [Lasting { from_day: "2027-01-10".to_owned(), until_day: "2027-01-20".to_owned() }];
        for (other, fits_in) in [
            (term("2027-01-20", "2027-01-25"), false),
            (term("2027-01-01", "2027-01-10"), false),
            (term("2027-01-12", "2027-01-13"), false),
            (term("2027-01-21", "2027-01-25"), true),
            (term("2027-01-01", "2027-01-09"), true),
        ] {
            assert_eq!(fits(&one, other).is_ok(), fits_in, "{other:?}");
        }
        assert!(fits(&[], term("2027-01-12", "2027-01-13")).is_ok());
    }

    #[test]
    fn one_says_it_of_oneself_and_managers_of_their_people() {
        let (me, other) = (StaffId(Uuid::from_u128(1)), StaffId(Uuid::from_u128(2)));
        let (here, there) = (CentreId(Uuid::from_u128(3)), CentreId(Uuid::from_u128(4)));
        assert!(Sight::Own(me).holds(me, here) && !Sight::Own(me).holds(other, here));
        assert!(Sight::Centre(here).holds(other, here) && !Sight::Centre(here).holds(other, there));
        assert!(Sight::Everybody.holds(other, there));
    }
}

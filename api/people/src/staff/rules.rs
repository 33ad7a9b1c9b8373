//! Whose accounts each role runs. Pure.

use contract::{CentreId, StaffId, StaffRole};
use kernel::{
    access::{Actor, not_for_this_role},
    error::{Error, Result},
};

/// The accounts that somebody runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Every role at every centre.
    Everybody,
    /// Mentors and counsellors of this centre.
    Companions(CentreId),
}

impl Reach {
    /// Of this person.
    pub fn of(actor: &Actor) -> Result<Self> {
        match actor {
            Actor::Staff { role: StaffRole::Administrator, .. } => Ok(Self::Everybody),
            Actor::Staff { role: StaffRole::Manager, centre, .. } => Ok(Self::Companions(*centre)),
            _ => Err(not_for_this_role()),
        }
    }

    /// The only centre that is reached; `None` for every centre.
    pub const fn centre(self) -> Option<CentreId> {
        match self {
            Self::Everybody => None,
            Self::Companions(centre) => Some(centre),
        }
    }

    /// Refuses a role that is not theirs to give.
    pub fn may_give(self, role: StaffRole) -> Result<()> {
        match self {
            Self::Companions(_) if !role.accompanies() => {
                Err(Error::field("/role", "not_allowed", "managers give the roles of mentor and counsellor"))
            }
            _ => Ok(()),
        }
    }

    /// The centre of a new account: the manager's own, or the one that an administrator names.
    pub fn centre_for(self, named: Option<CentreId>) -> Result<CentreId> {
        match (self, named) {
            (Self::Companions(own), None) => Ok(own),
            (Self::Companions(own), Some(named)) if own == named => Ok(own),
            (Self::Companions(_), Some(_)) => {
                Err(Error::field("/centre_id", "not_allowed", "managers add to their own centre"))
            }
            (Self::Everybody, Some(named)) => Ok(named),
            (Self::Everybody, None) => {
                Err(Error::field("/centre_id", "required", "say at which centre they work"))
            }
        }
    }
}

/// Nobody takes their own account away or changes its role or factors this way: there would be no one left to undo it, and a
/// stolen session must not be enough for it.
pub fn may_touch(actor: &Actor, account: StaffId, field: &'static str) -> Result<()> {
    if actor.person() == account.0 {
        return Err(Error::field(field, "not_allowed", "not on one's own account"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::SessionId;
    use uuid::Uuid;

    fn staff(role: StaffRole) -> Actor {
        Actor::Staff {
            id: StaffId(Uuid::from_u128(1)),
            role,
            centre: CentreId(Uuid::from_u128(2)),
            session: Some(SessionId(Uuid::from_u128(3))),
            is_posted: false,
        }
    }

    #[test]
    fn managers_run_the_companions_of_their_centre_and_administrators_everybody() {
        let (own, other) = (CentreId(Uuid::from_u128(2)), CentreId(Uuid::from_u128(9)));
        let manager = Reach::of(&staff(StaffRole::Manager)).unwrap();
        let administrator = Reach::of(&staff(StaffRole::Administrator)).unwrap();
        for role in StaffRole::ALL {
            assert_eq!(manager.may_give(*role).is_ok(), role.accompanies(), "{role}");
            assert!(administrator.may_give(*role).is_ok());
        }
        assert_eq!(manager.centre_for(None).unwrap(), own);
        assert!(manager.centre_for(Some(other)).is_err());
        assert!(administrator.centre_for(None).is_err());
        assert_eq!(administrator.centre_for(Some(other)).unwrap(), other);
        for role in [StaffRole::Mentor, StaffRole::Counsellor, StaffRole::Observer] {
            assert!(Reach::of(&staff(role)).is_err());
        }
    }

    #[test]
    fn nobody_closes_their_own_account() {
        let administrator = staff(StaffRole::Administrator);
        assert!(may_touch(&administrator, StaffId(administrator.person()), "/active").is_err());
        assert!(may_touch(&administrator, StaffId(Uuid::from_u128(7)), "/active").is_ok());
    }
}

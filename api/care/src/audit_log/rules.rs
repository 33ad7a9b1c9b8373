//! Which part of the log each person sees, and which fields of a line. Pure.

use contract::StaffRole;
use kernel::access::Actor;
use kernel::things::Thing;
use uuid::Uuid;

/// The part of the log that somebody may read. Each part has a statement of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Everything.
    All,
    /// What concerns this centre.
    Centre(Uuid),
    /// What this person did.
    DoneBy(Uuid),
    /// What was done with this participant's file.
    About(Uuid),
}

/// How much a line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Everything.
    Full,
    /// What somebody did themselves, but for which other centre it concerned: whom they no longer accompany may have moved there.
    OwnDeeds,
    /// Not who did it, nor the ids that tell who: for an oversight body.
    WithoutActors,
    /// When, what, and in which role: for the participant.
    OwnFile,
}

/// The part that this person may read, and how much of it.
pub const fn part_of(actor: &Actor) -> (Part, Detail) {
    match actor {
        Actor::Participant { id, .. } => (Part::About(id.0), Detail::OwnFile),
        Actor::Staff { role: StaffRole::Administrator, .. } => (Part::All, Detail::Full),
        Actor::Staff { role: StaffRole::Observer, .. } => (Part::All, Detail::WithoutActors),
        Actor::Staff { role: StaffRole::Manager, centre, .. } => (Part::Centre(centre.0), Detail::Full),
        Actor::Staff { role: StaffRole::Mentor | StaffRole::Counsellor, id, .. } => {
            (Part::DoneBy(id.0), Detail::OwnDeeds)
        }
    }
}

impl Detail {
    /// Whether lines may be picked by who did it.
    pub const fn tells_actor(self) -> bool {
        matches!(self, Self::Full | Self::OwnDeeds)
    }

    /// Whether a line may say which thing of this kind it is about. Of a kind that only a later version knows, nobody but those who learn
    /// everything.
    pub fn tells_subject(self, kind: Option<&Thing>) -> bool {
        match self {
            Self::Full | Self::OwnDeeds => true,
            Self::WithoutActors => kind.is_some_and(|kind| kind.observers_learn_which),
            Self::OwnFile => kind.is_some_and(|kind| kind.participants_learn_which),
        }
    }

    /// Whether a line says which centre it concerns, which is the reader's own or not.
    pub const fn tells_centre(self, is_own: bool) -> bool {
        match self {
            Self::Full | Self::WithoutActors => true,
            Self::OwnDeeds => is_own,
            Self::OwnFile => false,
        }
    }

    /// Whether a line says which fields and words were involved.
    pub const fn tells_details(self) -> bool {
        !matches!(self, Self::OwnFile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{CentreId, SessionId, StaffId};
    use identity::things::{SESSION, STAFF};

    #[test]
    fn an_observer_sees_all_but_who() {
        let actor = |role| Actor::Staff {
            id: StaffId(Uuid::from_u128(1)),
            role,
            centre: CentreId(Uuid::from_u128(2)),
            session: Some(SessionId(Uuid::from_u128(3))),
            is_posted: false,
        };
        let (part, detail) = part_of(&actor(StaffRole::Observer));
        assert_eq!(part, Part::All);
        assert!(
            !detail.tells_actor()
                && !detail.tells_subject(Some(&STAFF))
                && !detail.tells_subject(Some(&SESSION))
        );
        assert_eq!(part_of(&actor(StaffRole::Counsellor)).0, Part::DoneBy(Uuid::from_u128(1)));
        assert_eq!(part_of(&actor(StaffRole::Manager)).0, Part::Centre(Uuid::from_u128(2)));
    }
}

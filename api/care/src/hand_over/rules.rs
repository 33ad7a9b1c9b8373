//! What can be done with a hand-over, by whom, and who is told of whom it is. Pure.

use super::words::{
    HandOverCommand::{self, Accept, Refuse, Withdraw},
    HandOverKind,
    HandOverState::{self, Accepted, Asked, Ended, Refused, Withdrawn},
};
use contract::{CentreId, StaffId, StaffRole};
use kernel::access::Actor;

/// Who looks at one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub staff: StaffId,
    /// The centre whose manager they are, if they are one.
    pub manages: Option<CentreId>,
}

impl By {
    /// This person, if their role has hand-overs at all.
    pub fn of(actor: &Actor) -> kernel::Result<Self> {
        let roles = &[StaffRole::Mentor, StaffRole::Counsellor, StaffRole::Manager];
        let (staff, role, centre) = actor.staff(roles)?;
        Ok(Self { staff, manages: (role == StaffRole::Manager).then_some(centre) })
    }
}

/// Between whom it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parties {
    /// Whose participant it is.
    pub from_centre: CentreId,
    /// Who asked.
    pub asked_by: StaffId,
    /// The colleague who is asked.
    pub to_staff: Option<StaffId>,
    /// The centre that is asked.
    pub to_centre: Option<CentreId>,
}

/// On which side of it somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// They asked, or answer for whoever did.
    Asking,
    /// They are asked.
    Asked,
    /// They only look on: whoever is to be relieved at the word of a manager.
    Beside,
}

/// On which side this person stands.
pub fn side(parties: &Parties, by: By) -> Side {
    let manages = |centre: Option<CentreId>| centre.is_some() && by.manages == centre;
    if parties.to_staff == Some(by.staff) || manages(parties.to_centre) {
        Side::Asked
    } else if (parties.asked_by == by.staff && parties.to_staff.is_some())
        || manages(Some(parties.from_centre))
    {
        Side::Asking
    } else {
        Side::Beside
    }
}

/// Where it stands after the command of somebody on this side; `None` if that cannot be done now, or not by them.
pub const fn after(state: HandOverState, command: HandOverCommand, side: Side) -> Option<HandOverState> {
    Some(match (state, command, side) {
        (Asked, Accept, Side::Asked) => Accepted,
        (Asked, Refuse, Side::Asked) => Refused,
        (Asked, Withdraw, Side::Asking) => Withdrawn,
        _ => return None,
    })
}

/// Where it stands once it is moot; `None` if it is over anyway.
pub const fn ended(state: HandOverState) -> Option<HandOverState> {
    match state {
        Asked => Some(Ended),
        Accepted | Refused | Withdrawn | Ended => None,
    }
}

/// What somebody on this side can do now.
pub fn possible(state: HandOverState, side: Side) -> Vec<HandOverCommand> {
    HandOverCommand::ALL.iter().copied().filter(|command| after(state, *command, side).is_some()).collect()
}

/// What is told of the participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// How they are called, what they speak, and the note: whoever has them knows it, and a colleague must know whether it is somebody whom
    /// they know otherwise.
    Called,
    /// Their initials, what they speak, where they live, and the note: enough for another centre to say whether it can.
    Initials,
    /// Nothing: it is over, and they are not this person's.
    Nothing,
}

/// What somebody is told of the participant, who has them in their caseload or has not.
pub const fn shown(kind: HandOverKind, state: HandOverState, has_participant: bool) -> Shown {
    match (has_participant, state, kind) {
        (true, ..) => Shown::Called,
        (false, Asked, HandOverKind::Companion) => Shown::Called,
        (false, Asked, HandOverKind::Centre) => Shown::Initials,
        (false, Accepted | Refused | Withdrawn | Ended, _) => Shown::Nothing,
    }
}

/// The initials of a name: the first letters of its first and its last word.
pub fn initials(name: &str) -> String {
    let mut letters =
        name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphabetic()));
    let first = letters.next();
    let all = first.into_iter().chain(letters.next_back());
    let initials: Vec<String> = all.map(|letter| format!("{letter}.")).collect();
    // Whoever has a name without letters has no initials, either.
    if initials.is_empty() { "–".to_owned() } else { initials.join(" ") }
}

#[cfg(test)]
mod tests;

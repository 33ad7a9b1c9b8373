//! What the button of a notification does now, in one pure function.
//!
//! A notification may lie on a phone for days while the world moves on. Its button must never answer for something that its
//! reader has not read about (another time, another place), and must never refuse somebody what is the case already: on a
//! poor network the first answer was lost, or an older notification of the same thing is tapped once more.

/// What the rule needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Whether what the button asks for is the case already.
    pub is_so: bool,
    /// Whether its subject is still what the notification told of.
    pub is_as_told: bool,
    /// Whether the reminder was withdrawn.
    pub is_superseded: bool,
    /// Whether this button was used before.
    pub is_used: bool,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// Carry the command out, if the state allows it.
    CarryOut,
    /// It is so already: say so again.
    InForce,
    /// It was used, and something else happened since.
    Used,
    /// It is of no use any more: open the app.
    Useless,
}

/// What a genuine token that has not expired does now.
pub fn judge(situation: Situation) -> Ruling {
    let Situation { is_so, is_as_told, is_superseded, is_used } = situation;
    if is_as_told && is_so {
        Ruling::InForce
    } else if is_used {
        Ruling::Used
    } else if is_superseded || !is_as_told {
        Ruling::Useless
    } else {
        Ruling::CarryOut
    }
}

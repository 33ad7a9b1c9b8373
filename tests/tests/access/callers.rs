//! Everybody who could call.

use muwakaba_tests::{TestApp, world::SignedIn};

/// A kind of caller, as seen from the matrix's own participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Somebody who is not signed in.
    Nobody,
    /// The participant.
    Participant,
    /// Another participant of the centre.
    OtherParticipant,
    /// The participant's mentor.
    Mentor,
    /// A mentor of the centre who does not accompany them.
    OtherMentor,
    /// The participant's counsellor.
    Counsellor,
    /// The manager of their centre.
    Manager,
    /// The manager of another centre.
    OtherManager,
    /// The administrator.
    Administrator,
    /// The observer.
    Observer,
}

impl Caller {
    /// Everybody, in the order of the columns.
    pub const ALL: [Self; 10] = [
        Self::Nobody,
        Self::Participant,
        Self::OtherParticipant,
        Self::Mentor,
        Self::OtherMentor,
        Self::Counsellor,
        Self::Manager,
        Self::OtherManager,
        Self::Administrator,
        Self::Observer,
    ];

    /// What stands above the column.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Participant => "part.",
            Self::OtherParticipant => "other p.",
            Self::Mentor => "mentor",
            Self::OtherMentor => "other m.",
            Self::Counsellor => "couns.",
            Self::Manager => "manager",
            Self::OtherManager => "other mg.",
            Self::Administrator => "admin.",
            Self::Observer => "observer",
        }
    }
}

/// Everybody, signed in.
pub struct Callers(Vec<(Caller, Option<SignedIn>)>);

impl Callers {
    /// On sessions of their own, whatever the operations before did to the others.
    pub async fn sign_in(app: &TestApp) -> Self {
        let world = &app.world;
        let mut callers = Vec::new();
        for caller in Caller::ALL {
            let person = match caller {
                Caller::Nobody => None,
                Caller::Participant => Some(&world.participant),
                Caller::OtherParticipant => Some(&world.other_participant),
                Caller::Mentor => Some(&world.mentor),
                Caller::OtherMentor => Some(&world.other_mentor),
                Caller::Counsellor => Some(&world.counsellor),
                Caller::Manager => Some(&world.manager),
                Caller::OtherManager => Some(&world.other_manager),
                Caller::Administrator => Some(&world.administrator),
                Caller::Observer => Some(&world.observer),
            };
            let signed_in = match person {
                Some(person) => Some(person.on_another_device(&app.app).await),
                None => None,
            };
            callers.push((caller, signed_in));
        }
        Self(callers)
    }

    /// Puts somebody else in the place of this one.
    pub fn replace(&mut self, caller: Caller, person: SignedIn) {
        self.0.retain(|(one, _)| *one != caller);
        self.0.push((caller, Some(person)));
    }

    /// This one.
    pub fn get(&self, caller: Caller) -> Option<&SignedIn> {
        self.0.iter().find(|(one, _)| *one == caller).and_then(|(_, person)| person.as_ref())
    }
}

//! The commands. Every operation that changes something has one with a request that is carried out if nobody is in the way, registered
//! by its feature; `every_operation_has_a_deed` in `pairs.rs` says which one is missing.

use super::scene::Scene;
use crate::{
    operations::{self, Ids, Stage},
    registry::each,
};
use futures_util::future::LocalBoxFuture;
use muwakaba_tests::{http::Request, world::SignedIn};
use serde_json::Value;

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Nobody,
    Participant,
    Mentor,
    Counsellor,
    Manager,
    Administrator,
}

/// Puts a request together that is unlike the usual one of its operation.
pub type Sent = for<'a> fn(&'a Stage, &'a Ids, Option<&'a SignedIn>) -> LocalBoxFuture<'a, Request>;

/// A command.
#[derive(Debug, Clone, Copy)]
pub struct Deed {
    /// What it is.
    pub name: &'static str,
    /// The operation of the contract.
    pub operation: &'static str,
    by: By,
    /// What it is about, if its path does not say so.
    about: Option<&'static str>,
    /// Whether it is about the manager instead of the mentor.
    is_about_manager: bool,
    /// What its body is, if not the usual one of its operation.
    body: Option<fn(&Ids) -> Value>,
    /// What its request is, if not the usual one.
    sent: Option<Sent>,
    /// Whether what it does is in the audit log.
    pub is_audited: bool,
    /// Whether a refusal is in the audit log as well.
    pub is_refusal_audited: bool,
}

impl Deed {
    /// Whether somebody who has to be signed in can do it beside that one: the participant of a file that is closed is not.
    pub fn fits_beside(&self, other: &Self) -> bool {
        let opens = ["reopenParticipant", "reverseDeath"];
        !(opens.contains(&other.operation) && matches!(self.by, By::Participant))
    }
}

/// What this operation usually does, done by them.
pub const fn deed(name: &'static str, operation: &'static str, by: By) -> Deed {
    Deed {
        name,
        operation,
        by,
        about: None,
        is_about_manager: false,
        body: None,
        sent: None,
        is_audited: true,
        is_refusal_audited: false,
    }
}

impl Deed {
    /// With this body.
    pub const fn with(self, body: fn(&Ids) -> Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// With this request.
    pub const fn sent(self, sent: Sent) -> Self {
        Self { sent: Some(sent), ..self }
    }

    /// About a thing of this name, which its path does not name.
    pub const fn about(self, subject: &'static str) -> Self {
        Self { about: Some(subject), ..self }
    }

    /// About the manager.
    pub const fn of_manager(self) -> Self {
        Self { is_about_manager: true, ..self }
    }

    /// No deed for the audit log.
    pub const fn unaudited(self) -> Self {
        Self { is_audited: false, ..self }
    }

    /// In the audit log even if it is refused.
    pub const fn audited_when_refused(self) -> Self {
        Self { is_refusal_audited: true, ..self }
    }

    /// What it shares with the deed beside it, if that is about such a thing as well.
    pub fn subject(&self) -> Option<&'static str> {
        self.about.or_else(|| {
            let operation = operations::named(self.operation);
            each(|feature| feature.subjects)
                .find(|subject| subject.is_shared && operation.is_about(subject.name))
                .map(|subject| subject.name)
        })
    }
}

/// All of them.
pub fn all() -> Vec<&'static Deed> {
    each(|feature| feature.deeds).collect()
}

/// The deed of this name.
pub fn named(name: &str) -> &'static Deed {
    each(|feature| feature.deeds)
        .find(|deed| deed.name == name)
        .unwrap_or_else(|| panic!("no deed is called {name}"))
}

/// A request that is ready to be sent.
pub struct Ready {
    /// It.
    pub request: Request,
    /// What it is about.
    pub ids: Ids,
    /// Who sends it, if they are signed in.
    pub caller: Option<SignedIn>,
}

impl Deed {
    /// Puts everything into the state that it needs, or takes what the other deed is about for its own.
    pub async fn ready(&self, scene: &Scene, serial: u32, shared: Option<(&'static str, &Ids)>) -> Ready {
        let stage = &scene.stage;
        let app = &stage.app;
        let operation = operations::named(self.operation);
        let caller = match self.by {
            By::Nobody => None,
            By::Participant => Some(&app.world.participant),
            By::Mentor => Some(&app.world.mentor),
            By::Counsellor => Some(&app.world.counsellor),
            By::Manager => Some(&app.world.manager),
            By::Administrator => Some(&app.world.administrator),
        };
        let caller = match caller {
            Some(person) => Some(person.on_another_device(&app.app).await),
            None => None,
        };
        let mut ids = match shared {
            Some((subject, ids)) if self.subject() == Some(subject) => ids.clone(),
            _ => stage.ready(&operation, scene.target()).await,
        };
        ids = stage.seen_by(&operation, &ids, caller.as_ref()).await;
        for subject in each(|feature| feature.subjects) {
            if self.about == Some(subject.name) && !ids.has(subject.name) {
                ids = (subject.make)(stage, &operation, ids).await;
            }
        }
        if self.is_about_manager {
            ids.companion = app.world.manager.id;
        }
        let request = match self.sent {
            Some(sent) => sent(stage, &ids, caller.as_ref()).await,
            None => {
                let mut prepared = stage.request(&operation, &ids, caller.as_ref(), serial).await;
                if let Some(body) = self.body {
                    prepared.body = Some(body(&ids));
                }
                prepared.by(app, caller.as_ref())
            }
        };
        Ready { request, ids, caller }
    }
}

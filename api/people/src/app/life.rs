//! What happens in the life of a participant's file or of an account, in words, and how a feature takes part in it.
//!
//! Whoever adds a feature asks of each event what it means for the feature: it answers in one `match` without a wildcard, so that a further
//! event is asked of every feature by the compiler.

use super::App;
use contract::{AppointmentId, CentreId, ParticipantId, StaffId, SubjectKind, time::Instant};
use db::Tx;
use futures_util::future::BoxFuture;
use identity::sign_in::sessions::EndReason;
use kernel::{access::Actor, error::Result};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What happens.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    /// A participant is no longer accompanied.
    FileCloses(ParticipantId),
    /// A participant is accompanied from now on, or again, at this centre. What was cancelled stays cancelled; but whether somebody is accompanied is one of
    /// the things that reminders are planned from.
    FileOpens(ParticipantId, CentreId),
    /// A participant of this centre is reminded of nothing for a while, nor is anybody of anything about them. What is agreed on stands.
    FilePauses(ParticipantId, CentreId),
    /// A participant of this centre is there again: what lies ahead is reminded of, and nothing that was due meanwhile is sent late.
    FileResumes(ParticipantId, CentreId),
    /// A participant of this centre lives in another zone from now on: their nights are elsewhere.
    ZoneChanges(ParticipantId, CentreId),
    /// An account is closed, or has another role.
    AccountChanges(Leaving),
    /// A staff member has another name or role: whatever shows it to others is told again.
    AccountIsShownOtherwise(StaffId),
    /// A staff member accompanies a participant from now on.
    AssignmentStarts(ParticipantId, StaffId),
    /// Somebody else among those who accompany a participant is in charge from now on.
    LeadChanges(ParticipantId),
    /// A staff member is away from now on, or back.
    PresenceChanges(StaffId),
    /// A staff member no longer accompanies somebody, or nobody any more.
    AssignmentEnds(StaffId),
    /// Another centre accompanies a participant from now on.
    PersonMoves(Move),
    /// A staff member no longer works at another centre.
    PostingEnds(Recall),
    /// A centre has another zone or other rules for reminders.
    CentreChanges(CentreId),
    /// A participant no longer agrees to something: they took it back, or its time ran out.
    ConsentEnds(Ended),
}

/// What is about to happen, as far as something is to be held for it.
#[derive(Debug, Clone, Copy)]
pub enum Coming {
    /// A participant's file is about to be closed.
    FileCloses(ParticipantId),
    /// A participant's file is about to rest.
    FilePauses(ParticipantId),
    /// An account is about to be closed, or to get another role.
    AccountChanges(StaffId),
    /// Somebody is about to accompany this participant, or to do so no longer.
    AssignmentStarts(ParticipantId),
    /// A participant is about to be another centre's.
    PersonMoves(ParticipantId),
    /// Somebody's posting to this centre is about to end.
    PostingEnds(StaffId, CentreId),
    /// A participant is about to agree to something no longer.
    ConsentEnds(Ended),
}

/// What a participant no longer agrees to.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    /// Who.
    pub participant: ParticipantId,
    /// To what, by the word of its purpose.
    pub purpose: &'static str,
    /// What exactly it was for; nil where the purpose says it all.
    pub subject: Uuid,
}

/// An account that was closed, or whose role is another one now.
#[derive(Debug, Clone, Copy)]
pub struct Leaving {
    /// Whose.
    pub staff: StaffId,
    /// Where.
    pub centre: CentreId,
    /// Why it loses its sessions, if it does.
    pub out: Option<EndReason>,
    /// Whether it accompanies nobody any more.
    pub accompanies_nobody: bool,
    /// Whether it received people until now and receives nobody any more.
    pub receives_nobody: bool,
    /// Who takes over what lies ahead of it.
    pub successor: Option<StaffId>,
}

/// A participant whose file is another centre's now. Whether it is open or closed stays as it is, and so do their phones.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// Who.
    pub participant: ParticipantId,
    /// Whose they were.
    pub from: CentreId,
    /// Whose they are.
    pub to: CentreId,
}

/// A posting that ended.
#[derive(Debug, Clone, Copy)]
pub struct Recall {
    /// Whose.
    pub staff: StaffId,
    /// To which centre it was.
    pub centre: CentreId,
    /// Who takes over what lies ahead of them there.
    pub successor: Option<StaffId>,
    /// Who ended it; nobody if its time had run out.
    pub by: Option<Uuid>,
    /// When it ended.
    pub at: Instant,
}

/// What a feature gets to take part with.
pub struct Scene<'s> {
    /// The service.
    pub app: &'s App,
    /// The transaction of what happens.
    pub tx: &'s mut Tx,
    /// Who does it.
    pub actor: &'s Actor,
    /// When.
    pub now: Instant,
}

/// What came of it, for the answer and the audit log.
#[derive(Debug, Default)]
pub struct Consequences {
    counts: BTreeMap<&'static str, usize>,
    /// What people may still be reminded of and is another centre's now.
    pub moved: Vec<(SubjectKind, Vec<Uuid>)>,
}

impl Consequences {
    /// So many of these, such as `appointments_cancelled`.
    #[must_use]
    pub fn of(what: &'static str, count: usize) -> Self {
        Self { counts: BTreeMap::from([(what, count)]), moved: Vec::new() }
    }

    /// With these of one kind, which are another centre's now.
    #[must_use]
    pub fn moving(mut self, kind: SubjectKind, moved: Vec<Uuid>) -> Self {
        self.moved.push((kind, moved));
        self
    }

    /// How many of these there were.
    pub fn count(&self, what: &str) -> usize {
        self.counts.get(what).copied().unwrap_or(0)
    }

    /// Together with what came of it elsewhere.
    pub fn add(&mut self, other: Self) {
        for (what, count) in other.counts {
            *self.counts.entry(what).or_default() += count;
        }
        self.moved.extend(other.moved);
    }
}

/// How a feature takes part.
pub trait Life: Sync {
    /// Holds what it will change, before the file or the account is held: whoever changes both holds these things first, so that two never
    /// wait for each other in a circle.
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, now: Instant) -> BoxFuture<'a, Result<()>>;

    /// Does what it means for the feature.
    fn take_part<'a>(&'a self, scene: Scene<'a>, event: &'a Event) -> BoxFuture<'a, Result<Consequences>>;

    /// An appointment stands elsewhere than before: something of the feature may be waiting for it.
    fn appointment_changes<'a>(
        &'a self,
        _: &'a mut Tx,
        _: (AppointmentId, ParticipantId),
        _: Instant,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// The world has new rules for its clocks: whatever is agreed on the wall and lies ahead is derived
    /// again, in this transaction.
    fn zone_data_changes<'a>(
        &'a self,
        app: &'a App,
        tx: &'a mut Tx,
        now: Instant,
    ) -> BoxFuture<'a, Result<()>>;
}

/// Of a feature that nothing of this means anything to.
#[derive(Debug)]
pub struct Untouched;

impl Life for Untouched {
    fn hold<'a>(&'a self, _: &'a mut Tx, _: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn take_part<'a>(&'a self, _: Scene<'a>, _: &'a Event) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(std::future::ready(Ok(Consequences::default())))
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Of what is a participant's, wherever they are: it goes with them to another centre, and nothing else that happens means anything to it.
/// A further event is asked of all such features at once, here.
#[derive(Debug)]
pub struct GoesAlong {
    /// Holds all of it of one participant, in the order in which everybody does.
    pub hold_all_of: for<'a> fn(&'a mut Tx, ParticipantId) -> BoxFuture<'a, db::Result<()>>,
    /// Lets all of it of one participant be this centre's.
    pub set_centre: for<'a> fn(&'a mut Tx, ParticipantId, CentreId) -> BoxFuture<'a, db::Result<()>>,
}

impl Life for GoesAlong {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::PersonMoves(participant) => Ok((self.hold_all_of)(tx, participant).await?),
                Coming::FileCloses(_)
                | Coming::FilePauses(_)
                | Coming::ConsentEnds(_)
                | Coming::AccountChanges(_)
                | Coming::AssignmentStarts(_)
                | Coming::PostingEnds(..) => Ok(()),
            }
        })
    }

    fn take_part<'a>(
        &'a self,
        Scene { tx, .. }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::PersonMoves(moving) => {
                    (self.set_centre)(tx, moving.participant, moving.to).await?;
                }
                Event::FileCloses(_)
                | Event::FileOpens(..)
                | Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::PresenceChanges(_)
                | Event::ConsentEnds(_)
                | Event::ZoneChanges(..)
                | Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::AssignmentStarts(..)
                | Event::AssignmentEnds(_)
                | Event::PostingEnds(_)
                | Event::LeadChanges(_)
                | Event::CentreChanges(_) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

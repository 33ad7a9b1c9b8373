//! Looking at how it stands with somebody: what was found is kept, another attempt planned, and who was reached is no longer looked for. The
//! same when a contact was recorded, when an attempt was, and when time has passed.

use super::{
    remind,
    rules::{self, Known, Standing},
    store::{self, Around},
    timers,
};
use crate::{
    App,
    participant::store::{kept_in, merged_into},
    work_item::{self, Raise, WorkCause},
};
use contract::{CentreId, ParticipantId, time::Instant};
use db::Tx;
use kernel::{agenda, error::Result};

/// What is known of somebody, and what follows.
pub async fn known(tx: &mut Tx, around: &Around, opened_at: Instant, now: Instant) -> Result<Standing> {
    let mut contacts = store::found(tx, around.participant_id).await?;
    // Met under a file that was merged into this one is met.
    for file in merged_into(tx, around.participant_id).await? {
        contacts.extend(store::found(tx, file).await?);
    }
    let attempts = store::attempts(tx, around.participant_id).await?;
    let after_days = around.no_contact_days;
    let known = Known { opened_at, contacts: &contacts, attempts: &attempts, after_days };
    Ok(rules::standing(known, now))
}

/// How it stands with somebody, and what was kept of that before.
pub struct Looked {
    /// How it stands.
    pub standing: Standing,
    /// Whether they are to be looked at again earlier than was known.
    is_due_earlier: bool,
    /// When somebody was called last to look for them.
    called_at: Option<Instant>,
    centre: CentreId,
}

/// Looks at how it stands with somebody who is accompanied; `None` if they are not. Centre and participant are held first, then what is
/// kept of them, then what has to be done about it: whoever changes a file holds that before as well.
pub async fn look(
    app: &App,
    tx: &mut Tx,
    participant: ParticipantId,
    now: Instant,
) -> Result<Option<Looked>> {
    let around = store::around(tx, participant).await?;
    if !around.is_accompanied {
        return Ok(None);
    }
    let (before, is_new) = store::held(tx, &around).await?;
    let standing = known(tx, &around, before.opened_at, now).await?;
    store::keep(tx, &around, &standing).await?;
    if before.called_at.is_some() && !standing.is_without_contact() {
        // They were reached, or need not be looked for yet: the next call is about another time.
        store::called(tx, participant, None).await?;
    }
    if before.try_again_at.is_some() || standing.try_again.is_some() {
        remind::plan_again(app, tx, &around, &standing, now).await?;
    }
    let is_due_earlier = is_new || standing.counted_from < before.counted_from;
    Ok(Some(Looked { standing, is_due_earlier, called_at: before.called_at, centre: around.centre_id }))
}

/// Something was recorded, corrected or withdrawn that says when somebody was met or spoken to, or tried in vain.
pub async fn happened(app: &App, tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    let Some((participant, looked)) = look_where_kept(app, tx, participant, now).await? else {
        return Ok(());
    };
    if looked.is_due_earlier {
        agenda::note(tx, timers::CONTACTS, looked.centre, &[participant.0], looked.standing.due_at()).await?;
    }
    if !looked.standing.is_without_contact() {
        called_off(app, tx, participant, now).await?;
    }
    Ok(())
}

/// How it stands with somebody; where their file was merged into another one, with the person of that. A phone without network sends late what
/// was recorded about the merged one.
async fn look_where_kept(
    app: &App,
    tx: &mut Tx,
    participant: ParticipantId,
    now: Instant,
) -> Result<Option<(ParticipantId, Looked)>> {
    if let Some(looked) = look(app, tx, participant, now).await? {
        return Ok(Some((participant, looked)));
    }
    let kept = kept_in(tx, &[participant.0]).await?.into_iter().next().map(ParticipantId);
    let Some(other) = kept.filter(|kept| *kept != participant) else { return Ok(None) };
    Ok(look(app, tx, other, now).await?.map(|looked| (other, looked)))
}

/// Nobody need look for somebody.
pub async fn called_off(app: &App, tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    work_item::resolve(app, tx, WorkCause::NoContact, participant.0, now).await
}

/// Somebody has been without contact for too long: whoever leads is to look for them. They are called once, and once more each time that as
/// long has passed again, for whatever else somebody is looked at meanwhile; when the next time is.
pub async fn call_for(
    app: &App,
    tx: &mut Tx,
    participant: ParticipantId,
    looked: &Looked,
    now: Instant,
) -> Result<Instant> {
    let due = looked.standing.call_at(looked.called_at);
    if due > now {
        return Ok(due);
    }
    store::called(tx, participant, Some(now)).await?;
    let subject = participant.0;
    let what = Raise { cause: WorkCause::NoContact, subject, participant, centre: looked.centre };
    work_item::raise(app, tx, what, now).await?;
    Ok(looked.standing.call_at(Some(now)))
}

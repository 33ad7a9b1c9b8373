//! A participant's move to another centre: what is done in the moment in which that centre accepts it (`hand_over`).

use super::{particulars, row::Row, store};
use crate::{
    app::{
        App,
        life::{Coming, Event, Move},
    },
    life,
};
use contract::{AuditId, CentreId, ParticipantId, time::Instant};
use db::Tx;
use identity::things::PARTICIPANT;
use kernel::{access::Actor, audit::Audit, error::Result};

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    /// How many of the former centre's mentors and counsellors accompanied them until now.
    pub assignments_ended: usize,
    /// How many appointments lay ahead of them, and were cancelled.
    pub appointments_cancelled: usize,
}

/// Holds what changes when somebody moves, theirs and that of the files that were merged into theirs, before the rows themselves are held.
pub async fn is_about_to(app: &App, tx: &mut Tx, id: ParticipantId, now: Instant) -> Result<()> {
    for file in with_merged(tx, id).await? {
        life::is_about_to(app, tx, Coming::PersonMoves(file), now).await?;
    }
    Ok(())
}

/// Their file and those that were merged into it, in the order of their ids, in which everybody holds several: whoever merges two of them or
/// undoes that at the same moment is waited for, and does not wait in turn.
async fn with_merged(tx: &mut Tx, id: ParticipantId) -> Result<Vec<ParticipantId>> {
    let mut files = store::merged_into(tx, id).await?;
    files.push(id);
    files.sort_unstable();
    Ok(files)
}

/// Lets another centre have a participant from this moment on; nothing, if they are not the former one's any more, or there is no such centre.
/// What changes is held by then ([`is_about_to`]). A file that was merged into another one moves with that alone.
pub async fn move_to_centre(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (id, (from, to)): (ParticipantId, (CentreId, CentreId)),
    now: Instant,
) -> Result<Option<Moved>> {
    for file in with_merged(tx, id).await? {
        store::load_of_centre(tx, file, from).await?;
    }
    let Some(mut row) = store::load_of_centre(tx, id, from).await? else { return Ok(None) };
    if row.merged_into().is_some() || !store::hold_centre(tx, to).await? {
        return Ok(None);
    }
    if let Some(number) = &row.particulars.file_number_lookup
        && store::is_number_taken(tx, to, number, id).await?
    {
        particulars::give_file_number_up(app, &mut row)?;
    }
    row.centre_id = to;
    row.version += 1;
    store::update(tx, &row).await?;
    // Told first: all else that the new centre hears is about somebody whom it knows by then.
    tx.changed(row.changed());
    let moves = Event::PersonMoves(Move { participant: id, from, to });
    let consequences = life::happens(app, tx, actor, moves, now).await?;
    tell_both_feeds(tx, &row, from);
    for file in store::merged_into(tx, id).await? {
        follow(app, tx, actor, ((file, id), (from, to)), now).await?;
    }
    let assignments_ended = consequences.count("assignments_ended");
    let appointments_cancelled = consequences.count("appointments_cancelled");
    // Each centre's log tells it: that of the other centre is the only one that its manager sees.
    for (verb, centre) in [("arrive", to), ("move", from)] {
        let line = Audit::new(&PARTICIPANT, verb, id.0)
            .about(id)
            .at(centre)
            .with("assignments_ended", assignments_ended)
            .with("appointments_cancelled", appointments_cancelled);
        line.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?;
    }
    Ok(Some(Moved { assignments_ended, appointments_cancelled }))
}

/// A file that was merged into that of a participant who moves goes with it: it is the same person's, and each log tells of it as well.
async fn follow(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    ((id, into), (from, to)): ((ParticipantId, ParticipantId), (CentreId, CentreId)),
    now: Instant,
) -> Result<()> {
    // One that was merged while its person was being held has not been held itself: what of it is held already is not waited for again.
    life::is_about_to(app, tx, Coming::PersonMoves(id), now).await?;
    let Some(mut row) = store::load_of_centre(tx, id, from).await? else { return Ok(()) };
    if let Some(number) = &row.particulars.file_number_lookup
        && store::is_number_taken(tx, to, number, id).await?
    {
        particulars::give_file_number_up(app, &mut row)?;
    }
    row.centre_id = to;
    row.version += 1;
    store::update(tx, &row).await?;
    tx.changed(row.changed());
    let moves = Event::PersonMoves(Move { participant: id, from, to });
    life::happens(app, tx, actor, moves, now).await?;
    tell_both_feeds(tx, &row, from);
    for (verb, centre) in [("arrive", to), ("move", from)] {
        let line = Audit::new(&PARTICIPANT, verb, id.0).about(id).at(centre).with("with", into.0.to_string());
        line.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?;
    }
    Ok(())
}

/// The former centre hears that the person is gone, and nothing else of them any more; the new one gets all that there is.
fn tell_both_feeds(tx: &mut Tx, row: &Row, from: CentreId) {
    tx.changed(row.revoked_at(from));
    tx.follow(row.id.0, from.0, row.centre_id.0);
}

//! Saying how a session was, over HTTP and from a phone that had no network.

use super::{rules, said, said::Said, store, things::IMPRESSION, words::Face};
use crate::{App, appointment};
use contract::{Subject, time::Instant};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// Keeps what its participant said of a session. `said_at` is when they said it.
pub async fn say(
    app: &App,
    tx: &mut Tx,
    session: &appointment::Row,
    face: Face,
    said_at: Instant,
    now: Instant,
) -> Result<(Said, Audit)> {
    let id = said::id_of(&app.keys, session.id);
    let before = store::load(tx, id).await?;
    let said_before = before.map(|row| Said::open(&app.keys, id, &row.said_sealed)).transpose()?.flatten();
    let said_at = said_at.min(now);
    let first_at = said_before.map(|said| said.first_at);
    rules::may_say(session.state(), session.ends_at, first_at, said_at, now).map_err(|refusal| {
        Error::command_refused::<&str>(Subject::appointment(session.id), refusal.describe(), &[])
    })?;
    let said = Said {
        face,
        first_at: first_at.unwrap_or(said_at),
        person: said::person(&app.keys, session.participant_id),
    };
    let row = store::Row {
        id,
        month: rules::month_of(session.local_start),
        said_sealed: said.seal(&app.keys, id, &*app.random)?,
    };
    store::keep(tx, &row, session.centre_id).await?;
    // Which session it was, the audit log does not say either.
    let audit = Audit::new(&IMPRESSION, "say", None).about(session.participant_id).at(session.centre_id);
    Ok((said, audit))
}

//! Search by name. The database cannot read names, so each node searches an index in its memory; what it finds is then
//! loaded through a statement with the caller's scope in it, like everything else. The index is kept fresh from the centre's
//! change feed, so another node's change is found as well.

use super::store::{self, SealedName};
use crate::{
    app::App,
    error::Result,
    protect::{known_names::KnownNames, privacy::Name, seal::Field},
};
use contract::CentreId;
use std::{
    collections::HashSet,
    sync::{MutexGuard, PoisonError},
};
use uuid::Uuid;

/// No step under the lock leaves the index half done, so a panic elsewhere does not end searching.
fn known(app: &App) -> MutexGuard<'_, KnownNames> {
    app.names.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Brings the index up to what the centre's change feed says now.
pub async fn refresh(app: &App, centre: CentreId) -> Result<()> {
    let mut tx = app.db.read().await?;
    let position = store::position(&mut tx, centre).await?;
    let seen = known(app).position(centre.0);
    let sealed = match seen {
        Some(seen) if seen >= position => return Ok(()),
        Some(seen) => store::changed_names(&mut tx, centre, seen).await?,
        None => store::all_names(&mut tx, centre).await?,
    };
    drop(tx);
    let names: Vec<_> = sealed.iter().map(|sealed| (sealed.0, open(app, sealed))).collect();
    known(app).learn(centre.0, position, &names);
    Ok(())
}

/// A name that does not open is left out of the search and told to the operator; the others stay searchable.
fn open(app: &App, (id, key, name): &SealedName) -> Option<Name> {
    let (key, name) = (key.as_ref()?, name.as_ref()?);
    let field = Field::new("participant", "name_sealed", *id);
    match app.keys.participants.key(*id, key).and_then(|key| key.open_text(field, name)) {
        Ok(name) => Some(name),
        Err(error) => {
            tracing::error!(participant.id = %id, %error, "a name does not open");
            None
        }
    }
}

/// The best matches among these participants, best first.
pub fn search(app: &App, query: &str, among: Vec<Uuid>, limit: u16) -> Vec<Uuid> {
    let among: HashSet<Uuid> = among.into_iter().collect();
    known(app).search(query, |entry| among.contains(&entry.id), usize::from(limit))
}

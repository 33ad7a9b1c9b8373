//! Search by name. The database cannot read names, so each node searches an index in its memory for the best matches; those
//! are then loaded through a statement with the caller's scope in it, like everything else. The index is kept fresh from the
//! centre's change feed, so another node's change is found as well.
//!
//! The index knows centres and who is still accompanied, which is all that a manager's search depends on. A mentor's people are
//! asked for beforehand: there are few. Opening names and searching them takes a processor for a while, so both are done apart
//! from the threads that answer requests.

use super::{
    request::Filter,
    store::{self, SealedName},
};
use crate::{
    access::{Scope, ScopeKind},
    app::App,
    error::{Error, Result},
    protect::{name_index::Entry, privacy::Name, seal::Field},
};
use contract::CentreId;
use std::{collections::HashSet, sync::PoisonError};
use uuid::Uuid;

/// Brings the index up to what the centre's change feed says now.
async fn refresh(app: &App, centre: CentreId) -> Result<()> {
    let mut tx = app.db.read().await?;
    let position = store::position(&mut tx, centre).await?;
    // No step under the lock leaves the index half done, so a panic elsewhere does not end searching.
    let seen = app.names.read().unwrap_or_else(PoisonError::into_inner).position(centre.0);
    let sealed = match seen {
        Some(seen) if seen >= position => return Ok(()),
        Some(seen) => store::changed_names(&mut tx, centre, seen).await?,
        None => store::all_names(&mut tx, centre).await?,
    };
    drop(tx);
    let app = app.clone();
    apart(move || {
        let names: Vec<_> = sealed.iter().map(|sealed| (sealed.0, open(&app, sealed))).collect();
        app.names.write().unwrap_or_else(PoisonError::into_inner).learn(centre.0, position, &names);
    })
    .await
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// A name that does not open is left out of the search and told to the operator; the others stay searchable.
fn open(app: &App, (id, key, name, active): &SealedName) -> Option<(Name, bool)> {
    let (key, name, active) = (key.as_ref()?, name.as_ref()?, (*active)?);
    let field = Field::new("participant", "name_sealed", *id);
    match app.keys.participants.key(*id, key).and_then(|key| key.open_text(field, name)) {
        Ok(name) => Some((name, active)),
        Err(error) => {
            tracing::error!(participant.id = %id, %error, "a name does not open");
            None
        }
    }
}

/// The best matches of this query among the participants of this scope whom the filter lets through, best first.
pub async fn search(
    app: &App,
    (scope, centre): (Scope, CentreId),
    query: &str,
    filter: &Filter,
    limit: u16,
) -> Result<Vec<Uuid>> {
    refresh(app, centre).await?;
    let own = match scope.kind() {
        ScopeKind::Own => Some(HashSet::from([scope.id()])),
        ScopeKind::Assigned => Some(caseload(app, scope.id()).await?),
        ScopeKind::Centre => None,
    };
    let assigned = match filter.assigned_to {
        Some(staff) => Some(caseload(app, staff.0).await?),
        None => None,
    };
    let (app, query, active) = (app.clone(), zeroize::Zeroizing::new(query.to_owned()), filter.active);
    apart(move || {
        let is_among = |people: &Option<HashSet<Uuid>>, entry: &Entry| {
            people.as_ref().is_none_or(|people| people.contains(&entry.id))
        };
        let allowed = |entry: &Entry| {
            (own.is_some() || entry.centre == centre.0)
                && active.is_none_or(|active| entry.active == active)
                && is_among(&own, entry)
                && is_among(&assigned, entry)
        };
        let names = app.names.read().unwrap_or_else(PoisonError::into_inner);
        names.search(&query, allowed, usize::from(limit))
    })
    .await
}

async fn caseload(app: &App, staff: Uuid) -> Result<HashSet<Uuid>> {
    let mut tx = app.db.read().await?;
    Ok(store::caseload(&mut tx, staff).await?.into_iter().collect())
}

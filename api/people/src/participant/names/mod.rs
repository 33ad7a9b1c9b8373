//! Search by name. The database cannot read names, so each node searches an index in its memory for the best matches; those
//! are then loaded through a statement with the caller's scope in it, like everything else. The index is kept fresh from the
//! centre's change feed, so another node's change is found as well ([`fresh`]).
//!
//! The index knows centres and who is still accompanied, which is all that a manager's search depends on. A mentor's people are
//! asked for beforehand: there are few. Opening names and searching them takes a processor for a while, so both are done apart
//! from the threads that answer requests.

pub mod fresh;

use super::{request::Filter, store};
use crate::App;
use crate::names::index::Entry;
use contract::CentreId;
use kernel::{
    access::{Scope, ScopeKind},
    error::{Error, Result},
};
use std::collections::HashSet;
use uuid::Uuid;

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// The best matches of this query among the participants of this scope, all of whom are of these centres, whom the filter lets through, best
/// first.
pub async fn search(
    app: &App,
    (scope, centres): (Scope, &[CentreId]),
    query: &str,
    filter: &Filter,
    limit: u16,
) -> Result<Vec<Uuid>> {
    for centre in centres {
        fresh::refresh(app, *centre).await?;
    }
    let centres: HashSet<Uuid> = centres.iter().map(|centre| centre.0).collect();
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
            (own.is_some() || centres.contains(&entry.centre))
                && active.is_none_or(|active| entry.active == active)
                && is_among(&own, entry)
                && is_among(&assigned, entry)
        };
        app.names.read().search(&query, allowed, usize::from(limit))
    })
    .await
}

/// Those of a centre whose names have these words, best first.
pub async fn of_centre(app: &App, centre: CentreId, words: &str, limit: u16) -> Result<Vec<Uuid>> {
    fresh::refresh(app, centre).await?;
    let (app, words) = (app.clone(), zeroize::Zeroizing::new(words.to_owned()));
    apart(move || app.names.read().search(&words, |entry| entry.centre == centre.0, usize::from(limit))).await
}

async fn caseload(app: &App, staff: Uuid) -> Result<HashSet<Uuid>> {
    let mut tx = app.db.read().await?;
    Ok(store::caseload(&mut tx, staff).await?.into_iter().collect())
}

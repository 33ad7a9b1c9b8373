//! The feeds of the centres to which somebody is posted, beside that of their own. Few are posted anywhere, and nobody else is asked for
//! anything: neither a statement nor a byte of their cursor.
//!
//! A centre is followed from its beginning when a posting starts, and until all is told when it has ended: that the people there are theirs
//! no more is the last that is told of it.

use super::{
    cursor::{Cursor, Place},
    feed::{self, Stretch},
    judge::judge_place,
    pull::Given,
};
use crate::{App, posting};
use contract::{CentreId, SyncStart, time::Instant};
use kernel::{
    access::{Actor, Scope, ScopeKind},
    error::Result,
};

/// How the other centres stand, seen from a cursor.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    /// Those to which the caller is posted now.
    pub running: Vec<CentreId>,
    /// Why the phone must begin again because of one of them.
    pub verdict: Option<SyncStart>,
    followed: Vec<Followed>,
}

#[derive(Debug)]
struct Followed {
    centre: CentreId,
    place: Place,
    position: i64,
    has_news: bool,
}

impl Elsewhere {
    /// Looks at each.
    pub async fn look(app: &App, actor: &Actor, scope: Scope, given: &Given, now: Instant) -> Result<Self> {
        let (known, epoch): (&[(CentreId, Place)], i64) = match given {
            Given::Cursor(cursor) => (&cursor.also, cursor.epoch.number),
            Given::Nothing(_) => (&[], 0),
        };
        // A cursor is only as good as whoever wrote it: nobody else's feed is asked for a centre that it names.
        let can_be_posted = scope.kind() == ScopeKind::Assigned;
        if !can_be_posted || (!actor.is_posted() && known.is_empty()) {
            return Ok(Self::default());
        }
        let mut tx = app.db.read().await?;
        let running = posting::store::centres_if_posted(&mut tx, actor, now).await?;
        let is_new = |centre: &&CentreId| known.iter().all(|(one, _)| one != *centre);
        let new = running.iter().filter(is_new).map(|centre| (*centre, Place::BEGINNING));
        let all: Vec<(CentreId, Place)> = known.iter().copied().chain(new).collect();
        if all.len() > Cursor::MOST_CENTRES {
            return Ok(Self { running, verdict: Some(SyncStart::ScopeChanged), followed: Vec::new() });
        }
        let (mut verdict, mut followed) = (None, Vec::with_capacity(all.len()));
        for (centre, place) in all {
            let stretch = Stretch { after: place, until: i64::MAX, rows: 1 };
            let (head, rows) = feed::look(&mut tx, actor, (scope, centre), epoch, stretch).await?;
            let is_begun = place != Place::BEGINNING;
            // Whoever was told nothing of it can have missed nothing either.
            if is_begun {
                verdict = verdict.or(judge_place(place.place, &head));
            }
            let has_news = !rows.is_empty() || !is_begun || !running.contains(&centre);
            followed.push(Followed { centre, place, position: head.position, has_news });
        }
        Ok(Self { running, verdict, followed })
    }

    /// Where a phone that begins is in each.
    pub fn beginnings(&self) -> Vec<(CentreId, Place)> {
        self.running.iter().map(|centre| (*centre, Place::BEGINNING)).collect()
    }

    /// Where the phone is in each.
    pub fn places(&self) -> Vec<(CentreId, Place)> {
        self.followed.iter().map(|one| (one.centre, one.place)).collect()
    }

    /// Where it is when it was told all there is.
    pub fn behind(&self) -> Vec<(CentreId, Place)> {
        self.followed.iter().map(|one| (one.centre, Place::behind(one.position))).collect()
    }

    /// Whether there is nothing to tell of any.
    pub fn is_quiet(&self) -> bool {
        self.followed.iter().all(|one| !one.has_news)
    }
}

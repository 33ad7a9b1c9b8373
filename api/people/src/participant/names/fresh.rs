//! What the index of names knows: everybody soon after a start, so that nobody who searches first has to wait until a whole centre's
//! names were opened, and from then on what each centre's change feed says has changed.

use super::apart;
use crate::names::known::Named;
use crate::{
    App,
    participant::store::{self, LocatedName, SealedName},
};
use contract::CentreId;
use kernel::protect::{
    privacy::Name,
    seal::{DataKey, Field, SealError},
};
use uuid::Uuid;

/// Names that are read and opened at a time.
const PIECE: i64 = 2_000;

/// Opens the names of everybody. The table is read once from end to end, which on a cold disk takes a fraction of what reading centre
/// after centre takes. How many there are.
///
/// # Errors
/// If the database fails.
pub async fn load(app: &App) -> kernel::Result<usize> {
    // Before the names: who changes while they are read is brought by the feed from here on.
    let positions = store::positions(&mut app.db.read().await?).await?;
    let (mut after, mut count) = (Uuid::nil(), 0_usize);
    loop {
        let piece = store::names_after(&mut app.db.glance().await?, after, PIECE).await?;
        let Some(last) = piece.last() else { break };
        (after, count) = (last.sealed.id, count.saturating_add(piece.len()));
        let its_app = app.clone();
        apart(move || {
            for LocatedName { centre_id, sealed } in &piece {
                if let Some(named) = open(&its_app, sealed) {
                    its_app.names.write().bring(centre_id.0, sealed.id, &named);
                }
            }
        })
        .await?;
    }
    let mut names = app.names.write();
    for (centre, position) in positions {
        names.arrive(centre.0, position);
    }
    Ok(count)
}

/// Brings a centre's names up to what its change feed says now.
pub(super) async fn refresh(app: &App, centre: CentreId) -> kernel::Result<()> {
    let mut tx = app.db.read().await?;
    let position = store::position(&mut tx, centre).await?;
    let seen = app.names.read().position(centre.0);
    let sealed = match seen {
        Some(seen) if seen >= position => return Ok(()),
        Some(seen) => store::changed_names(&mut tx, centre, seen).await?,
        None => store::all_names(&mut tx, centre).await?,
    };
    drop(tx);
    let app = app.clone();
    apart(move || {
        let names: Vec<_> = sealed.iter().map(|sealed| (sealed.id, open(&app, sealed))).collect();
        app.names.write().learn(centre.0, position, &names);
    })
    .await
}

/// A name that does not open is left out of the search and told to the operator; the others stay searchable.
fn open(app: &App, sealed: &SealedName) -> Option<Named> {
    let (key, called) = (sealed.data_key.as_ref()?, sealed.name_sealed.as_ref()?);
    let (active, version) = (sealed.active?, sealed.version?);
    // Past the keys that are kept in memory: each is needed once, and would push out one that is needed often.
    let opened = DataKey::unwrap(app.keys.participants.wrap_key(), sealed.id, key).and_then(|key| {
        let columns = [
            ("name_sealed", Some(called)),
            ("name_arabic_sealed", sealed.name_arabic_sealed.as_ref()),
            ("name_latin_sealed", sealed.name_latin_sealed.as_ref()),
        ];
        let there = columns.into_iter().filter_map(|(column, sealed)| Some((column, sealed?)));
        there
            .map(|(column, name)| key.open_text(Field::new("participant", column, sealed.id), name))
            .collect::<Result<Vec<Name>, SealError>>()
    });
    match opened {
        Ok(names) => Some(Named { names, active, version }),
        Err(error) => {
            tracing::error!(participant.id = %sealed.id, %error, "a name does not open");
            None
        }
    }
}

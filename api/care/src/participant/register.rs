//! Writing a new participant's file: sealed under a key of their own, before anything of it reaches the database.

use super::{
    request::NewParticipant,
    store::{self, Row},
    text::Texts,
};
use crate::App;
use contract::{
    CentreId, ParticipantId,
    time::{Instant, ZoneName},
};
use db::Tx;
use kernel::{
    error::{Error, Result},
    extract::fields::new_id,
    protect::seal::DataKey,
};

/// Registers somebody at a centre. The caller has authorised it, and audits it.
pub async fn register(
    app: &App,
    tx: &mut Tx,
    centre: CentreId,
    new: NewParticipant,
    now: Instant,
) -> Result<Row> {
    let id = ParticipantId(new_id(new.id, &*app.ids));
    let zone = match new.zone {
        Some(zone) => known_zone(app, zone, now)?,
        None => store::centre_zone(tx, centre).await?,
    };
    let (key, random) = (DataKey::generate(&*app.random)?, &*app.random);
    let texts = Texts { key: &key, id };
    let row = Row {
        id,
        centre_id: centre,
        language: new.language,
        zone,
        data_key: key.wrap(app.keys.participants.wrap_key(), id.0, random)?,
        name_sealed: texts.seal("name_sealed", &new.name, random)?,
        phone_sealed: texts.seal_any("phone_sealed", new.phone.as_ref(), random)?,
        email_sealed: texts.seal_any("email_sealed", new.email.as_ref(), random)?,
        edition_sealed: texts.seal_any("edition_sealed", new.programme_edition.as_ref(), random)?,
        push_wanted: new.push_wanted.unwrap_or(true),
        active: true,
        version: 1,
        created_at: now,
    };
    store::insert(tx, &row).await?;
    tx.changed(row.changed());
    Ok(row)
}

/// The zone, if its rules are known to the zone data in use, which may be older than the names.
pub(super) fn known_zone(app: &App, zone: ZoneName, now: Instant) -> Result<ZoneName> {
    match app.zones.to_local(now, &zone) {
        Ok(_) => Ok(zone),
        Err(_) => Err(Error::field("/zone", "unknown", "the zone data in use does not know it")),
    }
}

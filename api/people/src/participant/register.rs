//! Writing a new participant's file: sealed under a key of their own, before anything of it reaches the database.

use super::{
    naming, particulars,
    request::{NewParticipant, ParticipantChange},
    row::{Particulars, Row},
    status::words::FileStatus,
    store,
    text::Texts,
};
use crate::App;
use contract::{CentreId, ParticipantId, time::Instant};
use db::Tx;
use kernel::{
    error::{Error, Result},
    extract::fields::new_id,
    protect::seal::DataKey,
};

/// Registers somebody at a centre. The caller has authorised it, looked for whoever is likely the same person, and audits it.
pub async fn register(
    app: &App,
    tx: &mut Tx,
    centre: CentreId,
    new: NewParticipant,
    now: Instant,
) -> Result<Row> {
    let id = ParticipantId(new_id(new.id, &*app.ids));
    let zone = match &new.zone {
        Some(zone) => zone.clone(),
        None => store::centre_zone(tx, centre).await?,
    };
    let names =
        naming::first(new.name.clone(), new.name_arabic.clone(), new.name_latin.clone(), new.language)
            .ok_or_else(nameless)?;
    let (key, random) = (DataKey::generate(&*app.random)?, &*app.random);
    let texts = Texts { key: &key, id };
    let mut row = Row {
        id,
        centre_id: centre,
        language: new.language,
        zone,
        data_key: key.wrap(app.keys.participants.wrap_key(), id.0, random)?,
        name_sealed: texts.seal("name_sealed", &names.called, random)?,
        phone_sealed: None,
        email_sealed: None,
        edition_sealed: None,
        push_wanted: true,
        active: true,
        status: if new.preparing == Some(true) { FileStatus::Preparing } else { FileStatus::Active },
        merged_into: None,
        version: 1,
        created_at: now,
        particulars: Particulars::default(),
    };
    particulars::name(app, &mut row, &texts, &names)?;
    particulars::apply(app, &mut row, said_of(new), now)?;
    store::insert(tx, &row).await?;
    tx.changed(row.changed());
    Ok(row)
}

/// What is said of somebody new besides their names, as a change of a file that says nothing yet.
fn said_of(new: NewParticipant) -> ParticipantChange {
    ParticipantChange {
        name: None,
        name_arabic: None,
        name_latin: None,
        file_number: Some(new.file_number),
        birth_year: Some(new.birth_year),
        sex: Some(new.sex),
        host_wish: Some(new.host_wish),
        phone: Some(new.phone),
        email: Some(new.email),
        language: Some(new.language),
        zone: new.zone,
        province: Some(new.province),
        reads: Some(new.reads),
        speaks: Some(new.speaks),
        interpreter_wanted: new.interpreter_wanted,
        needs: Some(new.needs),
        minor_until: Some(new.minor_until),
        guardian: Some(new.guardian),
        programme_edition: Some(new.programme_edition),
        programme_axes: Some(new.programme_axes),
        release: Some(new.release),
        push_wanted: new.push_wanted,
    }
}

fn nameless() -> Error {
    Error::field("/name_arabic", "required", "at least one of name_arabic, name_latin and name")
}

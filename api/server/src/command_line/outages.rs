//! `outage declare`: that the service was out, said by whoever runs the machine. It is audited as done at the command line.

use super::{Outcome, arguments::NewOutage};
use crate::{settings::Settings, start};
use care::{
    App,
    outage::{self, Declaration, Source},
};
use contract::{AuditId, CentreId};
use db::{Tx, sql};
use kernel::Error;
use std::process::ExitCode;

/// `outage declare`.
pub async fn declare(settings: &Settings, new: &NewOutage) -> Outcome {
    let app = start::open(settings).await?;
    let declared = carry_out(&app, new).await;
    app.db.close().await;
    println!("Outage:  {}", declared?);
    println!("What was to be answered then gets that time back within minutes, while the service runs.");
    Ok(ExitCode::SUCCESS)
}

async fn carry_out(app: &App, new: &NewOutage) -> Result<String, String> {
    let mut tx = app.db.write().await.map_err(|error| error.to_string())?;
    let now = app.clock.now();
    let centre = centre_of(&mut tx, new.centre.as_deref()).await?;
    let first = match centre {
        Some(centre) => centre,
        None => first_centre(&mut tx).await?,
    };
    let declaration = Declaration {
        id: None,
        centre,
        cause: new.cause,
        local_starts: new.from,
        local_ends: new.until,
        zone: new.zone.clone(),
    };
    let source = Source { staff: None, centre: first };
    let declared = outage::declare(app, &mut tx, source, declaration, now).await;
    let (id, audit) = declared.map_err(in_words)?;
    let audit = audit.with("at", "command_line");
    audit.write(&mut tx, None, AuditId::new(&*app.ids), now).await.map_err(|error| error.to_string())?;
    tx.commit().await.map_err(|error| error.to_string())?;
    Ok(id.to_string())
}

/// The centre of this name or id; none if none is named.
async fn centre_of(tx: &mut Tx, named: Option<&str>) -> Result<Option<CentreId>, String> {
    let Some(named) = named else { return Ok(None) };
    let found: Vec<CentreId> = match named.parse::<CentreId>() {
        Ok(id) => tx.query(sql!("SELECT id FROM centre WHERE id = $1")).bind(id).scalars().await,
        Err(_) => tx.query(sql!("SELECT id FROM centre WHERE name = $1")).bind(named).scalars().await,
    }
    .map_err(|error| error.to_string())?;
    match found.as_slice() {
        [id] => Ok(Some(*id)),
        [] => Err("--centre names none".to_owned()),
        _ => Err("--centre names more than one; give its id".to_owned()),
    }
}

async fn first_centre(tx: &mut Tx) -> Result<CentreId, String> {
    let found: Option<CentreId> = tx
        .query(sql!("SELECT id FROM centre ORDER BY id LIMIT 1"))
        .optional_scalar()
        .await
        .map_err(|error| error.to_string())?;
    found.ok_or_else(|| "there is no centre yet".to_owned())
}

/// A refusal in words for the terminal.
fn in_words(error: Error) -> String {
    let Ok(problem) = error.into_part() else {
        return "the service failed; the log above says why".to_owned();
    };
    let option = |pointer: &str| match pointer {
        "/local_starts" => "--from",
        "/local_ends" => "--until",
        _ => "--zone",
    };
    match problem.errors.first() {
        Some(fault) => format!("{} {}", option(&fault.pointer), fault.detail),
        None => problem.code.title().to_owned(),
    }
}

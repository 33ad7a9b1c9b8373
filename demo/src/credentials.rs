//! Access tokens for tools that test the contract or measure the service.

use crate::seed::Demonstration;
use care::App;
use contract::{SessionId, StaffId, StaffRole};
use db::sql;
use identity::sign_in::sessions::{self, NewSession, Owner};
use serde_json::{Map, Value, json};
use std::{
    error::Error, fs::OpenOptions, io::Write, net::SocketAddr, os::unix::fs::OpenOptionsExt, path::Path,
};

/// Access tokens for one person of every role, and for the manager of another centre.
pub async fn write(
    app: &App,
    shown: &Demonstration,
    listen: SocketAddr,
    file: &Path,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let mut people = vec![("participant", Owner::Participant(shown.participant))];
    for role in StaffRole::ALL {
        let id: StaffId = if *role == StaffRole::Mentor {
            shown.mentor
        } else {
            tx.query(sql!("SELECT id FROM staff WHERE role = $1 ORDER BY id LIMIT 1"))
                .bind(*role)
                .scalar()
                .await?
        };
        people.push((role.as_str(), Owner::Staff(id)));
    }
    // Somebody who sees what the first manager must not.
    let elsewhere: StaffId = tx
        .query(sql!("SELECT id FROM staff WHERE role = $1 ORDER BY id DESC LIMIT 1"))
        .bind(StaffRole::Manager)
        .scalar()
        .await?;
    people.push(("manager_elsewhere", Owner::Staff(elsewhere)));
    let mut tokens = Map::new();
    for (role, owner) in people {
        let id = SessionId::new(&*app.ids);
        sessions::insert(&mut tx, &NewSession { id, owner, label: "demonstration", device_key: None }, now)
            .await
            .map_err(|_| "no session could be made")?;
        let person = match owner {
            Owner::Staff(id) => id.0,
            Owner::Participant(id) => id.0,
        };
        tokens.insert(role.to_owned(), Value::String(app.sign_in.access_tokens.issue(person, id, now)?));
    }
    tx.commit().await?;
    let unfinished = file.with_extension("unfinished");
    let mut options = OpenOptions::new();
    let mut output = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    writeln!(output, "{:#}", json!({ "base_url": format!("http://{listen}"), "tokens": tokens }))?;
    output.sync_all()?;
    std::fs::rename(&unfinished, file)?;
    Ok(())
}

//! A store full of invented people and appointments, sealed and indexed as the service's own are, for measuring requests. What is in
//! it follows from a [`Shape`].

mod appointments;
mod around;
mod audit_lines;
mod check_ins;
mod feed;
mod history;
mod people;
pub mod plans;
mod service;
pub mod shape;

use std::path::Path;
use std::sync::Arc;

use care::App;
use care::push::PushSettings;
use contract::SystemIds;
use contract::time::{Clock, SystemClock, Zones};
use db::{Db, Tx, sql};
use kernel::protect::keys::KeyDirectory;
use kernel::protect::random::SystemRandom;
use muwakaba::assemble::{Foundations, assemble};

pub use people::name;
pub use service::Service;
pub use shape::{History, Kind, Shape};

use crate::Failure;

/// Rows of one statement.
const CHUNK: usize = 1_000;

/// The parts of the service that know its keys, on this database. Its schema is as it was found: the program that is measured has
/// made it, which need not be of the same version as this one.
pub async fn open(data: &Path, database: &str, public_url: &str) -> Result<App, Failure> {
    open_at(data, database, public_url, Arc::new(SystemClock)).await
}

/// As [`open`], by this clock.
pub async fn open_at(
    data: &Path,
    database: &str,
    public_url: &str,
    clock: Arc<dyn Clock>,
) -> Result<App, Failure> {
    Ok(assemble(Foundations {
        db: Db::open(database).await?,
        clock,
        ids: Arc::new(SystemIds),
        random: Arc::new(SystemRandom),
        zones: Arc::new(Zones::built_in()),
        keys: KeyDirectory::open(data.join("keys"))?,
        public_url: public_url.to_owned(),
        push: PushSettings::default(),
    })?)
}

/// Writes everything down.
pub async fn settle(app: &App, shape: &Shape) -> Result<(), Failure> {
    people::settle(app, shape).await?;
    appointments::settle(app, shape).await?;
    audit_lines::settle(app, shape).await?;
    history::settle(app, shape).await?;
    around::settle(app, shape).await?;
    feed::settle(app, shape).await?;
    check_ins::settle(app, shape).await?;
    // A server looks at tables that grew, and the embedded database at least once a day; a measurement waits for neither.
    let mut tx = app.db.write().await?;
    tx.query(sql!("ANALYZE")).execute().await?;
    Ok(tx.commit().await?)
}

/// What the service itself says of a failure, for whoever only reports it.
pub fn failed(error: kernel::Error) -> Failure {
    format!("{error:?}").into()
}

/// The numbers below `count`, in pieces that fit one statement.
fn pieces(count: usize) -> impl DoubleEndedIterator<Item = std::ops::Range<usize>> {
    (0..count.div_ceil(CHUNK)).map(move |piece| piece * CHUNK..count.min((piece + 1) * CHUNK))
}

/// Begins the transaction of one piece.
async fn begin(app: &App) -> Result<Tx, Failure> {
    Ok(app.db.write().await?)
}

//! How fast, with how much processor time and memory. The figures are those of the dispatch alone (`meter.rs`); the
//! database of a server is not counted. Every reminder must have been delivered, or there is no result.

use db::{Db, sql};
use tokio::task::JoinSet;

use crate::arguments::DispatchArguments;
use crate::meter::Meter;
use crate::people::Crowd;
use crate::{Failure, channels, database_url, people, service};

/// Measures one run and prints its line.
pub async fn measure(arguments: &DispatchArguments) -> Result<(), Failure> {
    let directory = tempfile::tempdir()?;
    let db = Db::open(&database_url(&arguments.database, &directory)).await?;
    db.migrate().await?;
    let crowd = Crowd { channel: arguments.channel, count: arguments.count, sink: &arguments.sink };
    people::settle(&db, &crowd).await?;
    let courier = channels::open(arguments.channel, &arguments.sink)?;
    let dispatcher = service::dispatcher(&db, courier, arguments.pace.settings());

    let meter = Meter::start()?;
    // On a thread of the runtime's own, as in the service.
    let mut tasks = JoinSet::new();
    tasks.spawn(dispatcher.run_until_idle());
    let counts = tasks.join_next().await.ok_or("the dispatcher was not started")???;
    let measured = meter.stop()?;

    if counts.delivered != arguments.count {
        return Err(format!(
            "{} of {} reminders were delivered: {counts:?}",
            counts.delivered, arguments.count
        )
        .into());
    }
    let mut tx = db.read().await?;
    let sent: i64 = tx
        .query(sql!("SELECT count(*) FROM reminder WHERE state = 'sent' AND ready_at IS NULL"))
        .scalar()
        .await?;
    drop(tx);
    if usize::try_from(sent)? != arguments.count {
        return Err(format!("{sent} of {} reminders are settled as sent", arguments.count).into());
    }
    db.close().await;
    measured.print("muwakaba", arguments.channel.as_str(), arguments.count)
}

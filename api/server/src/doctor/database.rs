//! The database: reached, up to date, sealed with this master key, and agreeing about the time.

use super::report::Report;
use crate::{settings::Settings, start};
use care::{appointment::rederive, centre};
use chrono::TimeDelta;
use contract::time::{Clock, Instant, SystemClock, Zones};
use db::{Db, sql};
use kernel::{
    agenda,
    protect::keys::{KeyDirectory, MASTER_KEY_FILE, MasterKey},
};
use notifications::device;
use std::path::Path;

/// How far two clocks may be apart.
const TOLERANCE: TimeDelta = TimeDelta::minutes(2);

/// Looks at the database, without making one.
pub async fn examine(settings: &Settings, keys: Option<&KeyDirectory>, zones: &Zones, report: &mut Report) {
    let url = settings.database_url.expose();
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
        if !Path::new(path).exists() {
            report.warning("database", format!("{path} does not exist yet; it is made at the first start"));
            return;
        }
    }
    let db = match Db::open(url).await {
        Ok(db) => db,
        Err(error) => return report.error("database", error.to_string()),
    };
    if let Err(error) = look(&db, keys, zones, report).await {
        report.error("database", error.to_string());
    }
    db.close().await;
}

async fn look(db: &Db, keys: Option<&KeyDirectory>, zones: &Zones, report: &mut Report) -> db::Result<()> {
    let version = db.version().await?;
    match db.pending_migrations().await? {
        0 => report.fine("database", format!("{version}, schema up to date")),
        pending => {
            report.warning("database", format!("{version}, {pending} schema steps to do: muwakaba migrate"));
            return Ok(());
        }
    }
    if let Some(known) = start::known_key(db).await? {
        let ours = keys
            .and_then(|keys| MasterKey::read(&keys.path_of(MASTER_KEY_FILE)).ok())
            .and_then(|key| start::check_value(&key).ok());
        if ours.as_deref() == Some(&known) {
            report.fine("master key", "is the one that the data are sealed with");
        } else {
            report.error(
                "master key",
                "is not the one that the data are sealed with: restore it from your backup",
            );
        }
    }
    zone_data(db, zones, report).await?;
    agenda(db, report).await?;
    devices(db, report).await?;
    numbers(db, report).await?;
    clock(db, report).await
}

/// How many appointments that were set aside are named.
const NAMED: i64 = 5;

/// Whether the appointments follow older zone data than ours, and which of them follow none.
async fn zone_data(db: &Db, zones: &Zones, report: &mut Report) -> db::Result<()> {
    let mut tx = db.read().await?;
    let ours = zones.version();
    match rederive::store::edition(&mut tx).await? {
        Some(stored) if stored > *ours => report.error(
            "zone data",
            format!("{ours} here, but the appointments follow {stored}: update the system's tzdata or this program"),
        ),
        Some(stored) if stored < *ours => {
            report.fine("zone data", format!("the appointments follow {stored} until the next start"));
        }
        _ => {}
    }
    let (count, some) = rederive::store::unresolved(&mut tx, NAMED).await?;
    if count > 0 {
        let named: Vec<String> = some.iter().map(|(id, reason)| format!("{id} ({reason})")).collect();
        report.warning(
            "zone data",
            format!("{count} appointments are set aside; move or cancel them: {}", named.join(", ")),
        );
    }
    Ok(())
}

/// Whether something is not looked at any more, since it failed again and again.
async fn agenda(db: &Db, report: &mut Report) -> db::Result<()> {
    let aside = agenda::set_aside(&mut db.read().await?, NAMED).await?;
    if aside.count > 0 {
        let named = aside.some.join(", ");
        report.error(
            "agenda",
            format!(
                "{} are set aside: {named}; the log says why, and each start tries them again",
                aside.count
            ),
        );
    } else {
        report.fine("agenda", "nothing is set aside");
    }
    Ok(())
}

/// Whether every centre has a number that somebody who needs a person can call.
async fn numbers(db: &Db, report: &mut Report) -> db::Result<()> {
    let without = centre::without_phone(&mut db.read().await?).await?;
    if without > 0 {
        let said =
            format!("{without} have no telephone number for people who need somebody: set `phone` of them");
        report.warning("centres", said);
    }
    Ok(())
}

/// Whether people who count on their phones are reached by them.
async fn devices(db: &Db, report: &mut Report) -> db::Result<()> {
    let refused = device::refused(&mut db.read().await?).await?;
    let said = format!("{} of {} are refused by their push services", refused.refused, refused.devices);
    if refused.are_many() {
        report.error(
            "devices",
            format!(
                "{said}: their people are not reminded by push. If web-push.key is another one than before, put the old one back; \
                 else their apps subscribe anew when they are opened next"
            ),
        );
    } else {
        report.fine("devices", said);
    }
    Ok(())
}

async fn clock(db: &Db, report: &mut Report) -> db::Result<()> {
    let mut tx = db.read().await?;
    let there: i64 = tx
        .query(sql!(
            "SELECT ",
            lite "CAST(strftime('%s', 'now') AS INTEGER)",
            pg "CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)"
        ))
        .scalar()
        .await?;
    let newest: Option<Instant> =
        tx.query(sql!("SELECT at FROM audit ORDER BY id DESC LIMIT 1")).optional_scalar().await?;
    let now = SystemClock.now();
    if (now.as_seconds() - there).abs() > TOLERANCE.num_seconds() {
        report.error(
            "clock",
            format!("{now} here, but {} seconds apart from the database's", now.as_seconds() - there),
        );
    } else if newest.is_some_and(|newest| newest > now.saturating_add(TOLERANCE)) {
        report.error(
            "clock",
            format!("{now}, but something was done later than that: the clock has been set back"),
        );
    } else {
        report.fine("clock", now.to_string());
    }
    Ok(())
}

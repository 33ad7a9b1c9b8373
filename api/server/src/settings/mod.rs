//! What an operator can choose. One TOML file, `muwakaba.example.toml`, shows every setting with its default; an environment
//! variable overrides it. A setting that does not exist, or a value that cannot be used, stops the start with a message that
//! names the setting and the line or variable that it came from.

mod check;
mod error;
mod reader;
#[cfg(test)]
mod tests;
mod value;

pub use error::SettingsError;

use crate::{
    limits::Limits,
    proxies::{ForwardedBy, Proxies},
    retention::Retention,
};
use check::Checks;
use chrono::{Months, TimeDelta};
use kernel::door::{RequestRate, RequestRates};
use reader::Reader;
use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use value::{Exposure, HostPattern, ServiceUrl, TokenUrl};
pub use value::{LogFormat, LogLevel, PushContact, USUAL_HOSTS};

/// The file that is read if there is one and no other is named, in the working directory.
pub const USUAL_FILE: &str = "muwakaba.toml";
/// The variable that names another file.
pub const FILE_VARIABLE: &str = "MUWAKABA_SETTINGS";

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Holds the keys and, if no other database is named, the data.
    pub data_directory: PathBuf,
    /// The database.
    pub database_url: DatabaseUrl,
    /// Where the service listens.
    pub listen: SocketAddr,
    /// The address under which people reach it, without a path, such as `https://muwakaba.example`.
    pub public_url: String,
    /// Whether others than this machine can reach it: it listens beyond it, or people are brought to it from there.
    pub is_public: bool,
    /// The proxies in front of it.
    pub proxies: Proxies,
    /// Where `/metrics` is served, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Whether `/docs` is served.
    pub documentation: bool,
    /// How it logs.
    pub log: Log,
    /// Limits at the door.
    pub limits: Limits,
    /// How long things are kept.
    pub retention: Retention,
    /// Where to read zone data instead of the system's usual place.
    pub zone_data_directory: Option<PathBuf>,
    /// Push messages.
    pub push: Push,
    /// Firebase Cloud Messaging.
    pub fcm: Fcm,
    /// The settings file that was read, if any.
    pub file: Option<PathBuf>,
    /// The names of the variables that overrode it.
    pub variables: Vec<String>,
}

/// How the service logs.
#[derive(Debug, Clone)]
pub struct Log {
    /// Text for people or JSON for machines.
    pub format: LogFormat,
    /// What is worth a line.
    pub level: LogLevel,
}

/// How push messages are sent.
#[derive(Debug, Clone)]
pub struct Push {
    /// Push services on this machine are allowed, without encryption in transit: for demonstrations and tests only.
    pub allow_loopback: bool,
    /// The hosts that subscriptions may lead to, `default` for those of the well-known browsers; empty for these alone.
    pub origins: Vec<String>,
    /// Whom a push service may write to about this service's messages: `mailto:…` or `https://…`.
    pub contact: String,
}

/// How Android phones without Web Push are reached.
#[derive(Debug, Clone)]
pub struct Fcm {
    /// The service account's JSON file; without one nothing is sent through FCM.
    pub service_account_file: Option<PathBuf>,
    /// Where FCM is.
    pub base_url: String,
    /// Where access tokens are had, in place of what the file says.
    pub token_url: Option<String>,
}

/// The database's URL. It may hold a password, so it is not shown.
#[derive(Clone)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Of this text.
    pub const fn new(url: String) -> Self {
        Self(url)
    }

    /// The URL, for opening the database.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a password stands in it.
    fn has_password(&self) -> bool {
        let authority =
            self.0.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) || self.0.contains("password=")
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split(':').next().unwrap_or_default();
        write!(formatter, "{scheme}:…")
    }
}

impl Settings {
    /// Reads them: the file (if `None`, the usual one where it exists), then the environment.
    ///
    /// # Errors
    /// [`SettingsError`], for the first setting that cannot be used.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let usual = Path::new(USUAL_FILE);
        let file = file.or_else(|| usual.exists().then_some(usual));
        let text = match file {
            Some(path) => {
                Some(std::fs::read_to_string(path).map_err(|error| SettingsError::file(path, &error))?)
            }
            None => None,
        };
        let mut reader = Reader::new(file.zip(text.as_deref()), environment)?;
        let settings = Self::read(&mut reader, file)?;
        reader.finish()?;
        Ok(settings)
    }

    /// The settings of a service that nobody configured, listening on this address; for the demonstration and tests.
    ///
    /// # Errors
    /// None in practice: the defaults fit together.
    pub fn plain(data_directory: &Path, listen: SocketAddr) -> Result<Self, SettingsError> {
        let chosen = [
            ("MUWAKABA_DATA_DIRECTORY".to_owned(), data_directory.display().to_string()),
            ("MUWAKABA_LISTEN".to_owned(), listen.to_string()),
            ("MUWAKABA_METRICS_LISTEN".to_owned(), "off".to_owned()),
            // Whoever tries it out, or measures it, plays many people at once.
            ("MUWAKABA_LIMITS_SESSION_REQUESTS".to_owned(), "off".to_owned()),
            ("MUWAKABA_LIMITS_SOURCE_REQUESTS".to_owned(), "off".to_owned()),
        ];
        let mut reader = Reader::new(None, chosen)?;
        Self::read(&mut reader, None)
    }

    fn read(read: &mut Reader<'_>, file: Option<&Path>) -> Result<Self, SettingsError> {
        let defaults = Limits::default();
        let data_directory: PathBuf = read.or("data_directory", PathBuf::from("data"))?;
        let listen: SocketAddr = read.or("listen", SocketAddr::from(([127, 0, 0, 1], 8080)))?;
        let public_url: Option<ServiceUrl> = read.optional("public_url")?;
        let exposed: Vec<Exposure> = read.or("public_bind_serves", Vec::new())?;
        let documentation: Option<bool> = read.optional("documentation")?;
        let metrics = read.off_or("metrics.listen", SocketAddr::from(([127, 0, 0, 1], 9464)))?;
        let database_url = database_url(read, &data_directory)?;
        let push = Push {
            allow_loopback: read.or("push.allow_loopback", false)?,
            origins: read
                .or::<Vec<HostPattern>>("push.origins", Vec::new())?
                .into_iter()
                .map(|pattern| pattern.0)
                .collect(),
            contact: read.or("push.contact", PushContact::nobody())?.0,
        };
        let public_url = public_url.map_or_else(|| format!("http://{listen}"), |url| url.0);
        let checks = Checks::new(listen, &public_url, &exposed);
        checks.loopback_push(read, push.allow_loopback)?;
        checks.metrics(read, metrics)?;
        let is_public = checks.is_public();
        Ok(Self {
            documentation: checks.documentation(read, documentation)?,
            database_url,
            data_directory,
            listen,
            public_url,
            is_public,
            proxies: Proxies {
                trusted: read.or("trusted_proxies", Vec::new())?,
                header: read.or("trusted_proxies_header", ForwardedBy::default())?,
            },
            metrics_listen: metrics,
            log: Log {
                format: read.or("log.format", LogFormat::default())?,
                level: read.or("log.level", LogLevel::default())?,
            },
            limits: Limits {
                connections: read.within("limits.connections", defaults.connections, 1..=1_000_000)?,
                connections_per_source: read.within(
                    "limits.connections_per_source",
                    defaults.connections_per_source,
                    1..=1_000_000,
                )?,
                requests: RequestRates {
                    session: rate(
                        read,
                        "limits.session_requests",
                        "limits.session_requests_at_once",
                        10,
                        600,
                    )?,
                    source: rate(
                        read,
                        "limits.source_requests",
                        "limits.source_requests_at_once",
                        200,
                        4_000,
                    )?,
                },
                ..defaults
            },
            retention: Retention {
                ended_sessions: days(read, "retention.ended_sessions_days", 90)?,
                closed_codes: days(read, "retention.closed_codes_days", 90)?,
                reminders: Months::new(read.within("retention.reminders_months", 25, 1..=1_200)?),
            },
            zone_data_directory: read.optional("zone_data_directory")?,
            push,
            fcm: Fcm {
                service_account_file: read.optional("fcm.service_account_file")?,
                base_url: read.or("fcm.base_url", ServiceUrl("https://fcm.googleapis.com".to_owned()))?.0,
                token_url: read.optional::<TokenUrl>("fcm.token_url")?.map(|url| url.0),
            },
            file: file.map(Path::to_owned),
            variables: read.variables_used(),
        })
    }

    /// Where the keys lie.
    pub fn key_directory(&self) -> PathBuf {
        self.data_directory.join("keys")
    }
}

fn days(read: &mut Reader<'_>, name: &'static str, default: u32) -> Result<TimeDelta, SettingsError> {
    Ok(TimeDelta::days(i64::from(read.within(name, default, 1..=36_500)?)))
}

/// So many requests a second, or `off`, and so many at once.
fn rate(
    read: &mut Reader<'_>,
    name: &'static str,
    name_at_once: &'static str,
    a_second: u32,
    at_once: u32,
) -> Result<Option<RequestRate>, SettingsError> {
    let a_second = read.off_or(name, a_second)?;
    let at_once = read.within(name_at_once, at_once, 1..=1_000_000)?;
    let Some(a_second) = a_second else { return Ok(None) };
    RequestRate::new(a_second, at_once)
        .map(Some)
        .ok_or_else(|| read.refuse(name, "must be from 1 to 1000000, or off"))
}

/// From `DATABASE_URL`, from the file that `database_url_file` names, from `database_url`, or a file of its own in the data
/// directory.
fn database_url(read: &mut Reader<'_>, data_directory: &Path) -> Result<DatabaseUrl, SettingsError> {
    let stated: Option<String> = read.optional("database_url")?;
    let file: Option<PathBuf> = read.optional("database_url_file")?;
    let url = match (stated, file) {
        (Some(_), Some(_)) => {
            return Err(
                read.refuse("database_url_file", "cannot be used beside database_url: keep one of the two")
            );
        }
        (Some(url), None) => {
            let url = DatabaseUrl(url);
            if url.has_password() && read.is_from_file("database_url") {
                return Err(read.refuse(
                    "database_url",
                    "holds a password: put the URL into a file that only the service can read, and name it in database_url_file",
                ));
            }
            url
        }
        (None, Some(path)) => {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                read.refuse("database_url_file", format!("cannot read {}: {error}", path.display()))
            })?;
            DatabaseUrl(text.trim().to_owned())
        }
        (None, None) => DatabaseUrl(format!("sqlite:{}", data_directory.join("muwakaba.db").display())),
    };
    let scheme = url.0.split(':').next().unwrap_or_default();
    if matches!(scheme, "sqlite" | "postgres" | "postgresql") {
        return Ok(url);
    }
    Err(read.refuse("database_url", "must begin with sqlite: or postgres://"))
}

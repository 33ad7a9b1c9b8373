//! The command line.

use crate::Failure;

/// The channel that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Web Push.
    WebPush,
    /// FCM.
    Fcm,
}

impl Channel {
    /// The name on the command line and in the result.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WebPush => "web-push",
            Self::Fcm => "fcm",
        }
    }
}

/// What is to be measured.
#[derive(Debug)]
pub struct Arguments {
    /// The channel.
    pub channel: Channel,
    /// `sqlite` for a fresh file, or the URL of an empty database.
    pub database: String,
    /// How many reminders.
    pub count: usize,
    /// The base URL of the receiver.
    pub sink: String,
    /// How many reminders one claim takes, where not the dispatcher's own setting.
    pub batch: Option<u32>,
    /// How many are sent at once, where not the dispatcher's own setting.
    pub lanes: Option<usize>,
}

const USAGE: &str = "usage: muwakaba-benches dispatch --channel web-push|fcm --database sqlite|URL --count N --sink http://127.0.0.1:PORT";

impl Arguments {
    /// Reads the command line without the program's name.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        if words.next().as_deref() != Some("dispatch") {
            return Err(USAGE.into());
        }
        let (mut channel, mut database, mut count, mut sink) = (None, None, None, None);
        let (mut batch, mut lanes) = (None, None);
        while let Some(option) = words.next() {
            let value = words.next().ok_or(USAGE)?;
            match option.as_str() {
                "--channel" => {
                    channel = [Channel::WebPush, Channel::Fcm].into_iter().find(|one| one.as_str() == value);
                }
                "--database" => database = Some(value),
                "--count" => count = value.parse().ok(),
                "--batch" => batch = Some(value.parse()?),
                "--lanes" => lanes = Some(value.parse()?),
                "--sink" => sink = Some(value.trim_end_matches('/').to_owned()),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(Self {
            channel: channel.ok_or(USAGE)?,
            database: database.ok_or(USAGE)?,
            count: count.ok_or(USAGE)?,
            sink: sink.ok_or(USAGE)?,
            batch,
            lanes,
        })
    }
}

//! The hours of the night in which no phone should ring, and where in time one such night lies.

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A daily span in which nothing is pushed: from `from` (included) until `until` (not included). It passes midnight if `until`
/// is the earlier of the two. In JSON both are `"HH:MM"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// When phones fall silent.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub from: NaiveTime,
    /// When they may ring again.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub until: NaiveTime,
}

impl Default for QuietHours {
    /// 21:00 to 08:00.
    fn default() -> Self {
        Self { from: on_the_hour(21), until: on_the_hour(8) }
    }
}

fn on_the_hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN)
}

impl QuietHours {
    /// Whether the night begins on one day and ends on the next.
    pub fn passes_midnight(self) -> bool {
        self.until <= self.from
    }

    /// Whether a clock that shows `time` is within these hours.
    pub fn contain(self, time: NaiveTime) -> bool {
        if self.passes_midnight() {
            time >= self.from || time < self.until
        } else {
            time >= self.from && time < self.until
        }
    }

    /// How many minutes of each day they take.
    pub(super) fn minutes(self) -> i64 {
        (self.until - self.from).num_minutes().rem_euclid(24 * 60)
    }
}

const FORM: &str = "%H:%M";

fn write<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.format(FORM))
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
    let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
    // chrono also takes "8:0"; the policy has one form.
    let time = NaiveTime::parse_from_str(&text, FORM).ok().filter(|_| text.len() == 5);
    time.ok_or_else(|| serde::de::Error::custom("expected a time of day such as 21:00"))
}

//! What a service asks for in a `Retry-After` header (RFC 9110 section 10.2.3).

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use http::{HeaderMap, header};

/// The longest time that a service is believed. What it asks beyond this is more likely a mistake, and a reminder that
/// waits longer is seldom of use.
pub const LONGEST: Duration = Duration::from_hours(6);

/// The time to wait, from seconds or from a date, at most [`LONGEST`]. A date in the past asks for no wait at all; a
/// value that is neither is as good as no header.
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let asked = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds is a very long time, not nonsense.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let date = httpdate::parse_http_date(value).ok()?;
        date.duration_since(SystemTime::from(now)).unwrap_or_default()
    };
    Some(asked.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::{DateTime, Utc};
    use http::{HeaderMap, HeaderValue, header};

    use super::{LONGEST, retry_after};

    fn asked(value: &str) -> Option<Duration> {
        let now: DateTime<Utc> = "2026-12-01T10:00:00Z".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_str(value).unwrap());
        retry_after(&headers, now)
    }

    #[test]
    fn seconds_and_all_three_forms_of_date_are_understood() {
        assert_eq!(asked("0"), Some(Duration::ZERO));
        assert_eq!(asked("120"), Some(Duration::from_secs(120)));
        assert_eq!(asked(" 120 "), Some(Duration::from_secs(120)));
        assert_eq!(asked("Tue, 01 Dec 2026 10:01:30 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(asked("Tuesday, 01-Dec-26 10:01:30 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(asked("Tue Dec  1 10:01:30 2026"), Some(Duration::from_secs(90)));
        assert_eq!(asked("Tue, 01 Dec 2026 09:00:00 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn nothing_waits_for_ever_and_nonsense_is_ignored() {
        for value in ["86400000", "99999999999999999999999999", "Tue, 01 Dec 2099 10:00:00 GMT"] {
            assert_eq!(asked(value), Some(LONGEST), "{value}");
        }
        for value in ["", "-1", "1.5", "soon", "Tue, 99 Dec 2026 10:00:00 GMT"] {
            assert_eq!(asked(value), None, "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), DateTime::UNIX_EPOCH), None);
    }
}

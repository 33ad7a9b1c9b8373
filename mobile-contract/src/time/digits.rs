//! Dates and times as text of fixed form. Every answer is full of them, and a general formatter takes longer for each than
//! looking it up in the database did.

use chrono::{Datelike, NaiveDateTime, Timelike};

/// The form of a time on the wall; each `0` is a digit.
pub(super) const TO_THE_SECOND: &[u8; 19] = b"0000-00-00T00:00:00";
const TO_THE_MINUTE: usize = 16;

/// Text of a date and a time, and what may follow it.
pub(super) struct TimeText {
    bytes: [u8; 27],
    length: usize,
}

impl TimeText {
    /// A date and a time to the second, of a year of four digits.
    pub(super) fn of(moment: NaiveDateTime) -> Self {
        let mut text = Self { bytes: [0; 27], length: 0 };
        let (date, time) = (moment.date(), moment.time());
        text.number(date.year_ce().1, 4);
        for (mark, number) in [
            (b'-', date.month()),
            (b'-', date.day()),
            (b'T', time.hour()),
            (b':', time.minute()),
            (b':', time.second()),
        ] {
            text.mark(mark);
            text.number(number, 2);
        }
        text
    }

    /// Adds one character.
    pub(super) fn mark(&mut self, mark: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = mark;
            self.length += 1;
        }
    }

    /// Adds a number of so many digits.
    pub(super) fn number(&mut self, number: u32, digits: usize) {
        let mut rest = number;
        if let Some(places) = self.bytes.get_mut(self.length..self.length + digits) {
            for place in places.iter_mut().rev() {
                *place = b'0' + u8::try_from(rest % 10).unwrap_or(0);
                rest /= 10;
            }
            self.length += digits;
        }
    }

    pub(super) fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// Reads [`TO_THE_SECOND`], or the same without seconds; `None` if the text has another form, or there is no such date or time.
pub(super) fn read(text: &str) -> Option<NaiveDateTime> {
    let bytes = text.as_bytes();
    if bytes.len() != TO_THE_SECOND.len() && bytes.len() != TO_THE_MINUTE {
        return None;
    }
    // Year, month, day, hour, minute and second, in the order in which the marks between them end them.
    let mut numbers = [0_u32; 6];
    let mut at = 0;
    for (byte, form) in bytes.iter().zip(TO_THE_SECOND) {
        match form {
            b'0' if byte.is_ascii_digit() => {
                let number = numbers.get_mut(at)?;
                *number = *number * 10 + u32::from(byte - b'0');
            }
            mark if mark == byte => at += 1,
            _ => return None,
        }
    }
    let [year, month, day, hour, minute, second] = numbers;
    chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?.and_hms_opt(hour, minute, second)
}

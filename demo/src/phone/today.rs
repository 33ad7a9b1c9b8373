//! The day of somebody of the staff on one screen: whom they meet, whom they call because no app tells them, and what needs them first.

use super::{
    details::{items, text},
    work,
};
use serde_json::Value;

/// How much of the work list stands on it.
const FIRST: usize = 5;

/// The screen.
pub fn lines(appointments: &Value, calls: &Value, work_items: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    section(&mut lines, "Meetings until tomorrow at this hour:", appointments, usize::MAX, |appointment| {
        format!("{}, {}", text(appointment, "/local_start").replace('T', " "), text(appointment, "/state"))
    });
    section(&mut lines, "To be called, since no app tells them:", calls, usize::MAX, call);
    section(&mut lines, "What needs you first ([i] shows all of it):", work_items, FIRST, work::line);
    lines
}

fn section(lines: &mut Vec<String>, title: &str, page: &Value, most: usize, say: impl Fn(&Value) -> String) {
    lines.push(title.to_owned());
    let told = items(page, "items");
    if told.is_empty() {
        lines.push("  nobody".to_owned());
    }
    lines.extend(told.iter().take(most).map(|one| format!("  {}", say(one))));
}

fn call(call: &Value) -> String {
    let number = match text(call, "/way/number") {
        "" => "no number",
        number => number,
    };
    format!(
        "{} ({number}), until {}: “{}”",
        text(call, "/participant_name"),
        work::until(call),
        text(call, "/words/to_them")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_day_is_one_screen() {
        let appointments = json!({"items": [{"local_start": "2026-11-27T16:00:00", "state": "confirmed"}]});
        let calls = json!({"items": [{
            "participant_name": "Amina", "way": {"number": "+212500000001"}, "words": {"to_them": "You have an appointment."},
            "window": {"local_end": "2026-11-27T20:00:00", "part_of_day": "evening"},
        }]});
        let lines = lines(&appointments, &calls, &json!({"items": []}));
        assert_eq!(lines[1], "  2026-11-27 16:00:00, confirmed");
        assert_eq!(
            lines[3],
            "  Amina (+212500000001), until Friday, 27 November, evening: “You have an appointment.”"
        );
        assert_eq!(lines[5], "  nobody");
    }
}

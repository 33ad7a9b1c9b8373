//! The way so far: the timeline of the phone's owner, the latest first, a line for each moment.

use super::details::{items, text};
use serde_json::Value;

/// A page of it.
pub fn lines(page: &Value) -> Vec<String> {
    let told = items(page, "items");
    if told.is_empty() {
        return vec!["Nothing yet.".to_owned()];
    }
    told.iter().map(line).collect()
}

fn line(moment: &Value) -> String {
    // What the wall showed, where it was agreed on or read there; else the instant.
    let when = match text(moment, "/local_at") {
        "" => text(moment, "/at"),
        local => local,
    };
    let when: String = when.replace('T', " ").chars().take("2026-11-23 10:00".len()).collect();
    let word = |pointer: &str| text(moment, pointer).replace('_', " ");
    format!("{when}   {}: {}", word("/kind"), word("/event"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_for_each_moment() {
        let page = json!({"items": [
            {"at": "2026-11-23T09:00:00Z", "local_at": "2026-11-23T10:00:00", "kind": "appointment", "event": "took_place"},
            {"at": "2026-11-01T08:30:00Z", "kind": "check_in", "event": "submitted"},
        ]});
        assert_eq!(
            lines(&page),
            ["2026-11-23 10:00   appointment: took place", "2026-11-01 08:30   check in: submitted"]
        );
        assert_eq!(lines(&json!({"items": []})), ["Nothing yet."]);
    }
}

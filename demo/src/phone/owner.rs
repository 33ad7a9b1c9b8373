//! Whose phone it is, as the service tells, and so which keys mean something on it.

use super::details::text;
use serde_json::Value;

/// The owner of a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Their id.
    pub id: String,
    /// The language of their app.
    pub language: String,
    /// Whether they are of the staff.
    pub is_staff: bool,
}

impl Owner {
    /// From what `GET /v1/me` answers.
    pub fn of(me: &Value) -> Self {
        Self {
            id: text(me, "/id").to_owned(),
            language: text(me, "/language").to_owned(),
            is_staff: text(me, "/kind") == "staff",
        }
    }

    /// What can be pressed.
    pub const fn keys(&self) -> &'static str {
        if self.is_staff {
            "Waiting for notifications. [t] today   [i] work items   [v] log a visit   [l] list   [q] quit"
        } else {
            "Waiting for notifications. [a] answer   [l] list   [q] quit\n\
             [w] the way so far   [h] how a session was   [g] goals   [p] what I agree to"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_keys_are_those_of_the_owner() {
        let owner = |kind: &str| Owner::of(&json!({"id": "x", "language": "fr", "kind": kind}));
        assert!(owner("staff").keys().contains("[v]") && !owner("staff").keys().contains("[g]"));
        assert!(owner("participant").keys().contains("[g]") && !owner("participant").keys().contains("[v]"));
    }
}

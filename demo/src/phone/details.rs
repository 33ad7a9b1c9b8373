//! An appointment as the phone shows it once it is opened: when and where, and the times to choose from, each under a number.

use super::screen::isolate;
use contract::push::TextDirection;
use serde_json::Value;
use uuid::Uuid;

/// A choice that the user can make by pressing a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The appointment.
    pub appointment: Uuid,
    /// Its version when it was read.
    pub version: i64,
    /// The times that can be chosen, with the number that chooses each.
    pub slots: Vec<(u8, Uuid)>,
}

impl Choice {
    /// What an appointment leaves to choose, if anything.
    pub fn of(appointment: &Value) -> Option<Self> {
        let slots: Vec<_> = numbered(appointment)
            .filter(|(_, slot)| is_open(slot))
            .filter_map(|(number, slot)| Some((number, text(slot, "/id").parse().ok()?)))
            .collect();
        let is_possible = !slots.is_empty();
        Some(Self {
            appointment: text(appointment, "/id").parse().ok()?,
            version: appointment.get("version")?.as_i64()?,
            slots,
        })
        .filter(|_| is_possible)
    }

    /// The time with this number.
    pub fn slot(&self, number: u8) -> Option<Uuid> {
        self.slots.iter().find(|(one, _)| *one == number).map(|(_, id)| *id)
    }
}

fn numbered(appointment: &Value) -> impl Iterator<Item = (u8, &Value)> {
    (1..).zip(appointment.get("slots").and_then(Value::as_array).into_iter().flatten())
}

/// The lines to show.
pub fn lines(appointment: &Value, direction: TextDirection) -> Vec<String> {
    let mut lines = Vec::new();
    if numbered(appointment).next().is_none() {
        lines.push(format!("{}, {}", span(appointment), text(appointment, "/state")));
    }
    for (number, slot) in numbered(appointment) {
        let key = if is_open(slot) { format!("[{number}]") } else { "   ".to_owned() };
        lines.push(format!("{key} {}, {}", span(slot), text(slot, "/state")));
    }
    for pointer in ["/place/details", "/guidance"] {
        let words = text(appointment, pointer);
        if !words.is_empty() {
            lines.push(isolate(words, direction));
        }
    }
    lines
}

fn is_open(slot: &Value) -> bool {
    text(slot, "/state") == "open"
}

fn span(time: &Value) -> String {
    format!(
        "{} – {} ({})",
        text(time, "/local_start").replace('T', " "),
        text(time, "/local_end").split('T').nth(1).unwrap_or_default(),
        text(time, "/zone")
    )
}

/// A text within an answer; empty if it is not there.
pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// What a list in an answer holds.
pub fn items<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn time(id: u128, state: &str) -> Value {
        json!({"id": Uuid::from_u128(id), "state": state, "local_start": "2026-12-01T10:00:00",
               "local_end": "2026-12-01T10:45:00", "zone": "Africa/Casablanca"})
    }

    #[test]
    fn each_time_that_can_be_chosen_has_a_number() {
        let offered = json!({"id": Uuid::from_u128(9), "version": 3, "state": "proposed",
                             "slots": [time(1, "past"), time(2, "open"), time(3, "taken"), time(4, "open")]});
        let choice = Choice::of(&offered).expect("a choice");
        assert_eq!((choice.appointment, choice.version), (Uuid::from_u128(9), 3));
        assert_eq!((choice.slot(1), choice.slot(2)), (None, Some(Uuid::from_u128(2))));
        assert_eq!((choice.slot(3), choice.slot(4)), (None, Some(Uuid::from_u128(4))));
        let lines = lines(&offered, TextDirection::Ltr);
        assert_eq!(lines[1], "[2] 2026-12-01 10:00:00 – 10:45:00 (Africa/Casablanca), open");
        assert!(lines[0].starts_with("    2026"), "{lines:?}");
    }

    #[test]
    fn where_nothing_is_offered_there_is_nothing_to_choose() {
        let mut agreed = time(9, "scheduled");
        agreed["version"] = json!(1);
        agreed["guidance"] = json!("Bring the form");
        assert_eq!(Choice::of(&agreed), None);
        let shown = lines(&agreed, TextDirection::Ltr);
        assert_eq!(shown[0], "2026-12-01 10:00:00 – 10:45:00 (Africa/Casablanca), scheduled");
        assert_eq!(shown.len(), 2);
    }
}

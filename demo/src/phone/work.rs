//! The work list of somebody of the staff: what needs them, and what becomes of it. Only what is possible is offered.

use super::{
    details::{items, text},
    dialog::{Dialog, Next, Numbered, Request, with},
};
use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Value, json};

/// The items, and what can be done with the one that was chosen.
pub struct WorkList {
    items: Numbered<Value>,
    offered: Option<Numbered<(String, Request)>>,
}

impl WorkList {
    /// From a page of the list; nothing if it is empty.
    pub fn of(page: &Value) -> Option<Self> {
        let told = items(page, "items");
        let is_any = !told.is_empty();
        is_any.then(|| Self { items: Numbered::new(told.to_vec()), offered: None })
    }
}

/// An item in a line: who, why, and until when in words.
pub fn line(item: &Value) -> String {
    let times = item.get("times").and_then(Value::as_i64).unwrap_or(1);
    let often = if times > 1 { format!(" (×{times})") } else { String::new() };
    let mark = match text(item, "/urgency") {
        "alarm" => "‼ ",
        "high" => "! ",
        _ => "",
    };
    let who = match text(item, "/participant_name") {
        "" => "somebody new",
        name => name,
    };
    let taken = if text(item, "/state") == "taken" { ", taken" } else { "" };
    let cause = text(item, "/cause").replace('_', " ");
    format!("{mark}{who}: {cause}{often}, until {}{taken}", until(item))
}

/// The end of a window in words. Midnight is the evening before.
pub fn until(item: &Value) -> String {
    let part = text(item, "/window/part_of_day");
    match text(item, "/window/local_end").parse::<NaiveDateTime>() {
        Ok(end) => format!("{} {part}", (end - TimeDelta::seconds(1)).format("%A, %-d %B,")),
        Err(_) => part.to_owned(),
    }
}

/// What can be done with an item.
fn offered(item: &Value) -> Vec<(String, Request)> {
    let of = |command: &str, body: Option<Value>, done: &str| Request {
        path: format!("/v1/work-items/{}/{command}", text(item, "/id")),
        version: item.get("version").and_then(Value::as_i64),
        body,
        done: format!("✓ {done}"),
    };
    let mut offered = Vec::new();
    for command in items(item, "possible_commands").iter().filter_map(Value::as_str) {
        let mut offer = |words: &str, request| offered.push((words.to_owned(), request));
        match command {
            "take" => offer("I see to it", of("take", None, "It is yours.")),
            "release" => offer("I do not see to it any more", of("release", None, "It is the lead's again.")),
            "finish" => offer("It is done", of("finish", None, "Done.")),
            "accept" => offer("Yes, I take it over", of("accept", None, "It is yours.")),
            "refuse" => offer("No, I do not take it over", of("refuse", None, "It stays where it was.")),
            "dismiss" => {
                for reason in ["nothing_wrong", "handled_otherwise"] {
                    let words = format!("Nothing is to be done: {}", reason.replace('_', " "));
                    offer(&words, of("dismiss", Some(json!({"reason": reason})), "Dismissed."));
                }
            }
            "snooze" => {
                for days in items(item, "snoozable_days").iter().filter_map(Value::as_u64) {
                    let mut body = json!({"days": days});
                    let mut words = format!("Not before {days} days");
                    // Beyond a week the service asks why.
                    if days > 7 {
                        body = with(body, "reason", json!("agreed_with_person"));
                        words.push_str(", as agreed with them");
                    }
                    offer(&words, of("snooze", Some(body), "Out of sight until then."));
                }
            }
            _ => {}
        }
    }
    offered
}

impl Dialog for WorkList {
    fn lines(&self) -> Vec<String> {
        match &self.offered {
            None => self.items.lines(line),
            Some(offered) => offered.lines(|(words, _)| words.clone()),
        }
    }

    fn take(&mut self, line: &str) -> Next {
        if line == "n" {
            match &mut self.offered {
                None => self.items.turn(),
                Some(offered) => offered.turn(),
            }
            return Next::Ask;
        }
        match &self.offered {
            None => match self.items.chosen(line) {
                Some(item) => {
                    self.offered = Some(Numbered::new(offered(item)));
                    Next::Ask
                }
                None => Next::Again("That is none of them."),
            },
            Some(offered) => match offered.chosen(line) {
                Some((_, request)) => Next::Send(request.clone()),
                None => Next::Again("That cannot be done."),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Value {
        json!({
            "id": "w", "participant_name": "Amina", "cause": "check_in_missed", "urgency": "high", "state": "open", "times": 2,
            "window": {"local_end": "2026-11-27T00:00:00", "part_of_day": "evening"},
            "possible_commands": ["take", "finish", "snooze", "something_new"], "snoozable_days": [1, 14], "version": 5,
        })
    }

    #[test]
    fn until_when_is_said_in_words() {
        assert_eq!(line(&item()), "! Amina: check in missed (×2), until Thursday, 26 November, evening");
    }

    #[test]
    fn only_what_is_possible_is_offered() {
        let mut list = WorkList::of(&json!({"items": [item()]})).expect("an item");
        assert_eq!(list.take("2"), Next::Again("That is none of them."));
        assert_eq!(list.take("1"), Next::Ask);
        assert_eq!(
            list.lines(),
            [
                "[1] I see to it",
                "[2] It is done",
                "[3] Not before 1 days",
                "[4] Not before 14 days, as agreed with them",
                "[s] stop",
            ]
        );
        let Next::Send(request) = list.take("4") else { panic!("nothing is sent") };
        assert_eq!((request.path.as_str(), request.version), ("/v1/work-items/w/snooze", Some(5)));
        assert_eq!(request.body, Some(json!({"days": 14, "reason": "agreed_with_person"})));
        assert!(WorkList::of(&json!({"items": []})).is_none());
    }
}

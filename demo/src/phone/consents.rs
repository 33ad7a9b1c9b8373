//! What somebody agrees to, and takes back: each purpose under a number, with its text in their language; the second tap says yes or no.

use super::{
    details::{items, text},
    dialog::{Dialog, Next, Numbered, Request, with},
};
use serde_json::{Value, json};

/// The purposes to which a participant agrees by themself; the others name somebody, and begin with staff.
const PURPOSES: [&str; 4] = ["follow_up", "push_abroad", "sms", "statistics"];

/// One purpose, or one of several of its kind.
#[derive(Debug, Clone)]
struct Line {
    purpose: String,
    /// Which one, where the purpose has several.
    subject: Option<String>,
    /// Whom it names.
    whom: String,
    /// What is agreed to.
    words: String,
    is_in_force: bool,
}

/// What can be agreed to and taken back.
pub struct Permissions {
    participant: String,
    language: String,
    edition: String,
    list: Numbered<Line>,
    chosen: Option<Line>,
}

impl Permissions {
    /// Of this participant, from the texts and how each consent stands.
    pub fn of(participant: &str, language: &str, wordings: &Value, consents: &Value) -> Self {
        let edition = text(wordings, "/current_version").to_owned();
        let words = |purpose: &str| {
            let found = items(wordings, "wordings").iter().find(|one| {
                text(one, "/version") == edition
                    && text(one, "/purpose") == purpose
                    && text(one, "/language") == language
            });
            found.map(|one| text(one, "/text").to_owned()).unwrap_or_default()
        };
        let in_force = |consent: &Value| consent.get("is_in_force").and_then(Value::as_bool) == Some(true);
        let told = items(consents, "items");
        let mut lines: Vec<Line> = PURPOSES
            .into_iter()
            .map(|purpose| Line {
                purpose: purpose.to_owned(),
                subject: None,
                whom: String::new(),
                words: words(purpose),
                is_in_force: told
                    .iter()
                    .any(|consent| text(consent, "/purpose") == purpose && in_force(consent)),
            })
            .collect();
        // What names somebody can be taken back here, and is given where it is asked.
        for consent in told.iter().filter(|consent| consent.get("subject_id").is_some() && in_force(consent))
        {
            lines.push(Line {
                purpose: text(consent, "/purpose").to_owned(),
                subject: Some(text(consent, "/subject_id").to_owned()),
                whom: text(consent, "/whom").to_owned(),
                words: words(text(consent, "/purpose")),
                is_in_force: true,
            });
        }
        Self {
            participant: participant.to_owned(),
            language: language.to_owned(),
            edition,
            list: Numbered::new(lines),
            chosen: None,
        }
    }

    fn request(&self, line: &Line) -> Request {
        let mut body = json!({"participant_id": self.participant, "purpose": line.purpose});
        if let Some(subject) = &line.subject {
            body = with(body, "subject_id", json!(subject));
        }
        if line.is_in_force {
            let done = "✓ You no longer agree. What rested on it is stopped.".to_owned();
            return Request {
                path: "/v1/consents/withdraw".to_owned(),
                version: None,
                body: Some(body),
                done,
            };
        }
        body = with(body, "wording_version", json!(self.edition));
        body = with(body, "language", json!(self.language));
        let done = "✓ You agree. You can take it back at any time.".to_owned();
        Request { path: "/v1/consents".to_owned(), version: None, body: Some(body), done }
    }
}

impl Dialog for Permissions {
    fn lines(&self) -> Vec<String> {
        let Some(line) = &self.chosen else {
            let mut lines = vec!["What you agree to:".to_owned()];
            lines.extend(self.list.lines(|line| {
                let mark = if line.is_in_force { "✓" } else { "✗" };
                format!("{mark} {} {}", line.purpose.replace('_', " "), line.whom).trim_end().to_owned()
            }));
            return lines;
        };
        let asked = if line.is_in_force { "You agree to this. Take it back?" } else { "Do you agree?" };
        vec![line.words.clone(), asked.to_owned(), "[1] ✓   [2] ✗   [s] stop".to_owned()]
    }

    fn take(&mut self, line: &str) -> Next {
        match (self.chosen.clone(), line) {
            (None, "n") => {
                self.list.turn();
                Next::Ask
            }
            (None, _) => match self.list.chosen(line) {
                Some(chosen) => {
                    self.chosen = Some(chosen.clone());
                    Next::Ask
                }
                None => Next::Again("That is none of them."),
            },
            (Some(chosen), "1") => Next::Send(self.request(&chosen)),
            (Some(_), "2") => {
                self.chosen = None;
                Next::Ask
            }
            (Some(_), _) => Next::Again("Press 1 or 2."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions() -> Permissions {
        let wording = |purpose: &str, language: &str| json!({"version": "2026-11", "purpose": purpose, "language": language, "text": format!("{purpose} in {language}")});
        let wordings = json!({"current_version": "2026-11", "wordings": [wording("sms", "ar"), wording("sms", "fr"), wording("referral", "fr")]});
        let consents = json!({"items": [
            {"purpose": "push_abroad", "is_in_force": true},
            {"purpose": "referral", "subject_id": "r", "whom": "Atelier", "is_in_force": true},
            {"purpose": "contact_relative", "subject_id": "c", "whom": "Mother", "is_in_force": false},
        ]});
        Permissions::of("p", "fr", &wordings, &consents)
    }

    #[test]
    fn what_is_not_agreed_to_is_agreed_to_after_its_text() {
        let mut dialog = permissions();
        assert_eq!(
            dialog.lines()[1..5],
            ["[1] ✗ follow up", "[2] ✓ push abroad", "[3] ✗ sms", "[4] ✗ statistics"]
        );
        assert_eq!(dialog.take("3"), Next::Ask);
        assert_eq!(dialog.lines()[0], "sms in fr");
        let Next::Send(request) = dialog.take("1") else { panic!("nothing is sent") };
        assert_eq!(request.path, "/v1/consents");
        assert_eq!(
            request.body,
            Some(
                json!({"participant_id": "p", "purpose": "sms", "wording_version": "2026-11", "language": "fr"})
            )
        );
    }

    #[test]
    fn what_is_agreed_to_is_taken_back_in_two_taps() {
        let mut dialog = permissions();
        assert_eq!(dialog.lines()[5], "[5] ✓ referral Atelier");
        assert_eq!(dialog.take("6"), Next::Again("That is none of them."));
        assert_eq!(dialog.take("5"), Next::Ask);
        assert_eq!(dialog.take("2"), Next::Ask);
        assert_eq!(dialog.take("5"), Next::Ask);
        let Next::Send(request) = dialog.take("1") else { panic!("nothing is sent") };
        assert_eq!(request.path, "/v1/consents/withdraw");
        assert_eq!(
            request.body,
            Some(json!({"participant_id": "p", "purpose": "referral", "subject_id": "r"}))
        );
    }
}

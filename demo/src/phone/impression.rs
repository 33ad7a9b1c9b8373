//! Saying how a session was, in two taps: the session, and a face.

use super::{
    details::text,
    dialog::{Dialog, Next, Numbered, Request},
};
use serde_json::{Value, json};

/// The faces, from the worst to the best, with the word of each.
const FACES: [(&str, &str); 5] =
    [("😢", "very_bad"), ("🙁", "bad"), ("😐", "fair"), ("🙂", "good"), ("😀", "very_good")];

/// The sessions of which something can be said.
pub struct Sessions {
    sessions: Numbered<Value>,
    /// The one that was chosen.
    chosen: Option<String>,
}

impl Sessions {
    /// These appointments that took place; nothing if there are none.
    pub fn of(sessions: Vec<Value>) -> Option<Self> {
        let is_any = !sessions.is_empty();
        is_any.then(|| Self { sessions: Numbered::new(sessions), chosen: None })
    }
}

impl Dialog for Sessions {
    fn lines(&self) -> Vec<String> {
        if self.chosen.is_none() {
            let mut lines = vec!["Which session?".to_owned()];
            lines.extend(self.sessions.lines(|session| text(session, "/local_start").replace('T', " ")));
            return lines;
        }
        let faces = (1..).zip(FACES).map(|(number, (face, _))| format!("[{number}] {face}"));
        vec![
            "How was it? Nobody reads what one person says: only sums over many are told.".to_owned(),
            format!("{}   [s] stop", faces.collect::<Vec<_>>().join("   ")),
        ]
    }

    fn take(&mut self, line: &str) -> Next {
        let Some(session) = &self.chosen else {
            if line == "n" {
                self.sessions.turn();
                return Next::Ask;
            }
            return match self.sessions.chosen(line) {
                Some(session) => {
                    self.chosen = Some(text(session, "/id").to_owned());
                    Next::Ask
                }
                None => Next::Again("That is none of them."),
            };
        };
        let number = line.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match number.and_then(|number| FACES.get(number)) {
            Some((face, word)) => Next::Send(Request {
                path: format!("/v1/appointments/{session}/impression"),
                version: None,
                body: Some(json!({"face": word})),
                done: format!("✓ {face} Thank you."),
            }),
            None => Next::Again("Press a number from 1 to 5."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_taps_say_how_it_was() {
        assert!(Sessions::of(Vec::new()).is_none());
        let session = json!({"id": "a", "local_start": "2026-11-20T10:00:00"});
        let mut dialog = Sessions::of(vec![session]).expect("a session");
        assert_eq!(dialog.lines()[1], "[1] 2026-11-20 10:00:00");
        assert_eq!(dialog.take("2"), Next::Again("That is none of them."));
        assert_eq!(dialog.take("1"), Next::Ask);
        assert_eq!(dialog.take("6"), Next::Again("Press a number from 1 to 5."));
        let Next::Send(request) = dialog.take("4") else { panic!("nothing is sent") };
        assert_eq!(request.path, "/v1/appointments/a/impression");
        assert_eq!(request.body, Some(json!({"face": "good"})));
    }
}

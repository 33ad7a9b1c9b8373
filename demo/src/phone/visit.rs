//! Logging a visit where it was, as it ends: whom, how, for how long, what was found, and what is to be done next.

use super::{
    details::text,
    dialog::{Dialog, Next, Numbered, Request, with},
};
use chrono::{NaiveTime, TimeDelta};
use contract::time::{LocalDateTime, ZoneName};
use serde_json::{Value, json};

/// How somebody can be met.
const KINDS: [&str; 5] = ["home", "workplace", "centre", "phone", "video"];
/// After how many days the next step is due.
const NEXT_STEP_IN: u32 = 7;

/// A visit that is being logged.
pub struct Logging {
    people: Numbered<Value>,
    now: LocalDateTime,
    zone: ZoneName,
    person: Option<Value>,
    kind: Option<&'static str>,
    minutes: Option<u16>,
    narrative: Option<String>,
}

impl Logging {
    /// With one of these people, ending now on the wall of this zone; nothing if there is nobody.
    pub fn of(people: Vec<Value>, now: LocalDateTime, zone: ZoneName) -> Option<Self> {
        let is_any = !people.is_empty();
        is_any.then(|| Self {
            people: Numbered::new(people),
            now,
            zone,
            person: None,
            kind: None,
            minutes: None,
            narrative: None,
        })
    }

    fn body(&self, next_step: &str) -> Option<Value> {
        let minutes = self.minutes?;
        let began = self.now.to_chrono() - TimeDelta::minutes(minutes.into());
        let mut body = json!({
            "participant_id": text(self.person.as_ref()?, "/id"),
            "kind": self.kind?,
            "local_start": LocalDateTime::from_chrono(began)?,
            "zone": self.zone,
            "duration_minutes": minutes,
            "readers": "staff",
            "narrative": self.narrative.as_ref()?,
        });
        if !next_step.is_empty() {
            let day = self.now.days_after(NEXT_STEP_IN).date();
            let due = LocalDateTime::new(day, NaiveTime::from_hms_opt(9, 0, 0)?)?;
            body = with(body, "next_step", json!({"what": next_step, "local_due": due}));
        }
        Some(body)
    }
}

impl Dialog for Logging {
    fn lines(&self) -> Vec<String> {
        let Some(person) = &self.person else {
            let mut lines = vec!["Whom did you meet?".to_owned()];
            lines.extend(self.people.lines(|person| text(person, "/name").to_owned()));
            return lines;
        };
        if self.kind.is_none() {
            let kinds = (1..).zip(KINDS).map(|(number, kind)| format!("[{number}] {kind}"));
            return vec![
                format!("How did you meet {}?", text(person, "/name")),
                format!("{}   [s] stop", kinds.collect::<Vec<_>>().join("   ")),
            ];
        }
        vec![match (self.minutes, &self.narrative) {
            (None, _) => "It ends now; for how many minutes was it? Type it and press Enter.".to_owned(),
            (Some(_), None) => "What was found and agreed? Type it and press Enter.".to_owned(),
            (Some(_), Some(_)) => {
                "What is to be done within a week? Type it and press Enter; nothing, if nothing is."
                    .to_owned()
            }
        }]
    }

    fn is_written(&self) -> bool {
        self.kind.is_some()
    }

    fn take(&mut self, line: &str) -> Next {
        if self.person.is_none() {
            if line == "n" {
                self.people.turn();
                return Next::Ask;
            }
            self.person = self.people.chosen(line).cloned();
            return if self.person.is_some() { Next::Ask } else { Next::Again("That is none of them.") };
        }
        if self.kind.is_none() {
            let number = line.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            self.kind = number.and_then(|number| KINDS.get(number).copied());
            return if self.kind.is_some() { Next::Ask } else { Next::Again("That is none of them.") };
        }
        if self.minutes.is_none() {
            self.minutes = line.parse().ok().filter(|minutes| (1..=720).contains(minutes));
            return if self.minutes.is_some() {
                Next::Ask
            } else {
                Next::Again("A number of minutes, at most 720.")
            };
        }
        if self.narrative.is_none() {
            self.narrative = Some(line.to_owned()).filter(|line| !line.is_empty());
            return if self.narrative.is_some() { Next::Ask } else { Next::Again("A few words are needed.") };
        }
        match self.body(line) {
            Some(body) => Next::Send(Request {
                path: "/v1/visits".to_owned(),
                version: None,
                body: Some(body),
                done: "✓ The visit is logged.".to_owned(),
            }),
            None => Next::Leave,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_is_logged_as_it_ends() {
        let now: LocalDateTime = "2026-11-27T16:10:00".parse().expect("a time");
        assert!(Logging::of(Vec::new(), now, ZoneName::CASABLANCA).is_none());
        let people = vec![json!({"id": "p", "name": "Amina"})];
        let mut dialog = Logging::of(people, now, ZoneName::CASABLANCA).expect("somebody");
        for (line, next) in [
            ("2", Next::Again("That is none of them.")),
            ("1", Next::Ask),
            ("9", Next::Again("That is none of them.")),
            ("1", Next::Ask),
            ("long", Next::Again("A number of minutes, at most 720.")),
            ("40", Next::Ask),
            ("", Next::Again("A few words are needed.")),
            ("Lives with a brother", Next::Ask),
        ] {
            assert_eq!(dialog.take(line), next, "{line}");
        }
        assert!(dialog.is_written());
        let Next::Send(request) = dialog.take("Call the district") else { panic!("nothing is sent") };
        assert_eq!(
            request.body,
            Some(json!({
                "participant_id": "p", "kind": "home", "local_start": "2026-11-27T15:30:00", "zone": "Africa/Casablanca",
                "duration_minutes": 40, "readers": "staff", "narrative": "Lives with a brother",
                "next_step": {"what": "Call the district", "local_due": "2026-12-04T09:00:00"},
            }))
        );
    }
}

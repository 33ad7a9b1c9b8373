//! What somebody hopes for, with the small steps towards it: a number ticks a step, or takes that back.

use super::{
    details::{items, text},
    dialog::{Dialog, Next, Numbered, Request},
};
use serde_json::{Value, json};

/// The goals of the phone's owner.
pub struct Hopes {
    goals: Vec<String>,
    steps: Numbered<Value>,
}

impl Hopes {
    /// From what the service tells; nothing if there are none.
    pub fn of(goals: &Value) -> Option<Self> {
        let told = items(goals, "goals");
        let lines = told.iter().map(|one| {
            format!("— {} ({})", text(one, "/goal/what"), text(one, "/goal/state").replace('_', " "))
        });
        let is_tickable = |step: &&Value| items(step, "possible_commands").contains(&json!("mark"));
        let steps = told.iter().flat_map(|one| items(one, "steps")).filter(is_tickable).cloned().collect();
        let is_any = !told.is_empty();
        is_any.then(|| Self { goals: lines.collect(), steps: Numbered::new(steps) })
    }
}

fn is_ticked(step: &Value) -> bool {
    text(step, "/state") == "achieved"
}

impl Dialog for Hopes {
    fn lines(&self) -> Vec<String> {
        let mut lines = self.goals.clone();
        lines
            .extend(self.steps.lines(|step| {
                format!("{} {}", if is_ticked(step) { "✓" } else { "·" }, text(step, "/what"))
            }));
        lines
    }

    fn take(&mut self, line: &str) -> Next {
        if line == "n" {
            self.steps.turn();
            return Next::Ask;
        }
        let Some(step) = self.steps.chosen(line) else { return Next::Again("That is none of the steps.") };
        let (state, done) = if is_ticked(step) {
            ("open", "· Still to be done.")
        } else {
            ("achieved", "✓ Done. Well done!")
        };
        Next::Send(Request {
            path: format!("/v1/goal-steps/{}/mark", text(step, "/id")),
            version: step.get("version").and_then(Value::as_i64),
            body: Some(json!({"state": state})),
            done: done.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_ticked_and_taken_back() {
        assert!(Hopes::of(&json!({"goals": []})).is_none());
        let step = |id: &str, state: &str| json!({"id": id, "what": id, "state": state, "version": 2, "possible_commands": ["mark"]});
        let goals = json!({"goals": [{
            "goal": {"what": "A taxi again", "state": "open"},
            "steps": [step("ask", "achieved"), step("photo", "open")],
        }]});
        let mut dialog = Hopes::of(&goals).expect("a goal");
        assert_eq!(dialog.lines()[..3], ["— A taxi again (open)", "[1] ✓ ask", "[2] · photo"]);
        let mut sent = |line: &str| match dialog.take(line) {
            Next::Send(request) => (request.path, request.version, request.body),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            sent("1"),
            ("/v1/goal-steps/ask/mark".to_owned(), Some(2), Some(json!({"state": "open"})))
        );
        assert_eq!(sent("2").2, Some(json!({"state": "achieved"})));
        assert_eq!(dialog.take("3"), Next::Again("That is none of the steps."));
    }
}

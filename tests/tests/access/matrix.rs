//! Every operation × every kind of caller × what it is about → the answer's status, as a table for review.
//!
//! The requests are right in every other respect, so that a cell tells about the caller alone. Every cell that says 404 is
//! asked once more about something that does not exist: the two answers must be the same, byte by byte, and so must be the
//! statements behind them. Answers that are the same can still take different times, and time tells too.

use super::{Caller, Callers};
use crate::operations::{Ids, Operation, Prepared, Stage, all, both_stages};
use muwakaba_tests::{Answer, world::SignedIn};
use std::fmt::Write;

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Own,
    Centre,
    Elsewhere,
    /// The account of the centre's manager.
    Manager,
    /// The administrator's account.
    Administrator,
}

impl Target {
    const ALL: [Self; 5] = [Self::Own, Self::Centre, Self::Elsewhere, Self::Manager, Self::Administrator];

    const fn name(self) -> &'static str {
        match self {
            Self::Own => "own or assigned",
            Self::Centre => "of the centre",
            Self::Elsewhere => "of another centre",
            Self::Manager => "the manager's account",
            Self::Administrator => "the administrator's account",
        }
    }

    fn ids(self, stage: &Stage) -> Ids {
        match self {
            Self::Own => stage.own.clone(),
            Self::Centre => stage.centre.clone(),
            Self::Elsewhere => stage.elsewhere.clone(),
            Self::Manager => Ids { companion: stage.app.world.manager.id, ..stage.own.clone() },
            Self::Administrator => Ids { companion: stage.app.world.administrator.id, ..stage.own.clone() },
        }
    }

    /// Whether the operation can be about this.
    fn suits(self, operation: &Operation) -> bool {
        match self {
            Self::Own | Self::Centre | Self::Elsewhere => true,
            Self::Manager | Self::Administrator => {
                operation.path.contains("{staff_id}") || operation.id == "listStaffMembers"
            }
        }
    }
}

const LEGEND: &str = "\
What every caller is answered: the status, or `none` for a list (200) that does not hold the target.
`own or assigned` is what belongs to the participant of the column `part.`, whom `mentor` and `couns.` accompany, and for
accounts that mentor's; `of the centre` belongs to `other p.` and `other m.`. An operation that is about nothing in particular
has one line. Public operations are called with credentials that nobody has.
";

both_stages! {
    async fn every_operation_for_every_caller(stage: Stage) {
        let (table, unlike) = draw(&stage).await;
        assert!(unlike.is_empty(), "out of scope and absent differ:\n{}", unlike.join("\n"));
        insta::with_settings!({prepend_module_to_snapshot => false}, { insta::assert_snapshot!("matrix", table) });
    }
}

async fn draw(stage: &Stage) -> (String, Vec<String>) {
    let mut unlike = Vec::new();
    let mut table = format!("{LEGEND}\n{:36}", "");
    for caller in Caller::ALL {
        write!(table, "{:>10}", caller.heading()).unwrap();
    }
    table.push('\n');
    for operation in all() {
        let note = if operation.is_public() { " (public)" } else { "" };
        writeln!(table, "{} {}{note}", operation.method, operation.path).unwrap();
        for (line, targets) in lines(stage, &operation).await {
            let mut cells = Row { stage, operation: &operation, unlike: &mut unlike };
            let cells = cells.of(targets).await;
            write!(table, "  {line:34}").unwrap();
            for cell in cells {
                write!(table, "{cell:>10}").unwrap();
            }
            table.push('\n');
        }
    }
    (table, unlike)
}

/// The targets that make a difference to the operation's request.
async fn lines(stage: &Stage, operation: &Operation) -> Vec<(&'static str, Target)> {
    let mut lines: Vec<(&'static str, Target, Prepared)> = Vec::new();
    for target in Target::ALL.into_iter().filter(|target| target.suits(operation)) {
        let request = stage.request(operation, &target.ids(stage), None, 0).await;
        if operation.is_list() || lines.iter().all(|(_, _, other)| *other != request) {
            lines.push((target.name(), target, request));
        }
    }
    if let [(name, ..)] = lines.as_mut_slice() {
        *name = "—";
    }
    lines.into_iter().map(|(name, target, _)| (name, target)).collect()
}

struct Row<'a> {
    stage: &'a Stage,
    operation: &'a Operation,
    unlike: &'a mut Vec<String>,
}

impl Row<'_> {
    async fn of(&mut self, target: Target) -> Vec<String> {
        let (stage, operation) = (self.stage, self.operation);
        let mut ids = stage.ready(operation, target.ids(stage)).await;
        let mut callers = Callers::sign_in(&stage.app).await;
        let mut cells = Vec::new();
        for caller in Caller::ALL {
            let signed_in = callers.get(caller);
            let seen = match target {
                Target::Own => stage.seen_by(operation, &ids, signed_in).await,
                _ => ids.clone(),
            };
            let request = stage.request(operation, &seen, signed_in, stage.serial()).await;
            let (answer, statements) = self.watch(&request, signed_in).await;
            cells.push(cell(operation, &seen, &answer));
            if answer.status == 404 {
                self.compare(&request, &seen, signed_in, (&answer, &statements)).await;
            }
            if answer.status < 300 && !operation.is_list() {
                stage.reset().await;
                ids = stage.ready(operation, target.ids(stage)).await;
                callers = Callers::sign_in(&stage.app).await;
            }
        }
        cells
    }

    /// The answer and the statements behind it.
    async fn watch(&self, request: &Prepared, caller: Option<&SignedIn>) -> (Answer, Vec<&'static str>) {
        self.stage.app.statements.take();
        let answer = request.by(&self.stage.app, caller).send().await;
        (answer, self.stage.app.statements.take())
    }

    /// Asks the same about something that does not exist.
    async fn compare(
        &mut self,
        request: &Prepared,
        ids: &Ids,
        caller: Option<&SignedIn>,
        (refused, statements): (&Answer, &[&'static str]),
    ) {
        let absent = Ids { centre: ids.centre, ..Ids::absent() };
        let absent = self.stage.request(self.operation, &absent, caller, 0).await;
        let absent = Prepared { version: request.version, ..absent };
        let (absent, of_absent) = self.watch(&absent, caller).await;
        if anonymous(&absent) != anonymous(refused) {
            self.unlike.push(format!("{}: {} / {}", self.operation.id, refused.text(), absent.text()));
        }
        if of_absent != statements {
            self.unlike.push(format!("{}: {statements:#?} / {of_absent:#?}", self.operation.id));
        }
    }
}

fn cell(operation: &Operation, ids: &Ids, answer: &Answer) -> String {
    if !operation.is_list() || answer.status != 200 {
        return answer.status.to_string();
    }
    let listed = answer.json()["items"].as_array().is_some_and(|items| {
        let id = Stage::listed_as(operation, ids).to_string();
        items.iter().any(|item| item.to_string().contains(&id) || operation.id == "readAuditLog")
    });
    if listed { "200".to_owned() } else { "none".to_owned() }
}

/// The answer without what every answer has of its own.
pub fn anonymous(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let id = answer.header("x-request-id");
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "date" && *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    headers.sort();
    (answer.status, headers, String::from_utf8_lossy(&answer.body).replace(id, ""))
}

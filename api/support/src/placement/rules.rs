//! The states of a placement and the way to it. Pure.

use super::words::{
    EmployerKnowledge, Evidence, PlacementKind, PlacementStage, PlacementState, StageOutcome, WorkGroup,
};
use chrono::{Datelike, Days, NaiveDate};
use contract::time::ImpreciseDate;

/// What can be done with a placement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// A stage of the way to it came out so; `begins` if it is the last one.
    RecordStage {
        /// What became of it.
        outcome: StageOutcome,
        /// Whether the placement begins with it.
        begins: bool,
    },
    /// It is known whether it was held.
    VerifyMilestone,
    /// By what that is known was recorded wrongly.
    CorrectMilestone,
    /// That it is known was recorded by mistake.
    WithdrawMilestone,
    /// The employer may know more, or less.
    AgreeEmployerKnowledge,
    /// Something of it was recorded wrongly.
    Correct,
    /// It is over.
    End,
    /// It was entered by mistake.
    Withdraw,
}

/// The state that a command leads to; none if it is not possible.
pub const fn next(state: PlacementState, command: Command) -> Option<PlacementState> {
    use PlacementState::{Ended, NotTakenUp, OnTheWay, Running, Withdrawn};
    match (state, command) {
        (Withdrawn, _) => None,
        (_, Command::Withdraw) => Some(Withdrawn),
        // What was agreed can be taken back whatever came of it: it would hold again if they were asked again.
        (state, Command::Correct | Command::AgreeEmployerKnowledge) => Some(state),
        (OnTheWay | NotTakenUp, Command::RecordStage { outcome: StageOutcome::Reached, begins }) => {
            // Whoever was refused and is asked again is on the way again.
            if begins { Some(Running) } else { Some(OnTheWay) }
        }
        (OnTheWay, Command::RecordStage { .. }) => Some(NotTakenUp),
        (
            Running | Ended,
            Command::VerifyMilestone | Command::CorrectMilestone | Command::WithdrawMilestone,
        ) => Some(state),
        (Running, Command::End) => Some(Ended),
        (NotTakenUp | Running | Ended, Command::RecordStage { .. })
        | (
            OnTheWay | NotTakenUp,
            Command::VerifyMilestone | Command::CorrectMilestone | Command::WithdrawMilestone,
        )
        | (OnTheWay | NotTakenUp | Ended, Command::End) => None,
    }
}

/// The commands that are possible, in the words of the contract.
pub fn possible(state: PlacementState) -> Vec<&'static str> {
    let reached = Command::RecordStage { outcome: StageOutcome::Reached, begins: false };
    [
        ("record_stage", reached),
        ("verify_milestone", Command::VerifyMilestone),
        ("correct_milestone", Command::CorrectMilestone),
        ("withdraw_milestone", Command::WithdrawMilestone),
        ("agree_employer_knowledge", Command::AgreeEmployerKnowledge),
        ("correct", Command::Correct),
        ("end", Command::End),
        ("withdraw", Command::Withdraw),
    ]
    .into_iter()
    .filter_map(|(word, command)| next(state, command).map(|_| word))
    .collect()
}

/// The way to work with somebody.
const TO_A_JOB: &[PlacementStage] = &[
    PlacementStage::Referral,
    PlacementStage::Application,
    PlacementStage::Interview,
    PlacementStage::Offer,
    PlacementStage::Start,
];
/// The way to something of one's own.
const TO_A_PROJECT: &[PlacementStage] = &[
    PlacementStage::Dossier,
    PlacementStage::Approved,
    PlacementStage::EquipmentDelivered,
    PlacementStage::FirstSale,
];

/// The stages that lead to a placement of this kind, in their order; with the last it begins.
pub const fn pathway(kind: PlacementKind) -> &'static [PlacementStage] {
    match kind {
        PlacementKind::AutoEntrepreneur
        | PlacementKind::SelfEmployed
        | PlacementKind::IncomeGeneratingProject => TO_A_PROJECT,
        PlacementKind::OpenEnded
        | PlacementKind::FixedTerm
        | PlacementKind::InsertionContract
        | PlacementKind::TemporaryAgency
        | PlacementKind::Apprenticeship
        | PlacementKind::Training
        | PlacementKind::DayLabour
        | PlacementKind::InformalWork => TO_A_JOB,
    }
}

/// As what a placement of this kind is counted.
pub const fn counted_as(kind: PlacementKind) -> WorkGroup {
    match kind {
        PlacementKind::InsertionContract => WorkGroup::Insertion,
        PlacementKind::Apprenticeship | PlacementKind::Training => WorkGroup::Training,
        PlacementKind::OpenEnded
        | PlacementKind::FixedTerm
        | PlacementKind::AutoEntrepreneur
        | PlacementKind::TemporaryAgency
        | PlacementKind::DayLabour
        | PlacementKind::InformalWork
        | PlacementKind::SelfEmployed
        | PlacementKind::IncomeGeneratingProject => WorkGroup::Employment,
    }
}

/// Whether it begins with this stage.
pub fn begins_with(stage: PlacementStage) -> bool {
    matches!(stage, PlacementStage::Start | PlacementStage::FirstSale)
}

/// Why something cannot be right, in a word and a sentence for the field that holds it.
pub type Fault = (&'static str, &'static str);

/// Whether this stage can follow `last` on the way to this kind. Stages may be left out, and one may come again: a second interview. Whoever
/// was refused begins where they like.
pub fn check_stage(
    kind: PlacementKind,
    stage: PlacementStage,
    last: Option<(PlacementStage, StageOutcome)>,
) -> Result<(), Fault> {
    let place = |stage| pathway(kind).iter().position(|one| *one == stage);
    let Some(position) = place(stage) else {
        return Err(("not_of_this_kind", "is no stage on the way to a placement of this kind"));
    };
    match last {
        Some((last, StageOutcome::Reached)) if place(last).is_some_and(|last| position < last) => {
            Err(("before_last", "comes before the stage that was reached last"))
        }
        _ => Ok(()),
    }
}

/// Whether something that has happened can have happened then. By a day a phone may be ahead: many show the hour that Morocco no longer has.
pub fn check_past(date: ImpreciseDate, today: NaiveDate) -> Result<(), Fault> {
    let latest = today.checked_add_days(Days::new(1)).unwrap_or(today);
    if date.earliest() > latest {
        Err(("future", "is in the future: it is recorded when it has been"))
    } else {
        Ok(())
    }
}

/// Whether something can have followed what was then.
pub fn check_after(date: ImpreciseDate, before: ImpreciseDate) -> Result<(), Fault> {
    if date.latest() < before.earliest() {
        Err(("before_start", "is before what it follows"))
    } else {
        Ok(())
    }
}

/// The age at which work begins to be allowed in Morocco (Labour Code, article 143).
const LEAST_AGE: i32 = 15;

/// Whether somebody born in that year, if it is known, can have begun to work then.
pub fn check_age(start: ImpreciseDate, birth_year: Option<i32>) -> Result<(), Fault> {
    match birth_year {
        Some(year) if start.latest().year() < year.saturating_add(LEAST_AGE) => {
            Err(("too_young", "is before the year in which the participant became 15"))
        }
        _ => Ok(()),
    }
}

/// Whether this can be known by that: nobody asks an employer who may know nothing.
pub const fn may_be_known_by(evidence: Evidence, knowledge: EmployerKnowledge) -> bool {
    !matches!((evidence, knowledge), (Evidence::Employer, EmployerKnowledge::Nothing))
}

#[cfg(test)]
mod tests;

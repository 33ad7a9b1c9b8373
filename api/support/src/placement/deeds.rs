//! Recording a placement, the way to it, and its end: the same over HTTP and from a phone that was without network. What is done about its
//! milestones stands in `held.rs`.

use super::{
    agreements::{self, Said},
    answer::field,
    held, needs,
    parts::{self, StageRow, Whole},
    remind,
    request::{Agreement, Ending, NewPlacement, NewStage, Withdrawal},
    rules::{self, Command, Fault},
    store::{self, Person, Row},
    things::PLACEMENT,
    words::{EmployerKnowledge, EndReason, PlacementId, PlacementState, StageOutcome},
};
use crate::{App, employer};
use chrono::NaiveDate;
use contract::{
    StaffId, Subject, SubjectKind,
    time::{Instant, ZoneName},
};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
};

/// How many stages are kept of one placement: then it is another one.
const MOST_STAGES: usize = 40;

/// Records a placement as far as the way to it has come, and the line of the audit log that says so.
pub async fn record(
    app: &App,
    tx: &mut Tx,
    author_id: StaffId,
    person: Person,
    new: NewPlacement,
    (noted_at, now): (Option<Instant>, Instant),
) -> Result<(Whole, Audit)> {
    let (id, today) = (PlacementId(new_id(new.id, &*app.ids)), today(app, &person.zone, now)?);
    rules::check_stage(new.kind, new.stage, None).map_err(at("/stage"))?;
    rules::check_past(new.on, today).map_err(at("/on"))?;
    let begins = rules::begins_with(new.stage);
    if begins {
        let born = store::birth_year(tx, new.participant_id).await?;
        rules::check_age(new.on, born).map_err(at("/on"))?;
    }
    let knowledge = new.employer_knowledge.unwrap_or(EmployerKnowledge::Nothing);
    let said = Said::of(knowledge, new.agreed_on, today)?;
    let employer_name_sealed = match new.employer_id {
        Some(employer) => {
            Some(employer::store::name_at(tx, employer, person.centre_id).await?.ok_or_else(|| {
                Error::field("/employer_id", "unknown", "is no employer of the participant's centre")
            })?)
        }
        None => None,
    };
    let (agreed, has_ended) =
        agreements::first(app, tx, (id, new.participant_id), said, (noted_at, now)).await?;
    let row = Row {
        id,
        centre_id: person.centre_id,
        participant_id: new.participant_id,
        author_id,
        employer_id: new.employer_id,
        kind: new.kind,
        hours_a_week: new.hours_a_week.map(Into::into),
        employer_knowledge: agreed.knowledge,
        agreed_on: agreed.on,
        witness_id: agreed.on.map(|_| author_id),
        state: if begins { PlacementState::Running } else { PlacementState::OnTheWay },
        started: begins.then_some(new.on),
        ended: None,
        end_reason: None,
        end_reason_sealed: None,
        end_recorded_at: None,
        end_recorded_by: None,
        withdrawn_at: None,
        withdrawn_by: None,
        withdrawal_sealed: None,
        recorded_at: now,
        changed_at: now,
        corrected_at: None,
        facts_version: 1,
        version: 1,
        data_key: person.data_key,
        employer_name_sealed,
    };
    let stage = StageRow {
        placement_id: id,
        number: 1,
        stage: new.stage,
        outcome: StageOutcome::Reached,
        happened_on: new.on,
        recorded_at: now,
        recorded_by: author_id,
    };
    store::insert(tx, &row).await?;
    parts::insert_fact(tx, &row).await?;
    parts::insert_agreement(tx, &row, author_id.0, has_ended.then_some(now), now).await?;
    parts::insert_stage(tx, &stage).await?;
    let mut whole = Whole { row, stages: vec![stage], milestones: Vec::new() };
    if begins {
        held::begin(app, tx, &mut whole, new.on, &person.zone).await?;
    }
    tx.changed(whole.row.changed());
    remind::plan_again(app, tx, &whole, now).await?;
    needs::is_seen_to(app, tx, &whole.row, now).await?;
    if has_ended {
        needs::consent_ended(app, tx, &whole.row, now).await?;
    }
    let audit = line(&whole.row, "record");
    Ok((whole, audit))
}

/// Records what became of a stage of the way to a placement.
pub async fn record_stage(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    new: NewStage,
    now: Instant,
) -> Result<Audit> {
    let begins = rules::begins_with(new.stage) && new.outcome == StageOutcome::Reached;
    let state = next(&whole.row, Command::RecordStage { outcome: new.outcome, begins })?;
    if whole.stages.len() >= MOST_STAGES {
        return Err(refused(
            &whole.row,
            "it has as many stages as are kept; what comes next is another placement",
        ));
    }
    let zone = store::zone_of(tx, whole.row.centre_id).await?;
    let last = whole.stages.last();
    rules::check_stage(whole.row.kind, new.stage, last.map(|last| (last.stage, last.outcome)))
        .map_err(at("/stage"))?;
    rules::check_past(new.on, today(app, &zone, now)?).map_err(at("/on"))?;
    if let Some(last) = last {
        rules::check_after(new.on, last.happened_on).map_err(at("/on"))?;
    }
    if begins {
        let born = store::birth_year(tx, whole.row.participant_id).await?;
        rules::check_age(new.on, born).map_err(at("/on"))?;
        whole.row.started = Some(new.on);
    }
    let stage = StageRow {
        placement_id: whole.row.id,
        number: last.map_or(1, |last| last.number + 1),
        stage: new.stage,
        outcome: new.outcome,
        happened_on: new.on,
        recorded_at: now,
        recorded_by: by,
    };
    whole.row.state = state;
    whole.row.count(now);
    store::update(tx, &whole.row).await?;
    parts::insert_fact(tx, &whole.row).await?;
    parts::insert_stage(tx, &stage).await?;
    whole.stages.push(stage);
    if begins {
        held::begin(app, tx, whole, new.on, &zone).await?;
    }
    tx.changed(whole.row.changed());
    remind::plan_again(app, tx, whole, now).await?;
    if new.outcome == StageOutcome::Reached {
        needs::is_seen_to(app, tx, &whole.row, now).await?;
    } else {
        needs::is_lost(app, tx, &whole.row, now).await?;
    }
    Ok(line(&whole.row, "record_stage"))
}

/// Notes what the participant agreed that the employer may know.
pub async fn agree_employer_knowledge(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    agreement: Agreement,
    now: Instant,
) -> Result<Audit> {
    let state = next(&whole.row, Command::AgreeEmployerKnowledge)?;
    let zone = store::zone_of(tx, whole.row.centre_id).await?;
    let said = Said::of(agreement.employer_knowledge, agreement.agreed_on, today(app, &zone, now)?)?;
    agreements::require(app, tx, &whole.row, said, now).await?;
    whole.row.state = state;
    agreements::set(tx, &mut whole.row, said, by.0, None, now).await?;
    if said.knowledge != EmployerKnowledge::Nothing {
        needs::consent_is_back(app, tx, &whole.row, now).await?;
    }
    Ok(line(&whole.row, "agree_employer_knowledge"))
}

/// Ends a placement: what was not reached is closed, and somebody is to act unless it was for something better.
pub async fn end(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    ending: Ending,
    now: Instant,
) -> Result<Audit> {
    let state = next(&whole.row, Command::End)?;
    let zone = store::zone_of(tx, whole.row.centre_id).await?;
    rules::check_past(ending.until, today(app, &zone, now)?).map_err(at("/until"))?;
    if let Some(started) = whole.row.started {
        rules::check_after(ending.until, started).map_err(at("/until"))?;
    }
    whole.row.state = state;
    whole.row.ended = Some(ending.until);
    (whole.row.end_recorded_at, whole.row.end_recorded_by) = (Some(now), Some(by));
    set_reason(app, &mut whole.row, ending.reason)?;
    whole.row.count(now);
    store::update(tx, &whole.row).await?;
    parts::insert_fact(tx, &whole.row).await?;
    held::end(tx, whole, ending.until, ending.reason).await?;
    tx.changed(whole.row.changed());
    remind::plan_again(app, tx, whole, now).await?;
    needs::stand_as(app, tx, whole, now).await?;
    needs::consent_is_back(app, tx, &whole.row, now).await?;
    if ending.reason == EndReason::BetterJob {
        needs::is_seen_to(app, tx, &whole.row, now).await?;
    } else {
        needs::is_lost(app, tx, &whole.row, now).await?;
    }
    Ok(line(&whole.row, "end"))
}

/// Takes a placement out that was entered by mistake: no milestone of it is asked for, and nobody has to do anything about it.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    withdrawal: Withdrawal,
    now: Instant,
) -> Result<Audit> {
    let state = next(&whole.row, Command::Withdraw)?;
    let silenced_a_loss = whole.row.state != PlacementState::NotTakenUp;
    let key = app.keys.participants.key(whole.row.participant_id.0, &whole.row.data_key)?;
    let row = &mut whole.row;
    row.withdrawal_sealed =
        Some(key.seal_text(field("withdrawal_sealed", row.id), &withdrawal.reason, &*app.random)?);
    (row.state, row.withdrawn_at, row.withdrawn_by) = (state, Some(now), Some(by));
    row.count(now);
    store::update(tx, row).await?;
    parts::insert_fact(tx, row).await?;
    held::withdraw(tx, whole).await?;
    tx.changed(whole.row.changed());
    remind::plan_again(app, tx, whole, now).await?;
    needs::stand_as(app, tx, whole, now).await?;
    needs::consent_is_back(app, tx, &whole.row, now).await?;
    if silenced_a_loss {
        needs::is_lost(app, tx, &whole.row, now).await?;
    }
    Ok(line(&whole.row, "withdraw"))
}

/// Why a placement ended: sealed as it is, and beside it as those may read it who may not know of a new detention.
pub fn set_reason(app: &App, row: &mut Row, reason: EndReason) -> Result<()> {
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let place = field("end_reason_sealed", row.id);
    row.end_reason_sealed = Some(key.seal(place, reason.as_str().as_bytes(), &*app.random)?);
    row.end_reason = Some(match reason {
        EndReason::NewDetention => EndReason::Other,
        told => told,
    });
    Ok(())
}

/// The state that a command leads to.
pub fn next(row: &Row, command: Command) -> Result<PlacementState> {
    rules::next(row.state, command).ok_or_else(|| refused(row, "its state does not allow that"))
}

/// A refusal that says what is possible.
pub fn refused(row: &Row, detail: &str) -> Error {
    let subject = Subject { kind: SubjectKind::Placement, id: row.id.0 };
    Error::command_refused(subject, detail, &rules::possible(row.state))
}

/// The fault of this field.
pub fn at(pointer: &'static str) -> impl Fn(Fault) -> Error {
    move |(code, detail)| Error::field(pointer, code, detail)
}

/// The day on the wall of a centre.
pub fn today(app: &App, zone: &ZoneName, now: Instant) -> Result<NaiveDate> {
    Ok(app.zones.to_local(now, zone).map_err(Error::internal)?.date())
}

/// A line of the audit log about a placement. It says what was done and to whose, and nothing of what was recorded: whoever reads the log sees
/// whom it is about, and accompanies nobody.
pub fn line(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&PLACEMENT, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}

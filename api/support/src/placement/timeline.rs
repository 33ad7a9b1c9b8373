//! What a participant's timeline tells of placements, to staff and to the participant: the stages of the way to each, the milestones that were
//! held, and that it ended. Each stands where the service learnt of it; on which day it was, with whom and why it ended is read in the
//! placement. None that was entered by mistake. Who recorded it is told to staff alone.

use super::{
    things::PLACEMENT,
    words::{Milestone, PlacementStage, StageOutcome},
};
use crate::app::timeline::{Asked, Chapter, Moment, Place};
use contract::{StaffId, time::Instant};
use db::{Result, Statement, Tx, piece};
use uuid::Uuid;

/// All of it.
pub const TIMELINE: &[Chapter] = &[
    |tx, asked| Box::pin(stages(tx, asked)),
    |tx, asked| Box::pin(milestones(tx, asked)),
    |tx, asked| Box::pin(endings(tx, asked)),
];

/// Of what was recorded of one placement at once, the stages come first, by their numbers; there are fewer than this.
const FIRST_MILESTONE: i64 = 1_000;
/// Then the milestones, and the end.
const END: i64 = 2_000;

#[derive(sqlx::FromRow)]
struct Stage {
    placement_id: Uuid,
    number: i64,
    stage: PlacementStage,
    outcome: StageOutcome,
    recorded_at: Instant,
    recorded_by: StaffId,
}

async fn stages(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT s.placement_id, s.number, s.stage, s.outcome, s.recorded_at, s.recorded_by FROM placement_stage AS s ",
        lite "CROSS ",
        "JOIN placement AS pl ON pl.id = s.placement_id WHERE pl.state <> 'withdrawn' AND s.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(
            " AND (s.recorded_at, s.placement_id, s.number) < (?, ?, ?)
              ORDER BY s.recorded_at DESC, s.placement_id DESC, s.number DESC"
        ))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .bind(asked.before.part())
        .limit(asked.rows);
    let rows: Vec<Stage> = tx.query_built(statement).all().await?;
    let moment = |row: Stage| Moment {
        at: row.recorded_at,
        kind: &PLACEMENT,
        id: row.placement_id,
        part: row.number,
        event: stage_word(row.stage, row.outcome),
        staff: asked.is_staff().then_some(row.recorded_by),
        local: None,
    };
    Ok(rows.into_iter().map(moment).collect())
}

/// The stage, and what became of it if it was not reached.
fn stage_word(stage: PlacementStage, outcome: StageOutcome) -> String {
    match outcome {
        StageOutcome::Reached => stage.as_str().to_owned(),
        StageOutcome::Refused | StageOutcome::Withdrawn => format!("{stage}_{outcome}"),
    }
}

#[derive(sqlx::FromRow)]
struct Held {
    placement_id: Uuid,
    milestone: Milestone,
    verified_at: Instant,
    verified_by: Option<StaffId>,
}

async fn milestones(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT m.placement_id, m.milestone, m.verified_at, m.verified_by FROM milestone AS m ",
        lite "CROSS ",
        "JOIN placement AS pl ON pl.id = m.placement_id
         WHERE pl.state <> 'withdrawn' AND m.state = 'achieved' AND m.verified_at IS NOT NULL AND m.participant_id = "
    ));
    let all = i64::try_from(Milestone::ALL.len()).unwrap_or(i64::MAX);
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(
            " AND (m.verified_at, m.placement_id) <= (?, ?) ORDER BY m.verified_at DESC, m.placement_id DESC"
        ))
        .bind(asked.before.at())
        .bind(asked.before.id())
        // Those of one placement that were recorded at once as the last one told, and were told with it.
        .limit(asked.rows.saturating_add(all));
    let rows: Vec<Held> = tx.query_built(statement).all().await?;
    let moment = |row: Held| Moment {
        at: row.verified_at,
        kind: &PLACEMENT,
        id: row.placement_id,
        part: FIRST_MILESTONE + place_of(row.milestone),
        event: row.milestone.to_string(),
        staff: row.verified_by.filter(|_| asked.is_staff()),
        local: None,
    };
    Ok(behind(rows.into_iter().map(moment).collect(), asked.before))
}

fn place_of(milestone: Milestone) -> i64 {
    let place = Milestone::ALL.iter().position(|one| *one == milestone).unwrap_or_default();
    i64::try_from(place).unwrap_or_default()
}

#[derive(sqlx::FromRow)]
struct Ending {
    id: Uuid,
    end_recorded_at: Instant,
    end_recorded_by: Option<StaffId>,
}

async fn endings(tx: &mut Tx, asked: &Asked<'_>) -> Result<Vec<Moment>> {
    let statement = Statement::new(piece!(
        "SELECT pl.id, pl.end_recorded_at, pl.end_recorded_by FROM placement AS pl
         WHERE pl.state = 'ended' AND pl.end_recorded_at IS NOT NULL AND pl.participant_id = "
    ));
    let statement = asked
        .scope
        .asked(statement, asked.participant.0)
        .then(piece!(
            " AND (pl.end_recorded_at, pl.id) <= (?, ?) ORDER BY pl.end_recorded_at DESC, pl.id DESC"
        ))
        .bind(asked.before.at())
        .bind(asked.before.id())
        .limit(asked.rows.saturating_add(1));
    let rows: Vec<Ending> = tx.query_built(statement).all().await?;
    let moment = |row: Ending| Moment {
        at: row.end_recorded_at,
        kind: &PLACEMENT,
        id: row.id,
        part: END,
        event: "ended".to_owned(),
        staff: row.end_recorded_by.filter(|_| asked.is_staff()),
        local: None,
    };
    Ok(behind(rows.into_iter().map(moment).collect(), asked.before))
}

/// Those that were not told yet, newest first.
fn behind(mut told: Vec<Moment>, before: Place) -> Vec<Moment> {
    let place = |moment: &Moment| Place::of_part(moment.at, moment.id, moment.part);
    told.retain(|moment| place(moment) < before);
    told.sort_by_key(|moment| std::cmp::Reverse(place(moment)));
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_recorded_at_once_is_told_once_whatever_part_of_it_the_page_ended_with() {
        let (at, id) = (Instant::from_micros(7).unwrap(), Uuid::from_u128(1));
        let moment =
            |part| Moment { at, kind: &PLACEMENT, id, part, event: String::new(), staff: None, local: None };
        let parts = |before: i64| -> Vec<i64> {
            let all =
                vec![moment(1), moment(2), moment(FIRST_MILESTONE), moment(FIRST_MILESTONE + 3), moment(END)];
            behind(all, Place::of_part(at, id, before)).into_iter().map(|moment| moment.part).collect()
        };
        assert_eq!(parts(i64::MAX), [END, FIRST_MILESTONE + 3, FIRST_MILESTONE, 2, 1]);
        assert_eq!(parts(FIRST_MILESTONE + 3), [FIRST_MILESTONE, 2, 1]);
        assert_eq!(parts(2), [1]);
        assert!(parts(1).is_empty());
    }

    #[test]
    fn a_stage_says_what_became_of_it() {
        assert_eq!(stage_word(PlacementStage::Interview, StageOutcome::Reached), "interview");
        assert_eq!(stage_word(PlacementStage::Interview, StageOutcome::Refused), "interview_refused");
        assert_eq!(stage_word(PlacementStage::Offer, StageOutcome::Withdrawn), "offer_withdrawn");
    }
}

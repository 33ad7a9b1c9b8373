//! What has happened with everybody besides appointments: check-ins that were answered and seen, visits, attempts to reach them, and what
//! somebody of the staff had to act on and did. It lies in the order of time, as it came about: what is one person's is spread over all of it.

use std::sync::Arc;

use care::App;
use care::questionnaire::store::DEFAULT;
use chrono::TimeDelta;
use contract::time::{Instant, LocalDateTime, ZoneName};
use db::{Tx, sql};
use kernel::protect::seal::{DataKey, Field, Sealed};
use uuid::Uuid;

use super::appointments::{Keys, keys, on_the_wall};
use super::shape::id_at;
use super::{History, Kind, Shape, begin, pieces};
use crate::Failure;

/// Since when.
const SPAN: TimeDelta = TimeDelta::days(440);
/// Nothing is so recent that somebody could still undo it.
const SETTLED: TimeDelta = TimeDelta::days(10);

/// As the service seals what was answered (`api/meetings/src/check_in/answers.rs`).
const ANSWERS: &[u8] = br#"{"answers":[{"question":"how_are_you","what":{"option":"good"}},{"question":"housing","what":{"option":"with_others"}},{"question":"work","what":{"option":"searching"}},{"question":"worry","what":{"option":"no"}}],"call_wanted":false}"#;
const NARRATIVE: &[u8] = b"Lives with a brother for now; the residence certificate is still missing";

/// Something that was, as far as it follows from its number.
struct Past {
    id: Uuid,
    centre: Uuid,
    participant: Uuid,
    mentor: Uuid,
    at: Instant,
    local: LocalDateTime,
    key: Arc<DataKey>,
}

/// The store with the keys of everybody.
struct Archive<'a> {
    app: &'a App,
    shape: &'a Shape,
    keys: Keys,
}

/// Writes all of it.
pub async fn settle(app: &App, shape: &Shape) -> Result<(), Failure> {
    let history = shape.history;
    if history == History::NONE {
        return Ok(());
    }
    let archive = Archive { app, shape, keys: keys(app).await? };
    for (kind, each) in [
        (Kind::CheckIn, history.check_ins),
        (Kind::Visit, history.visits),
        (Kind::ContactAttempt, history.attempts),
        (Kind::WorkItem, history.work_items),
    ] {
        for piece in pieces(each * shape.participants()) {
            let past = piece.map(|number| archive.past(kind, each, number)).collect::<Result<Vec<_>, _>>()?;
            let mut tx = begin(app).await?;
            match kind {
                Kind::CheckIn => archive.check_ins(&mut tx, &past).await?,
                Kind::Visit => archive.visits(&mut tx, &past).await?,
                Kind::ContactAttempt => archive.attempts(&mut tx, &past).await?,
                _ => work_items(&mut tx, &past).await?,
            }
            tx.commit().await?;
        }
    }
    Ok(())
}

impl Archive<'_> {
    /// Everybody has their turn, again and again.
    fn past(&self, kind: Kind, each: usize, number: usize) -> Result<Past, Failure> {
        let shape = self.shape;
        let person = number % shape.participants();
        let all = i64::try_from(each * shape.participants())?.max(1);
        let step = (SPAN - SETTLED).num_microseconds().unwrap_or_default() / all;
        let since = shape.now.saturating_sub(SPAN);
        let at = since.saturating_add(TimeDelta::microseconds(step * i64::try_from(number)?));
        let participant = shape.id(Kind::Participant, person);
        Ok(Past {
            id: id_at(at, kind, number),
            centre: shape.id(Kind::Centre, shape.centre_of(person)),
            participant,
            mentor: shape.id(Kind::Mentor, person % shape.mentors),
            at,
            local: on_the_wall(self.app, at)?,
            key: Arc::clone(self.keys.get(&participant).ok_or("a participant has no key")?),
        })
    }

    fn seal(
        &self,
        past: &Past,
        table: &'static str,
        column: &'static str,
        text: &[u8],
    ) -> Result<Sealed, Failure> {
        Ok(past.key.seal(Field::new(table, column, past.id), text, &*self.app.random)?)
    }

    async fn check_ins(&self, tx: &mut Tx, past: &[Past]) -> Result<(), Failure> {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO check_in (id, centre_id, participant_id, questionnaire_id, questionnaire_number, custom_questions_left_out,
                                       local_opens, local_due, local_closes, zone, opens_at, due_at, closes_at, settled, stage, planned_at,
                                       planned_by, answers_sealed, answers_version, answered_at, submitted_at, reviewed_at, reviewed_by, version)
                 VALUES {rows}"
            ),
            past.len(),
            24,
        );
        for one in past {
            let (due, closes) = (one.local.days_after(2), one.local.days_after(4));
            let answered_at = one.at.saturating_add(TimeDelta::hours(30));
            query = query
                .bind(one.id)
                .bind(one.centre)
                .bind(one.participant)
                .bind(DEFAULT)
                .bind(1_i64)
                .bind(0_i64)
                .bind(one.local)
                .bind(due)
                .bind(closes)
                .bind(ZoneName::CASABLANCA)
                .bind(one.at)
                .bind(one.at.saturating_add(TimeDelta::days(2)))
                .bind(one.at.saturating_add(TimeDelta::days(4)))
                .bind("reviewed")
                .bind("open")
                .bind(one.at.saturating_sub(TimeDelta::days(50)))
                .bind(one.mentor)
                .bind(self.seal(one, "check_in", "answers_sealed", ANSWERS)?)
                .bind(2_i64)
                .bind(answered_at)
                .bind(answered_at)
                .bind(answered_at.saturating_add(TimeDelta::hours(5)))
                .bind(one.mentor)
                .bind(3_i64);
        }
        query.execute().await?;
        Ok(())
    }

    async fn visits(&self, tx: &mut Tx, past: &[Past]) -> Result<(), Failure> {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO visit (id, centre_id, participant_id, author_id, kind, local_start, zone, starts_at, duration_minutes, readers,
                                    narrative_sealed, recorded_at, version)
                 VALUES {rows}"
            ),
            past.len(),
            13,
        );
        for one in past {
            query = query
                .bind(one.id)
                .bind(one.centre)
                .bind(one.participant)
                .bind(one.mentor)
                .bind("home")
                .bind(one.local)
                .bind(ZoneName::CASABLANCA)
                .bind(one.at)
                .bind(40_i64)
                .bind("staff")
                .bind(self.seal(one, "visit", "narrative_sealed", NARRATIVE)?)
                .bind(one.at.saturating_add(TimeDelta::hours(3)))
                .bind(1_i64);
        }
        query.execute().await?;
        Ok(())
    }

    async fn attempts(&self, tx: &mut Tx, past: &[Past]) -> Result<(), Failure> {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO contact_attempt (id, centre_id, participant_id, author_id, kind, aim, local_at, zone, at, note_sealed, recorded_at,
                                              version)
                 VALUES {rows}"
            ),
            past.len(),
            12,
        );
        for one in past {
            query = query
                .bind(one.id)
                .bind(one.centre)
                .bind(one.participant)
                .bind(one.mentor)
                .bind("called")
                .bind("touch")
                .bind(one.local)
                .bind(ZoneName::CASABLANCA)
                .bind(one.at)
                .bind(self.seal(one, "contact_attempt", "note_sealed", b"The number is switched off")?)
                .bind(one.at.saturating_add(TimeDelta::hours(3)))
                .bind(1_i64);
        }
        query.execute().await?;
        Ok(())
    }
}

async fn work_items(tx: &mut Tx, past: &[Past]) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO work_item (id, centre_id, participant_id, cause, subject_id, state, zone, local_due, due_at, opened_at, raised_at, times,
                                    raised_version, responded_at, closed_at, closed_by, version)
             VALUES {rows}"
        ),
        past.len(),
        17,
    );
    for one in past {
        let seen_to = one.at.saturating_add(TimeDelta::hours(20));
        query = query
            .bind(one.id)
            .bind(one.centre)
            .bind(one.participant)
            .bind("no_contact")
            .bind(one.participant)
            .bind("done")
            .bind(ZoneName::CASABLANCA)
            .bind(one.local.days_after(3))
            .bind(one.at.saturating_add(TimeDelta::days(3)))
            .bind(one.at)
            .bind(one.at)
            .bind(1_i64)
            .bind(1_i64)
            .bind(seen_to)
            .bind(seen_to)
            .bind(one.mentor)
            .bind(2_i64);
    }
    query.execute().await?;
    Ok(())
}

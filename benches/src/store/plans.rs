//! A running plan for everybody, of which nothing is planned yet: what the reconciler makes of them is what is measured. Where lists are, it is
//! not to make anything of them.

use care::App;
use care::plan::timers;
use care::plan_template::{PlanTemplateId, content::PlanContent, store as templates};
use chrono::TimeDelta;
use contract::time::ZoneName;
use contract::{CentreId, StaffId};
use db::{Tx, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Kind, Shape, begin, failed, pieces};
use crate::Failure;

/// So many days ahead a plan begins: nobody is asked anything before everybody was looked at again a week later.
pub const BEGINS_AFTER: i64 = 8;
/// One in so many plans has its first conversation in its first week, the others some weeks later: those that have one a month each are asked for
/// theirs in the same proportion, week after week.
const CONVERSES_AT_ONCE: usize = 4;

/// Weekly for longer than anything is planned ahead, monthly from then on, and a conversation a month.
fn content(first_conversation: u32) -> Result<PlanContent, Failure> {
    let phase = |id: &str, count: u32, unit: &str, recurrence: &str| -> Value {
        json!({"id": id, "lasts": {"count": count, "unit": unit}, "check_ins": {"recurrence": recurrence, "window": {
            "opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"}}}})
    };
    Ok(serde_json::from_value(json!({
        "name": {"ar": "مواكبتكم", "fr": "Votre accompagnement", "zgh": "ⴰⵎⵓⵏ ⵏⵏⵓⵏ", "en": "Your accompaniment"},
        "phases": [
            phase("first_months", 16, "weeks", "FREQ=WEEKLY"),
            phase("later", 20, "months", "FREQ=MONTHLY"),
        ],
        "series": [{
            "id": "talks", "kind": "social_counselling", "minutes": 45, "recurrence": "FREQ=MONTHLY",
            "begins_after": {"count": first_conversation, "unit": "weeks"},
        }],
    }))?)
}

/// Writes them, with their first day so many days from today, and notes that each is to be looked at.
pub async fn settle(app: &App, shape: &Shape, begins_after: i64, are_noted: bool) -> Result<(), Failure> {
    let today = app.zones.to_local(shape.now, &ZoneName::CASABLANCA)?.date();
    let starts_on = today.checked_add_signed(TimeDelta::days(begins_after)).ok_or("no such day")?.to_string();
    let mut tx = begin(app).await?;
    for (number, first_conversation) in [0, 2].into_iter().enumerate() {
        let row = templates::Row {
            id: PlanTemplateId(shape.id(Kind::PlanTemplate, number)),
            centre_id: None,
            number: 1,
            created_at: shape.now,
            created_by: StaffId(shape.id(Kind::Administrator, 0)),
            retired_at: None,
            retired_by: None,
            version: 1,
            content: templates::stored(&content(first_conversation)?).map_err(failed)?,
        };
        templates::insert(&mut tx, &row).await?;
    }
    tx.commit().await?;
    for piece in pieces(shape.participants()) {
        let people: Vec<usize> = piece.collect();
        let mut tx = begin(app).await?;
        plans(&mut tx, shape, &people, &starts_on).await?;
        versions(&mut tx, shape, &people, &starts_on).await?;
        for centre in (0..shape.centres).filter(|_| are_noted) {
            let theirs = people.iter().filter(|number| shape.centre_of(**number) == centre);
            let ids: Vec<Uuid> = theirs.map(|number| shape.id(Kind::Plan, *number)).collect();
            timers::note(&mut tx, CentreId(shape.id(Kind::Centre, centre)), &ids, shape.now)
                .await
                .map_err(failed)?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Who accompanies this participant.
fn mentor(shape: &Shape, number: usize) -> Uuid {
    shape.id(Kind::Mentor, number % shape.mentors)
}

async fn plans(tx: &mut Tx, shape: &Shape, people: &[usize], starts_on: &str) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO plan (id, centre_id, participant_id, number, starts_on, pauses, started_at, started_by, version)
             VALUES {rows}"
        ),
        people.len(),
        9,
    );
    for number in people {
        query = query
            .bind(shape.id(Kind::Plan, *number))
            .bind(shape.id(Kind::Centre, shape.centre_of(*number)))
            .bind(shape.id(Kind::Participant, *number))
            .bind(1_i64)
            .bind(starts_on.to_owned())
            .bind("[]")
            .bind(shape.now)
            .bind(mentor(shape, *number))
            .bind(1_i64);
    }
    query.execute().await?;
    Ok(())
}

async fn versions(tx: &mut Tx, shape: &Shape, people: &[usize], starts_on: &str) -> Result<(), Failure> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO plan_version (plan_id, number, participant_id, template_id, template_number, adjustments, effective_on,
                                       made_at, made_by)
             VALUES {rows}"
        ),
        people.len(),
        9,
    );
    for number in people {
        // By the rank among those of their mentor, so that every mentor has some of both.
        let template = usize::from(!(number / shape.mentors).is_multiple_of(CONVERSES_AT_ONCE));
        query = query
            .bind(shape.id(Kind::Plan, *number))
            .bind(1_i64)
            .bind(shape.id(Kind::Participant, *number))
            .bind(shape.id(Kind::PlanTemplate, template))
            .bind(1_i64)
            .bind("[]")
            .bind(starts_on.to_owned())
            .bind(shape.now)
            .bind(mentor(shape, *number));
    }
    query.execute().await?;
    Ok(())
}

//! Check-ins of many people at once, as plans need them: planned, put on another day, and called off, in as few statements as it takes. What one
//! is, and what is told of it, is as where somebody plans it alone.

use super::{
    deeds, pause,
    planning::{Made, custom_of},
    remind::{self, Surroundings},
    store::{self, Row, Whom},
    things::CHECK_IN,
    timers::CHECK_INS,
    window::LocalWindow,
    words::{CheckInCancelReason, CheckInId, Settled},
};
use crate::{
    App,
    questionnaire::{self, QuestionnaireId, question::Question, rules},
};
use contract::{AuditId, CentreId, ParticipantId, StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{
    access::Actor,
    agenda,
    audit::Audit,
    error::{Error, Result},
};
use notifications::{outbox, plan::Diff};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};
use uuid::Uuid;

/// Rows of one statement.
const CHUNK: usize = 500;

/// A check-in that is to be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Who answers.
    pub participant: ParticipantId,
    /// Who said that they are to be asked.
    pub planner: StaffId,
    /// What is asked. Where it is asked no more, or not there, what came with the service is.
    pub questionnaire: Option<QuestionnaireId>,
    /// When, on the wall of their centre.
    pub local: LocalWindow,
}

#[derive(sqlx::FromRow)]
struct Person {
    participant_id: ParticipantId,
    #[sqlx(flatten)]
    whom: Whom,
    #[sqlx(flatten)]
    around: Surroundings,
}

/// What they ask, by centre: each is looked up once.
type Asked = BTreeMap<(CentreId, Option<QuestionnaireId>), Option<questionnaire::store::Row>>;

/// Plans these, and gives the id of each in their order; none for one that would be over already, whose participant is not accompanied, or for
/// whom there is nothing to ask. Nobody has to be in scope: whoever calls has made sure of it.
pub async fn plan(
    app: &App,
    tx: &mut Tx,
    actor: Option<&Actor>,
    wanted: &[Wanted],
    now: Instant,
) -> Result<Vec<Option<CheckInId>>> {
    let people = people(tx, wanted).await?;
    let (mut asked, mut rows, mut reminders) = (Asked::new(), Vec::new(), Diff::default());
    let mut ids = Vec::with_capacity(wanted.len());
    for one in wanted {
        let Some(person) = people.get(&one.participant) else {
            ids.push(None);
            continue;
        };
        let (centre, zone) = (person.whom.centre_id, &person.whom.centre.centre_zone);
        let key = (centre, one.questionnaire);
        if let Entry::Vacant(unknown) = asked.entry(key) {
            unknown.insert(to_ask(tx, centre, one.questionnaire).await?);
        }
        let window = one.local.derive(zone, &app.zones).map_err(Error::internal)?;
        let Some(Some(questionnaire)) = asked.get(&key).filter(|_| window.closes_at > now) else {
            ids.push(None);
            continue;
        };
        let key = app.keys.participants.key(one.participant.0, &person.whom.data_key)?;
        let custom = custom_of(app, &person.whom, one.participant)?;
        let count =
            serde_json::from_str::<Vec<Question>>(&questionnaire.questions).map_err(Error::internal)?.len();
        let (custom, left_out) = rules::asked(count, &custom);
        let (id, local) = (CheckInId::new(&*app.ids), one.local);
        let made = Made { id, participant: one.participant, series: None, asked: questionnaire, local, zone };
        let row = made.row(app, &person.whom, (&key, custom, left_out), one.planner, window, now)?;
        reminders.insert.extend(remind::first(app, &row, &person.around, now)?.insert);
        ids.push(Some(id));
        rows.push(row);
    }
    insert(tx, &rows).await?;
    note(tx, &rows, now).await?;
    outbox::apply(tx, &reminders, now, &*app.ids).await?;
    let mut audits = Vec::with_capacity(rows.len());
    for row in &rows {
        tx.changed(row.changed());
        let audit = audit(row, "plan").with("questionnaire_number", row.questionnaire_number);
        audits.push((audit, AuditId::new(&*app.ids)));
    }
    Audit::write_all(&audits, tx, actor, now).await?;
    Ok(ids)
}

/// Whom these are for, held in the order in which everybody holds them.
async fn people(tx: &mut Tx, wanted: &[Wanted]) -> Result<BTreeMap<ParticipantId, Person>> {
    let ids: BTreeSet<ParticipantId> = wanted.iter().map(|one| one.participant).collect();
    let ids: Vec<ParticipantId> = ids.into_iter().collect();
    let mut people = BTreeMap::new();
    for chunk in ids.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!("SELECT id FROM participant WHERE id IN ({rows}) ORDER BY id", pg " FOR SHARE"),
            chunk.len(),
            1,
        );
        for id in chunk {
            query = query.bind(*id);
        }
        let _: Vec<Uuid> = query.scalars().await?;
        // What is read beside them comes in a statement of its own: one that waits for whoever sets their questions would still join the former.
        let mut query = tx.query_rows(
            sql!(
                "SELECT p.id AS participant_id, p.centre_id, p.data_key, p.language AS participant_language, p.status = 'paused' AS is_paused,
                        own.questions_sealed AS custom_questions_sealed, centre.phone AS centre_phone,
                        centre.emergency_phones AS centre_emergency_phones, centre.calendar AS centre_calendar, centre.zone AS centre_zone,
                        centre.reminder_policy, p.zone AS participant_zone, p.active AS is_accompanied
                 FROM participant AS p JOIN centre ON centre.id = p.centre_id
                 LEFT JOIN custom_questions AS own ON own.participant_id = p.id
                 WHERE p.active AND p.id IN ({rows})",
                pg " FOR SHARE OF p, centre"
            ),
            chunk.len(),
            1,
        );
        for id in chunk {
            query = query.bind(*id);
        }
        let found: Vec<Person> = query.all().await?;
        people.extend(found.into_iter().map(|person| (person.participant_id, person)));
    }
    Ok(people)
}

/// What is asked, held so that it stays what it is.
async fn to_ask(
    tx: &mut Tx,
    centre: CentreId,
    wanted: Option<QuestionnaireId>,
) -> Result<Option<questionnaire::store::Row>> {
    for id in [wanted.unwrap_or(questionnaire::store::DEFAULT), questionnaire::store::DEFAULT] {
        let found = questionnaire::store::load_to_ask(tx, centre, id).await?;
        if let Some(found) = found.filter(|found| found.retired_at.is_none()) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

async fn insert(tx: &mut Tx, rows: &[Row]) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO check_in (id, centre_id, participant_id, questionnaire_id, questionnaire_number, custom_questions_sealed,
                                       custom_questions_left_out, local_opens, local_due, local_closes, zone, opens_at, due_at, closes_at,
                                       settled, stage, planned_at, planned_by, version, paused_at) VALUES {rows}"
            ),
            chunk.len(),
            20,
        );
        for row in chunk {
            query = query
                .bind(row.id)
                .bind(row.centre_id)
                .bind(row.participant_id)
                .bind(row.questionnaire_id)
                .bind(row.questionnaire_number)
                .bind(row.custom_questions_sealed.as_ref())
                .bind(row.custom_questions_left_out)
                .bind(row.local_opens)
                .bind(row.local_due)
                .bind(row.local_closes)
                .bind(&row.zone)
                .bind(row.opens_at)
                .bind(row.due_at)
                .bind(row.closes_at)
                .bind(row.settled)
                .bind(row.stage)
                .bind(row.planned_at)
                .bind(row.planned_by)
                .bind(row.version)
                .bind(row.paused_at);
        }
        query.execute().await?;
    }
    Ok(())
}

/// Notes when time alone makes each something else next: many of a plan's open at the same hour.
async fn note(tx: &mut Tx, rows: &[Row], now: Instant) -> Result<()> {
    let mut moments: BTreeMap<(CentreId, Instant), Vec<Uuid>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.paused_at.is_none()) {
        if let Some(next) = row.window().next(now) {
            moments.entry((row.centre_id, next)).or_default().push(row.id.0);
        }
    }
    for ((centre, next), ids) in moments {
        agenda::note(tx, CHECK_INS, centre, &ids, next).await?;
    }
    Ok(())
}

/// Holds these until the transaction ends, in the order in which everybody holds them. Whoever changes those of several people, one after the other,
/// holds them all first: or two who do so, and whoever looks at them as time passes, would wait for each other in a circle.
pub async fn hold(tx: &mut Tx, ids: &BTreeSet<CheckInId>) -> Result<()> {
    let ids: Vec<CheckInId> = ids.iter().copied().collect();
    for chunk in ids.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!("SELECT id FROM check_in WHERE id IN ({rows}) ORDER BY id", pg " FOR UPDATE"),
            chunk.len(),
            1,
        );
        for id in chunk {
            query = query.bind(*id);
        }
        let _: Vec<Uuid> = query.scalars().await?;
    }
    Ok(())
}

/// Whether nobody has had to do with it: it has not opened, and nothing was done about it.
fn lies_ahead(row: &Row, now: Instant) -> bool {
    row.settled == Settled::Unanswered && row.clock(now) < row.opens_at
}

/// Puts these on the wall elsewhere, as far as they lie ahead. Where they first stood is kept; no version counts it, since nobody did anything.
pub async fn put(app: &App, tx: &mut Tx, moved: &[(CheckInId, LocalWindow)], now: Instant) -> Result<()> {
    let to: BTreeMap<Uuid, LocalWindow> = moved.iter().map(|(id, local)| (id.0, *local)).collect();
    let ids: Vec<Uuid> = to.keys().copied().collect();
    for chunk in ids.chunks(CHUNK) {
        for mut row in store::held(tx, chunk).await? {
            // Or its own timer would move it by the days of the pause once more.
            pause::ends(app, tx, &mut row, now).await?;
            let Some(local) = to.get(&row.id.0).filter(|_| lies_ahead(&row, now)) else { continue };
            pause::put(app, &mut row, *local)?;
            row.stage = row.stage.min(row.window().stage(row.clock(now)));
            store::set_window(tx, &row).await?;
            tx.changed(row.changed());
            note(tx, std::slice::from_ref(&row), now).await?;
            remind::plan_again(app, tx, &row, now).await?;
        }
    }
    Ok(())
}

/// Calls these off, as far as they lie ahead.
pub async fn call_off(
    app: &App,
    tx: &mut Tx,
    actor: Option<&Actor>,
    ids: &[Uuid],
    now: Instant,
) -> Result<()> {
    let by = match actor {
        Some(Actor::Staff { id, .. }) => Some(*id),
        _ => None,
    };
    for chunk in ids.chunks(CHUNK) {
        for mut row in store::held(tx, chunk).await? {
            if !lies_ahead(&row, now) {
                continue;
            }
            deeds::call_off(app, tx, &mut row, by, CheckInCancelReason::PlanChanged, now).await?;
            audit(&row, "cancel").write(tx, actor, AuditId::new(&*app.ids), now).await?;
        }
    }
    Ok(())
}

fn audit(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&CHECK_IN, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}

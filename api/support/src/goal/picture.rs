//! All goals of somebody with their steps, in one reading and in the order in which they want them.

use super::{
    answer::Goal,
    by::By,
    order,
    step::GoalStep,
    step_store,
    store::{self, Row},
    words::GoalId,
};
use contract::ParticipantId;
use db::{Tx, id_list, sql};
use kernel::{
    Kernel,
    access::Scope,
    error::{Error, Result},
    protect::seal::{DataKey, WrappedKey},
    scoped,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A goal with what it takes.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoalWithSteps {
    /// It.
    pub goal: Goal,
    /// Its steps, in the order in which they are to stand.
    #[schema(max_items = 7)]
    pub steps: Vec<GoalStep>,
}

impl GoalWithSteps {
    /// One in scope, for this reader.
    pub async fn of(tx: &mut Tx, kernel: &Kernel, (scope, id): (Scope, GoalId), reader: By) -> Result<Self> {
        let goal = store::load(tx, scope, id).await?.ok_or_else(Error::not_found)?;
        let key = kernel.keys.participants.key(goal.participant_id.0, &goal.data_key)?;
        let steps = steps(tx, &[goal.participant_id.0]).await?;
        Self::opened(&key, &goal, &steps, reader)
    }

    /// A goal with those of these steps that lead to it.
    fn opened(key: &DataKey, goal: &Row, steps: &[step_store::Row], reader: By) -> Result<Self> {
        let mut own: Vec<&step_store::Row> = steps.iter().filter(|step| step.goal_id == goal.id).collect();
        order::sort(&mut own, &order::read(goal.step_order.as_deref()), |step| step.id.0);
        Ok(Self {
            goal: Goal::opened(key, goal, reader)?,
            steps: own.into_iter().map(|step| GoalStep::opened(key, step, reader)).collect::<Result<_>>()?,
        })
    }
}

/// What somebody wants to reach.
#[derive(Debug, Serialize, ToSchema)]
pub struct Goals {
    /// The participant's own: phones know it by that.
    pub id: ParticipantId,
    /// Who.
    pub participant_id: ParticipantId,
    /// Their goals, in the order in which they are to stand: open ones and closed ones, and none that was withdrawn.
    #[schema(max_items = 100)]
    pub goals: Vec<GoalWithSteps>,
}

/// Whose goals.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    /// Who.
    pub id: ParticipantId,
    data_key: WrappedKey,
    goal_order: Option<String>,
}

/// Those of these people who are in scope.
pub async fn people(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> db::Result<Vec<Person>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.id, p.data_key, list.goal_order
         FROM participant AS p LEFT JOIN goal_list AS list ON list.participant_id = p.id WHERE ",
        participant p,
        " AND p.id ",
        lite "IN (SELECT unhex(value) FROM json_each($2))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($2::json)))"
    ));
    tx.query(statement).bind(scope.id()).bind(id_list(ids)).all().await
}

async fn goals(tx: &mut Tx, ids: &[Uuid]) -> db::Result<Vec<Row>> {
    tx.query(sql!(
        "SELECT g.*, p.data_key FROM ",
        lite "json_each($1) AS asked CROSS JOIN goal AS g ON g.participant_id = unhex(asked.value) CROSS ",
        pg "goal AS g ",
        "JOIN participant AS p ON p.id = g.participant_id WHERE ",
        pg "g.participant_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) AND ",
        "g.withdrawn_at IS NULL"
    ))
    .bind(id_list(ids))
    .all()
    .await
}

async fn steps(tx: &mut Tx, ids: &[Uuid]) -> db::Result<Vec<step_store::Row>> {
    tx.query(sql!(
        "SELECT s.*, g.withdrawn_at AS goal_withdrawn_at, p.data_key FROM ",
        lite "json_each($1) AS asked CROSS JOIN goal_step AS s ON s.participant_id = unhex(asked.value) CROSS ",
        pg "goal_step AS s ",
        "JOIN goal AS g ON g.id = s.goal_id ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = s.participant_id WHERE ",
        pg "s.participant_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) AND ",
        "s.withdrawn_at IS NULL AND g.withdrawn_at IS NULL"
    ))
    .bind(id_list(ids))
    .all()
    .await
}

/// The pictures of these people, for this reader.
pub async fn of_people(
    tx: &mut Tx,
    kernel: &Kernel,
    people: &[Person],
    reader: By,
) -> Result<Vec<(Person, Result<Goals>)>> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.id.0).collect();
    let (goals, steps) = (goals(tx, &ids).await?, steps(tx, &ids).await?);
    let picture = |person: &Person| painted(kernel, person, (&goals, &steps), reader);
    Ok(people.iter().map(|person| (person.clone(), picture(person))).collect())
}

fn painted(
    kernel: &Kernel,
    person: &Person,
    (goals, steps): (&[Row], &[step_store::Row]),
    reader: By,
) -> Result<Goals> {
    let key = kernel.keys.participants.key(person.id.0, &person.data_key)?;
    let mut own: Vec<&Row> = goals.iter().filter(|goal| goal.participant_id == person.id).collect();
    order::sort(&mut own, &order::read(person.goal_order.as_deref()), |goal| goal.id.0);
    let with_steps = |goal: &Row| GoalWithSteps::opened(&key, goal, steps, reader);
    let goals = own.into_iter().map(with_steps).collect::<Result<_>>()?;
    Ok(Goals { id: person.id, participant_id: person.id, goals })
}

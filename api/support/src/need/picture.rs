//! All that is known of what somebody needs, in one reading: every area of life with what is known of it, its needs and its strengths.

use super::{
    answer::Need,
    rules::{self, Stands},
    store::Row,
    strength::{self, Strength},
    words::{NeedArea, NeedAreaAnswer, NeedAreaState},
};
use contract::{CentreId, ParticipantId, StaffId, time::Instant};
use db::{Tx, id_list, sql};
use kernel::{
    Kernel,
    access::Scope,
    error::{Error, Result},
    protect::{
        random::Random,
        seal::{DataKey, Field, Sealed, WrappedKey},
    },
    scoped,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// An area of life.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedAreaPicture {
    /// Which.
    pub area: NeedArea,
    /// What is known of it.
    pub state: NeedAreaState,
    /// When they said that they need nothing there, if that is the last that they said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_need_said_at: Option<Instant>,
    /// What they need there, in the order in which it was recorded.
    #[schema(max_items = 100)]
    pub needs: Vec<Need>,
    /// What they are good at or can lean on there.
    #[schema(max_items = 100)]
    pub strengths: Vec<Strength>,
}

/// What somebody needs, and what they can lean on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Needs {
    /// The participant's own: phones know it by that.
    pub id: ParticipantId,
    /// Who.
    pub participant_id: ParticipantId,
    /// Every area, in the order of the contract.
    #[schema(min_items = 11, max_items = 11)]
    pub areas: Vec<NeedAreaPicture>,
}

/// Whom a picture is of.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    /// Who.
    pub id: ParticipantId,
    /// Their centre.
    pub centre_id: CentreId,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// In which areas they said that they need nothing.
    pub answers_sealed: Option<Sealed>,
}

/// Those of these people who are in scope.
pub async fn people(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> db::Result<Vec<Person>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.id, p.centre_id, p.data_key, said.answers_sealed
         FROM participant AS p LEFT JOIN need_answers AS said ON said.participant_id = p.id WHERE ",
        participant p,
        " AND p.id ",
        lite "IN (SELECT unhex(value) FROM json_each($2))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($2::json)))"
    ));
    tx.query(statement).bind(scope.id()).bind(id_list(ids)).all().await
}

/// The same of one, held for a change of what they said: whoever said nothing yet gets an empty row first, so that two who record it at once
/// do so one after the other.
pub async fn person_for_change(
    tx: &mut Tx,
    centre: CentreId,
    participant: ParticipantId,
) -> db::Result<Person> {
    tx.query(sql!(
        "INSERT INTO need_answers (participant_id, centre_id, version) VALUES ($1, $2, 0)
         ON CONFLICT (participant_id) DO NOTHING"
    ))
    .bind(participant)
    .bind(centre)
    .execute()
    .await?;
    tx.query(sql!(
        "SELECT p.id, p.centre_id, p.data_key, said.answers_sealed
         FROM need_answers AS said JOIN participant AS p ON p.id = said.participant_id WHERE said.participant_id = $1",
        pg " FOR UPDATE OF said"
    ))
    .bind(participant)
    .one()
    .await
}

/// Writes what somebody said.
pub async fn keep_answers(tx: &mut Tx, participant: ParticipantId, sealed: &Sealed) -> db::Result<()> {
    tx.query(sql!(
        "UPDATE need_answers SET answers_sealed = $1, version = version + 1 WHERE participant_id = $2"
    ))
    .bind(sealed)
    .bind(participant)
    .execute()
    .await
    .map(drop)
}

async fn needs(tx: &mut Tx, ids: &[Uuid]) -> db::Result<Vec<Row>> {
    tx.query(sql!(
        "SELECT n.*, p.data_key, centre.zone FROM ",
        lite "json_each($1) AS asked CROSS JOIN need AS n ON n.participant_id = unhex(asked.value) CROSS ",
        pg "need AS n ",
        "JOIN participant AS p ON p.id = n.participant_id ",
        lite "CROSS ",
        "JOIN centre ON centre.id = n.centre_id WHERE ",
        pg "n.participant_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) AND ",
        "n.withdrawn_at IS NULL"
    ))
    .bind(id_list(ids))
    .all()
    .await
}

/// One thing that was said of an area.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    area: NeedArea,
    answer: NeedAreaAnswer,
    /// When, by the clock of the phone on which it was recorded, if it was sent later.
    at: Instant,
    /// When the service learnt of it.
    known_at: Instant,
    by: StaffId,
}

/// How many answers are kept of an area: nobody is told more than the last, and all of them are opened in each reading.
const MOST_OF_AN_AREA: usize = 20;
/// They are sealed at a multiple of this length, which tells little of how much was said.
const LENGTHS: usize = 2048;

/// When something was said, and to whom.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// When.
    pub at: Instant,
    /// When the service learnt of it.
    pub known_at: Instant,
    /// To whom.
    pub by: StaffId,
}

const fn answers_field(participant: ParticipantId) -> Field {
    Field::new("need_answers", "answers_sealed", participant.0)
}

/// What was said, the former as well, in the order in which it was learnt of.
pub fn said(key: &DataKey, person: &Person) -> Result<Vec<Said>> {
    let Some(sealed) = &person.answers_sealed else { return Ok(Vec::new()) };
    let opened = key.open(answers_field(person.id), sealed)?;
    serde_json::from_slice(&opened).map_err(Error::internal)
}

/// With this said as well, sealed. Of each area only so many stay.
pub fn with_said(
    key: &DataKey,
    person: &Person,
    (area, answer): (NeedArea, NeedAreaAnswer),
    Told { at, known_at, by }: Told,
    random: &dyn Random,
) -> Result<Sealed> {
    let mut all = said(key, person)?;
    all.push(Said { area, answer, at, known_at, by });
    let of_area = all.iter().enumerate().filter(|(_, said)| said.area == area);
    if of_area.clone().count() > MOST_OF_AN_AREA {
        // What was said first goes, in whichever order it came.
        let first = of_area.min_by_key(|(_, said)| said.at).map(|(place, _)| place);
        all.remove(first.unwrap_or_default());
    }
    let mut text = serde_json::to_vec(&all).map_err(Error::internal)?;
    // Spaces behind JSON say nothing.
    text.resize(text.len().next_multiple_of(LENGTHS), b' ');
    Ok(key.seal(answers_field(person.id), &text, random)?)
}

/// The pictures of these people.
pub async fn of_people(
    tx: &mut Tx,
    kernel: &Kernel,
    people: &[Person],
    is_for_staff: bool,
) -> Result<Vec<(Person, Result<Needs>)>> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.id.0).collect();
    let mut needs = needs(tx, &ids).await?;
    needs.sort_unstable_by_key(|need| need.id);
    let mut strengths = strength::of_people(tx, &ids).await?;
    strengths.sort_unstable_by_key(|strength| strength.id);
    let picture = |person: &Person| {
        let own = needs.iter().filter(|need| need.participant_id == person.id);
        let leant_on = strengths.iter().filter(|strength| strength.participant_id == person.id);
        painted(kernel, person, own, leant_on, is_for_staff)
    };
    Ok(people.iter().map(|person| (person.clone(), picture(person))).collect())
}

fn painted<'r>(
    kernel: &Kernel,
    person: &Person,
    needs: impl Iterator<Item = &'r Row>,
    strengths: impl Iterator<Item = &'r strength::Row>,
    is_for_staff: bool,
) -> Result<Needs> {
    let key = kernel.keys.participants.key(person.id.0, &person.data_key)?;
    let said = said(&key, person)?;
    let opened = |row: &Row| {
        let stands = Stands { state: row.state, since: row.changed_at };
        Ok((Need::opened(&key, row, is_for_staff)?, stands))
    };
    let mut needs: Vec<(Need, Stands)> = needs.map(opened).collect::<Result<_>>()?;
    let mut strengths: Vec<Strength> =
        strengths.map(|row| Strength::opened(&key, row, is_for_staff)).collect::<Result<_>>()?;
    let areas = NeedArea::ALL.iter().map(|area| {
        // The last that they said, in whichever order it came; of what was said at once, what came last.
        let last = said.iter().filter(|said| said.area == *area).max_by_key(|said| said.at);
        let (here, elsewhere) = needs.drain(..).partition::<Vec<_>, _>(|(need, _)| need.area == *area);
        needs = elsewhere;
        let (theirs, others) = strengths.drain(..).partition::<Vec<_>, _>(|strength| strength.area == *area);
        strengths = others;
        let (here, stand): (Vec<Need>, Vec<Stands>) = here.into_iter().unzip();
        let no_need = last.filter(|said| said.answer == NeedAreaAnswer::NoNeed);
        NeedAreaPicture {
            area: *area,
            state: rules::area(last.map(|said| (said.answer, said.at)), &stand),
            no_need_said_at: no_need.map(|said| said.at),
            needs: here,
            strengths: theirs,
        }
    });
    Ok(Needs { id: person.id, participant_id: person.id, areas: areas.collect() })
}

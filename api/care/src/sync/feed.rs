//! Reading the change feed as far as it is the caller's: how it stands, and the next things in it, in one statement.
//!
//! A mentor's rows are those of the people in their caseload. Whatever was written about a person before they came into it has the place
//! of their assignment in the order, so that it is told behind the cursor of a mentor who never heard of them.

use super::{
    cursor::{Epoch, Place},
    forms,
    judge::Head,
    row::{Became, Row},
};
use contract::CentreId;
use db::{Result, Statement, Tx, piece, sql};
use kernel::{
    access::{Actor, Scope, ScopeKind},
    things::Thing,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Which part of the feed is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// Behind which place.
    pub after: Place,
    /// Up to which one.
    pub until: i64,
    /// How many rows.
    pub rows: i64,
}

impl Stretch {
    /// None of it, for whoever asks only how it stands.
    pub const NOTHING: Self = Self { after: Place::BEGINNING, until: 0, rows: 0 };
}

#[derive(sqlx::FromRow)]
struct Line {
    counted: Option<i64>,
    forgotten: Option<i64>,
    epoch_number: Option<i64>,
    epoch_id: Option<Uuid>,
    known_id: Option<Uuid>,
    next_began: Option<i64>,
    place: Option<i64>,
    position: Option<i64>,
    subject_kind: Option<String>,
    subject_id: Option<Uuid>,
    operation: Option<String>,
}

/// The kinds of things that somebody's lists are made of, by their words.
type Kinds = BTreeMap<&'static str, &'static Thing>;

/// Those among them that are a whole centre's.
fn kinds_of_centre(actor: &Actor) -> Kinds {
    let kinds = forms::of(actor).flat_map(|list| list.of_centre());
    kinds.map(|kind| (kind.word, *kind)).collect()
}

fn kinds_for(actor: &Actor) -> Kinds {
    let kinds = forms::of(actor).flat_map(|list| list.kinds(actor));
    kinds.map(|kind| (kind.word, kind)).collect()
}

/// Goes on with whether `subject_kind` is one of these.
fn of_kinds(statement: Statement<'static>, kinds: &Kinds) -> Statement<'static> {
    let mut statement = statement.then(piece!("subject_kind IN ("));
    for (position, word) in kinds.keys().enumerate() {
        let one = if position == 0 { piece!("?") } else { piece!(", ?") };
        statement = statement.then(one).bind(*word);
    }
    statement.then(piece!(")"))
}

/// How the feed of one of the caller's centres stands, seen from a cursor of epoch `epoch`, and the rows of `stretch` that are in scope.
pub async fn look(
    tx: &mut Tx,
    actor: &Actor,
    (scope, centre): (Scope, CentreId),
    epoch: i64,
    stretch: Stretch,
) -> Result<(Head, Vec<Row>)> {
    let known = kinds_for(actor);
    let head = Statement::new(piece!(
        "SELECT head.*, page.* FROM (
             SELECT (SELECT position FROM change_counter WHERE centre_id = ?) AS counted,
                    (SELECT forgotten FROM change_counter WHERE centre_id = ?) AS forgotten,
                    (SELECT max(number) FROM epoch) AS epoch_number,
                    (SELECT id FROM epoch WHERE number = (SELECT max(number) FROM epoch)) AS epoch_id,
                    (SELECT id FROM epoch WHERE number = ?) AS known_id,
                    (SELECT COALESCE(began.position, 0) FROM epoch AS following
                     LEFT JOIN epoch_position AS began ON began.epoch = following.number AND began.centre_id = ?
                     WHERE following.number = ?) AS next_began
         ) AS head LEFT JOIN (SELECT * FROM ("
    ))
    .bind(centre)
    .bind(centre)
    .bind(epoch)
    .bind(centre)
    .bind(epoch.saturating_add(1));
    let lines: Vec<Line> = tx
        .query_built(
            rows_of(head, actor, (scope, centre), stretch, &known)
                .then(piece!(") AS mine ORDER BY place, position"))
                .limit(stretch.rows)
                .then(piece!(") AS page ON TRUE ORDER BY page.place, page.position")),
        )
        .all()
        .await?;
    let head = lines.first().map(Line::head).unwrap_or_default();
    Ok((head, lines.into_iter().filter_map(|line| line.row(&known)).collect()))
}

fn rows_of(
    head: Statement<'static>,
    actor: &Actor,
    (scope, centre): (Scope, CentreId),
    stretch: Stretch,
    known: &Kinds,
) -> Statement<'static> {
    let (me, centre) = (actor.person(), centre.0);
    let Stretch { after, until, .. } = stretch;
    match scope.kind() {
        ScopeKind::Own => of_kinds(
            head.then(piece!(
                "SELECT position AS place, position, subject_kind, subject_id, operation FROM change
                 WHERE participant_id = ? AND position > ? AND position <= ? AND ",
                lite "+",
                "centre_id = ? AND audience IS NULL AND "
            ))
            .bind(me)
            .bind(after.place)
            .bind(until)
            .bind(centre),
            known,
        ),
        ScopeKind::Centre => of_kinds(
            head.then(piece!(
                "SELECT position AS place, position, subject_kind, subject_id, operation FROM change
                 WHERE centre_id = ? AND position > ? AND position <= ?
                   AND (audience IS NULL OR (audience = ? AND operation <> 'revoke')) AND "
            ))
            .bind(centre)
            .bind(after.place)
            .bind(until)
            .bind(me),
            known,
        ),
        ScopeKind::Assigned => {
            let with_people = of_caseload(head, me, centre, stretch, known);
            let with_own = who_left(with_people.then(piece!(" UNION ALL ")), me, centre, stretch);
            let with_asked = told_alone(with_own.then(piece!(" UNION ALL ")), me, centre, stretch, known);
            of_centre(with_asked, actor, centre, stretch)
                .then(piece!(
                    " UNION ALL
                     SELECT position AS place, position, subject_kind, subject_id, operation FROM change
                     WHERE subject_id = ? AND subject_kind = 'centre' AND centre_id = ? AND audience IS NULL
                       AND position > ? AND position <= ?"
                ))
                .bind(centre)
                .bind(centre)
                .bind(after.place)
                .bind(until)
        }
    }
}

/// What is about the people in a caseload. Behind the place of their assignment lies all that is about a person.
fn of_caseload(
    head: Statement<'static>,
    me: Uuid,
    centre: Uuid,
    stretch: Stretch,
    known: &Kinds,
) -> Statement<'static> {
    let Stretch { after, until, .. } = stretch;
    let theirs = head.then(piece!(
        "SELECT * FROM (
             SELECT CASE WHEN began.position > own.position THEN began.position ELSE own.position END AS place, own.position,
                    own.subject_kind, own.subject_id, own.operation
             FROM assignment AS caseload
             LEFT JOIN change AS began ON began.subject_id = caseload.id AND began.subject_kind = 'assignment'
                                      AND began.centre_id = ? AND began.audience IS NULL ",
        lite "CROSS ",
        "JOIN change AS own ON own.participant_id = caseload.participant_id AND own.operation <> 'revoke'
                                AND (own.audience IS NULL OR own.audience = ?) AND ",
        lite "+",
        "own.centre_id = ? AND own.position > CASE WHEN began.position >= ? AND (began.position > ? OR ? < ?) THEN 0 ELSE ? END
             WHERE caseload.staff_id = ? AND caseload.ended_at IS NULL
         ) AS theirs
         WHERE place <= ? AND (place > ? OR (place = ? AND position > ?)) AND "
    ))
    .bind(centre)
    .bind(me)
    .bind(centre)
    .bind(after.place)
    .bind(after.place)
    .bind(after.position)
    .bind(after.place)
    .bind(after.place)
    .bind(me)
    .bind(until)
    .bind(after.place)
    .bind(after.place)
    .bind(after.position);
    of_kinds(theirs, known)
}

/// Whom this staff member no longer has. Whoever has a person again is not told that they had lost them.
fn who_left(statement: Statement<'static>, me: Uuid, centre: Uuid, stretch: Stretch) -> Statement<'static> {
    let Stretch { after, until, .. } = stretch;
    statement
        .then(piece!(
            "SELECT position AS place, position, subject_kind, subject_id, operation FROM change
             WHERE audience = ? AND ",
            lite "+",
            "centre_id = ? AND position > ? AND position <= ?
               AND operation = 'revoke' AND NOT EXISTS (
                   SELECT 1 FROM assignment AS caseload
                   WHERE caseload.staff_id = ? AND caseload.participant_id = change.subject_id AND caseload.ended_at IS NULL)"
        ))
        .bind(me)
        .bind(centre)
        .bind(after.place)
        .bind(until)
        .bind(me)
}

/// Goes on with what is the whole centre's and about nobody, such as its partners.
fn of_centre(
    statement: Statement<'static>,
    actor: &Actor,
    centre: Uuid,
    stretch: Stretch,
) -> Statement<'static> {
    let (kinds, Stretch { after, until, .. }) = (kinds_of_centre(actor), stretch);
    statement.only_if(!kinds.is_empty(), |statement| {
        let statement = statement
            .then(piece!(
                " UNION ALL
                 SELECT position AS place, position, subject_kind, subject_id, operation FROM change
                 WHERE centre_id = ? AND participant_id IS NULL AND audience IS NULL AND position > ? AND position <= ? AND "
            ))
            .bind(centre)
            .bind(after.place)
            .bind(until);
        of_kinds(statement, &kinds)
    })
}

/// All that is a whole centre's, for whoever no longer works there: it is theirs no more.
pub async fn no_longer_of(tx: &mut Tx, actor: &Actor, centre: CentreId) -> Result<Vec<Row>> {
    let known = kinds_of_centre(actor);
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx
        .query_rows(
            sql!(
                "SELECT subject_kind, subject_id FROM change
                 WHERE centre_id = ? AND participant_id IS NULL AND audience IS NULL AND subject_kind IN ({rows})"
            ),
            known.len(),
            1,
        )
        .bind(centre);
    for word in known.keys() {
        query = query.bind(*word);
    }
    let rows: Vec<(String, Uuid)> = query.all().await?;
    let gone = |(kind, subject): (String, Uuid)| Row {
        place: Place::BEGINNING,
        kind: known.get(kind.as_str()).copied(),
        subject,
        became: Became::Gone,
    };
    Ok(rows.into_iter().map(gone).collect())
}

/// What is for this staff member alone and about nobody in their caseload: what they are asked about somebody whom they have not got, and what
/// became of it.
fn told_alone(
    statement: Statement<'static>,
    me: Uuid,
    centre: Uuid,
    stretch: Stretch,
    known: &Kinds,
) -> Statement<'static> {
    let Stretch { after, until, .. } = stretch;
    let alone = statement
        .then(piece!(
            "SELECT position AS place, position, subject_kind, subject_id, operation FROM change
             WHERE audience = ? AND ",
            lite "+",
            "centre_id = ? AND position > ? AND position <= ? AND operation <> 'revoke' AND ",
            lite "+",
            "participant_id IS NULL AND "
        ))
        .bind(me)
        .bind(centre)
        .bind(after.place)
        .bind(until);
    of_kinds(alone, known)
}

impl Line {
    fn head(&self) -> Head {
        Head {
            position: self.counted.unwrap_or(0),
            forgotten: self.forgotten.unwrap_or(0),
            epoch: Epoch { number: self.epoch_number.unwrap_or(0), id: self.epoch_id.unwrap_or_default() },
            known: self.known_id,
            next_began: self.next_began,
        }
    }

    /// None if the page is empty.
    fn row(self, known: &Kinds) -> Option<Row> {
        let became = match self.operation?.as_str() {
            "delete" => Became::Gone,
            "revoke" => Became::Revoked,
            // What a later version may say besides: whatever it is, the thing is as it is now.
            _ => Became::Different,
        };
        Some(Row {
            place: Place { place: self.place?, position: self.position? },
            kind: known.get(self.subject_kind?.as_str()).copied(),
            subject: self.subject_id?,
            became,
        })
    }
}

//! The list of appointments. What it is asked for decides how it is found: each way reads about as many rows as the page holds,
//! whatever lies before and behind it. Somebody who is asked for is looked up in scope first, and nothing is found about nobody: how much
//! there is about people out of scope does not show in the time that the answer takes.

use super::{
    request::Filter,
    row::{Row, columns},
    slots,
};
use contract::{AppointmentState, StaffId, time::Instant};
use db::{Piece, Result, Statement, Tx, piece};
use kernel::{
    access::{Scope, ScopeKind},
    legible::Entry,
    page::Paging,
    reading::Reading,
};
use notifications::subjects::appointment::StoredState;
use uuid::Uuid;

/// The sort key of the list.
pub type Key = (i64, Uuid);

/// The same as it lies in the table.
#[derive(Debug, sqlx::FromRow)]
pub struct ByStart {
    /// When the appointment starts.
    pub starts_at: Instant,
    /// Its id.
    pub id: Uuid,
}

/// The appointments in scope, by start, with one more than the page holds.
pub async fn list(
    mut reading: Reading,
    scope: Scope,
    filter: &Filter,
    paging: Paging<Key>,
) -> kernel::Result<(Reading, Vec<Entry<ByStart, Row>>)> {
    let mut entries = found(&mut reading.tx, scope, filter, paging).await?;
    if entries.iter().filter_map(|entry| entry.row.as_ref()).any(Row::is_offering) {
        reading = reading.widen().await?;
        entries = found(&mut reading.tx, scope, filter, paging).await?;
        let rows = entries.iter_mut().filter_map(|entry| entry.row.as_mut());
        slots::fill(&mut reading.tx, rows, reading.now).await?;
    }
    Ok((reading, entries))
}

async fn found(
    tx: &mut Tx,
    scope: Scope,
    filter: &Filter,
    paging: Paging<Key>,
) -> Result<Vec<Entry<ByStart, Row>>> {
    tx.query_built(statement(scope, filter, paging)).all().await
}

fn statement(scope: Scope, filter: &Filter, paging: Paging<Key>) -> Statement<'static> {
    let page = Page { start: start(filter, paging), to: filter.to, state: filter.state, rows: paging.rows() };
    let (host, centre) = (filter.host_id, Some(scope.id()).filter(|_| scope.kind() == ScopeKind::Centre));
    let found = match (scope.kind(), filter.participant_id) {
        (_, Some(asked)) => page.narrowed(host, centre, scope.asked(of_one(asked.0), asked.0)),
        (ScopeKind::Own, None) => {
            page.narrowed(host, None, of_one(scope.id()).then(piece!("?")).bind(scope.id()))
        }
        (ScopeKind::Assigned, None) => return page.of_caseload(scope.id(), host),
        (ScopeKind::Centre, None) => match host {
            None => page.narrowed(None, None, whole(piece!(" a.centre_id = ?")).bind(scope.id())),
            Some(host) => {
                // Who is not posted here any more may have left something behind.
                let own = piece!(
                    " a.host_id = (SELECT own.id FROM staff AS own WHERE own.id = ? AND (own.centre_id = ? OR EXISTS (
                                       SELECT 1 FROM posting WHERE posting.staff_id = own.id AND posting.centre_id = ?)))"
                );
                page.narrowed(None, centre, whole(own).bind(host).bind(scope.id()).bind(scope.id()))
            }
        },
    };
    found.then(piece!(" ORDER BY a.starts_at, a.id")).limit(paging.rows())
}

/// Behind which place in the order the page begins.
fn start(filter: &Filter, paging: Paging<Key>) -> (Instant, Uuid) {
    let from = filter.from.unwrap_or(Instant::MIN);
    match paging.after {
        Some((micros, id)) => (Instant::from_micros(micros).unwrap_or(from).max(from), id),
        None => (from, Uuid::nil()),
    }
}

/// What every way of finding the page has to respect.
struct Page {
    start: (Instant, Uuid),
    to: Option<Instant>,
    state: Option<AppointmentState>,
    rows: i64,
}

/// What did not take place is an `excused` of the first release whose newer words say so, and an `excused` without them did not come (see
/// `standing`). Both have an index of their own.
struct InState {
    word: Piece,
    did_not_come: Piece,
    did_not_take_place: Piece,
}

impl InState {
    const fn of_page() -> Self {
        Self {
            word: piece!(" AND a.state = ?"),
            did_not_come: piece!(
                " AND a.state IN ('no_show', 'excused')
                  AND NOT (a.state = 'excused' AND COALESCE(a.outcome, '') = 'did_not_take_place' AND a.outcome_version = a.version)"
            ),
            did_not_take_place: piece!(
                " AND a.state = 'excused' AND a.outcome = 'did_not_take_place' AND a.outcome_version = a.version"
            ),
        }
    }

    const fn of_caseload() -> Self {
        Self {
            word: piece!(" AND own.state = ?"),
            did_not_come: piece!(
                " AND own.state IN ('no_show', 'excused')
                  AND NOT (own.state = 'excused' AND COALESCE(own.outcome, '') = 'did_not_take_place' AND own.outcome_version = own.version)"
            ),
            did_not_take_place: piece!(
                " AND own.state = 'excused' AND own.outcome = 'did_not_take_place' AND own.outcome_version = own.version"
            ),
        }
    }
}

impl Page {
    fn in_state(&self, found: Statement<'static>, pieces: InState) -> Statement<'static> {
        match self.state {
            None => found,
            Some(AppointmentState::DidNotCome) => found.then(pieces.did_not_come),
            Some(AppointmentState::DidNotTakePlace) => found.then(pieces.did_not_take_place),
            Some(state) => found.then(pieces.word).bind(StoredState::of(state, false)),
        }
    }

    /// The rest of the conditions on what an index has found. The plus signs keep SQLite from looking for another one.
    fn narrowed(
        &self,
        host: Option<StaffId>,
        centre: Option<Uuid>,
        found: Statement<'static>,
    ) -> Statement<'static> {
        found
            .then(piece!(" AND (a.starts_at, a.id) > (?, ?)"))
            .bind(self.start.0)
            .bind(self.start.1)
            .when(self.to, piece!(" AND a.starts_at < ?"))
            .only_if(self.state.is_some(), |page| self.in_state(page, InState::of_page()))
            .when(host, piece!(" AND ", lite "+", "a.host_id = ?"))
            .when(centre, piece!(" AND ", lite "+", "a.centre_id = ?"))
    }

    /// No index has the order of many people's appointments together. An index tells when those of each of them are; only that is
    /// sorted, and only the page's rows are read whole.
    fn of_caseload(&self, staff: Uuid, host: Option<StaffId>) -> Statement<'static> {
        whole(piece!(
            " a.id IN (SELECT own.id FROM assignment AS caseload ",
            lite "CROSS ",
            "JOIN appointment AS own ON own.participant_id = caseload.participant_id
                      WHERE caseload.staff_id = ? AND caseload.ended_at IS NULL AND (own.starts_at, own.id) > (?, ?)"
        ))
        .bind(staff)
        .bind(self.start.0)
        .bind(self.start.1)
        .when(self.to, piece!(" AND own.starts_at < ?"))
        .only_if(self.state.is_some(), |page| self.in_state(page, InState::of_caseload()))
        .when(host, piece!(" AND own.host_id = ?"))
        .then(piece!(" ORDER BY own.starts_at, own.id"))
        .limit(self.rows)
        .then(piece!(") ORDER BY a.starts_at, a.id"))
    }
}

/// The whole rows of one participant, whose key is looked up once and not for each of them. The statement goes on with who that is.
fn of_one(participant: Uuid) -> Statement<'static> {
    Statement::new(piece!(
        "SELECT ",
        columns!(),
        "(SELECT own.data_key FROM participant AS own WHERE own.id = ?) AS data_key
         FROM appointment AS a WHERE a.participant_id = "
    ))
    .bind(participant)
}

/// The whole rows, with what their answers need. SQLite joins in this order and no other: the appointments that an index finds
/// are in the list's order, and it must not begin with what there is little of.
fn whole(condition: db::Piece) -> Statement<'static> {
    Statement::new(piece!(
        "SELECT ",
        columns!(),
        "p.data_key FROM appointment AS a ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = a.participant_id WHERE"
    ))
    .then(condition)
}

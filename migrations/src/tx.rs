//! A transaction. Every change of the service is one: rows, planned reminders, change feed and audit together, or nothing.

use crate::{
    Error, Query, Result, Sql,
    faults::Faults,
    follow::Follow,
    query::Text,
    sqlite::{EachRow, Lease, Snapshot},
    statements::Statements,
};
use sqlx::{PgConnection, Postgres, Transaction, pool::PoolConnection};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry},
    sync::Arc,
};
use uuid::Uuid;

/// How many rows of the feed one statement writes; SQLite takes at most 32,766 values.
const CHUNK: usize = 1_000;

pub(crate) enum Connection {
    /// SQLite's one connection that writes.
    Lease(Lease),
    /// One of SQLite's connections that read.
    Snapshot(Snapshot),
    Postgres(Transaction<'static, Postgres>),
    /// PostgreSQL without a transaction: each statement sees its own moment.
    Glance(PoolConnection<Postgres>),
}

impl Connection {
    pub(crate) fn text(&self, sql: Sql) -> &'static str {
        match self {
            Self::Lease(_) | Self::Snapshot(_) => sql.sqlite,
            Self::Postgres(_) | Self::Glance(_) => sql.postgres,
        }
    }

    /// Whether it is one to SQLite.
    pub(crate) const fn is_embedded(&self) -> bool {
        matches!(self, Self::Lease(_) | Self::Snapshot(_))
    }

    /// The connection to PostgreSQL, if it is one.
    pub(crate) fn postgres(&mut self) -> Option<&mut PgConnection> {
        match self {
            Self::Postgres(transaction) => Some(&mut **transaction),
            Self::Glance(connection) => Some(&mut **connection),
            Self::Lease(_) | Self::Snapshot(_) => None,
        }
    }

    /// Runs a statement on SQLite.
    pub(crate) fn run(
        &mut self,
        text: &Text,
        arguments: &embedded::Arguments,
        each: EachRow<'_>,
    ) -> Result<u64> {
        match self {
            Self::Lease(lease) => lease.run(text, arguments, each),
            Self::Snapshot(snapshot) => snapshot.run(text, arguments, each),
            Self::Postgres(_) | Self::Glance(_) => {
                Err(Error::Settings("a statement for another database".to_owned()))
            }
        }
    }
}

/// One thing that changed, for the change feed of its centre (what a phone asks for since it last synchronised).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    /// The centre whose feed tells it.
    pub centre: Uuid,
    /// The participant it is about, if it is about one: decides whose phones hear of it.
    pub participant: Option<Uuid>,
    /// The only one who hears of it, if it is for somebody who would not otherwise.
    pub audience: Option<Uuid>,
    /// The kind of thing, a table's name.
    pub subject_kind: &'static str,
    /// The thing.
    pub subject: Uuid,
    /// What became of it.
    pub operation: Operation,
}

/// What became of a thing that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// It is new, so the feed has nothing of it yet. Told as what is different is.
    Create,
    /// It is new or different.
    Upsert,
    /// It is no more.
    Delete,
    /// It is there, and no longer for its audience.
    Revoke,
}

impl Operation {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create | Self::Upsert => "upsert",
            Self::Delete => "delete",
            Self::Revoke => "revoke",
        }
    }
}

/// What a change is known by: centre, audience, kind of thing, thing.
type Noted = (Uuid, Option<Uuid>, &'static str, Uuid);

/// A transaction on either database. Dropped without [`Tx::commit`], it leaves nothing.
pub struct Tx {
    pub(crate) connection: Connection,
    pub(crate) faults: Option<Arc<Faults>>,
    statements: Option<Arc<Statements>>,
    /// How many statements it may still have. On PostgreSQL a unit that was announced as one statement has no transaction, so a second
    /// one would be durable without the first.
    statements_left: Option<u8>,
    changes: Vec<Change>,
    /// Where among them each thing is.
    noted: HashMap<Noted, usize>,
    /// Whose changes another centre's feed tells from now on.
    follows: Vec<Follow>,
    /// Who is to be woken once this is durable.
    bells: BTreeSet<&'static str>,
}

impl Tx {
    pub(crate) fn new(
        connection: Connection,
        faults: Option<Arc<Faults>>,
        statements: Option<Arc<Statements>>,
    ) -> Self {
        Self {
            connection,
            faults,
            statements,
            statements_left: None,
            changes: Vec::new(),
            noted: HashMap::new(),
            follows: Vec::new(),
            bells: BTreeSet::new(),
        }
    }

    /// The same, for one statement alone.
    pub(crate) fn of_one_statement(self) -> Self {
        Self { statements_left: Some(1), ..self }
    }

    /// A statement with parameters `$1`, `$2`, ….
    pub fn query(&mut self, sql: Sql) -> Query<'_> {
        let fault = self.refusal();
        self.note(self.connection.text(sql));
        Query::new(&mut self.connection, sql).refused(fault).held_by(self.faults.as_deref())
    }

    /// A statement over many rows: `{rows}` in its text stands for `rows` groups of `columns` parameters, and its other
    /// parameters are written `?`. Bind in the order of the text.
    pub fn query_rows(&mut self, sql: Sql, rows: usize, columns: usize) -> Query<'_> {
        let fault = self.refusal();
        self.note(self.connection.text(sql));
        Query::listing(&mut self.connection, sql, rows, columns)
            .refused(fault)
            .held_by(self.faults.as_deref())
    }

    /// Like [`Tx::query_rows`], for statements that are run all the time with ever another number of rows: `{rows}` has room for
    /// more, so that a few texts serve every number and stay prepared. Bind the rows, then [`Query::fill`] the rest with NULL,
    /// which the statement must tolerate: a list that something is `IN` does.
    pub fn query_kept_rows(&mut self, sql: Sql, rows: usize, columns: usize) -> Query<'_> {
        let fault = self.refusal();
        self.note(self.connection.text(sql));
        Query::kept_listing(&mut self.connection, sql, rows, columns)
            .refused(fault)
            .held_by(self.faults.as_deref())
    }

    /// Notes a change for the feed; it is written, with the centre's next number, when the transaction commits. The latest of one thing
    /// counts.
    pub fn changed(&mut self, change: Change) {
        let Change { centre, audience, subject_kind, subject, .. } = change;
        match self.noted.entry((centre, audience, subject_kind, subject)) {
            Entry::Vacant(place) => {
                place.insert(self.changes.len());
                self.changes.push(change);
            }
            Entry::Occupied(place) => {
                self.changes.get_mut(*place.get()).into_iter().for_each(|noted| *noted = change);
            }
        }
    }

    /// All that the feed of `from` tells of this participant is told by the feed of `to` instead, once this is durable. First note what
    /// becomes of the participant in both ([`Tx::changed`]), in `from` at last; whatever else changes about them, in `from`.
    pub fn follow(&mut self, participant: Uuid, from: Uuid, to: Uuid) {
        self.follows.push(Follow { participant, from, to });
    }

    /// Says that whoever listens to this bell has something to do once this is durable. Whoever commits rings it.
    pub fn ring(&mut self, bell: &'static str) {
        self.bells.insert(bell);
    }

    /// The bells to ring once this is durable.
    pub fn take_bells(&mut self) -> BTreeSet<&'static str> {
        std::mem::take(&mut self.bells)
    }

    /// Leaves nothing, and lets go of what it holds before it returns. Dropping it does the same, but on PostgreSQL behind one's back: for a
    /// moment others still meet what it held.
    pub async fn abandon(self) -> Result<()> {
        match self.connection {
            Connection::Postgres(transaction) => Ok(transaction.rollback().await?),
            Connection::Lease(_) | Connection::Snapshot(_) | Connection::Glance(_) => Ok(()),
        }
    }

    /// Makes everything durable and visible, or fails and leaves nothing.
    pub async fn commit(mut self) -> Result<()> {
        self.write_changes().await?;
        if matches!(self.connection, Connection::Glance(_)) {
            // Its statement was durable as soon as it had run.
            return Ok(());
        }
        if let Some(fault) = self.fault() {
            return Err(fault);
        }
        self.note("COMMIT");
        if let (Connection::Postgres(_), Some(faults)) = (&self.connection, &self.faults) {
            faults.pause().await;
        }
        match self.connection {
            Connection::Lease(lease) => lease.commit().await?,
            // Nothing was changed; the moment that it saw is let go.
            Connection::Snapshot(snapshot) => drop(snapshot),
            Connection::Postgres(transaction) => transaction.commit().await?,
            Connection::Glance(_) => {}
        }
        Ok(())
    }

    /// The counter rows come last, in the order of their centres: they are held for the shortest time, two transactions
    /// cannot wait for each other in a circle, and numbers become visible in their own order.
    async fn write_changes(&mut self) -> Result<()> {
        let mut by_centre: BTreeMap<Uuid, Vec<Change>> = BTreeMap::new();
        for change in std::mem::take(&mut self.changes) {
            by_centre.entry(change.centre).or_default().push(change);
        }
        for (centre, changes) in by_centre {
            // What is known by a person's id is told of by several whose rows are not the same. Of two of them at once the later must see what
            // the former told, which a statement does only that began when it held the counter.
            let is_shared = changes.iter().any(|change| change.participant == Some(change.subject));
            if !self.connection.is_embedded() && changes.len() <= CHUNK && !is_shared {
                self.write_at_once(centre, &changes).await?;
                continue;
            }
            let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
            let last: i64 = self
                .query(crate::sql!(
                    "INSERT INTO change_counter (centre_id, position) VALUES ($1, $2)
                     ON CONFLICT (centre_id) DO UPDATE SET position = change_counter.position + excluded.position
                     RETURNING position"
                ))
                .bind(centre)
                .bind(count)
                .scalar()
                .await?;
            let mut position = last - count;
            for change in changes.iter().filter(|change| change.operation != Operation::Create) {
                self.forget_former(change).await?;
            }
            for chunk in changes.chunks(CHUNK) {
                let mut query = self.query_rows(
                    crate::sql!(
                        "INSERT INTO change (centre_id, position, participant_id, audience, subject_kind, subject_id, operation)
                         VALUES {rows}"
                    ),
                    chunk.len(),
                    7,
                );
                for change in chunk {
                    position += 1;
                    query = query
                        .bind(centre)
                        .bind(position)
                        .bind(change.participant)
                        .bind(change.audience)
                        .bind(change.subject_kind)
                        .bind(change.subject)
                        .bind(change.operation.as_str());
                }
                query.execute().await?;
            }
        }
        for follow in std::mem::take(&mut self.follows) {
            follow.write(self).await?;
        }
        Ok(())
    }

    /// The feed holds the latest change of each thing.
    async fn forget_former(&mut self, change: &Change) -> Result<()> {
        self.query(crate::sql!(
            "DELETE FROM change WHERE subject_id = $1 AND subject_kind = $2 AND ",
            // By the subject: without statistics SQLite would rather read all that the centre has.
            lite "+",
            "centre_id = $3 AND audience ",
            lite "IS $4",
            pg "IS NOT DISTINCT FROM $4"
        ))
        .bind(change.subject)
        .bind(change.subject_kind)
        .bind(change.centre)
        .bind(change.audience)
        .execute()
        .await
        .map(drop)
    }

    /// Counter and changes in one statement, which saves PostgreSQL a round trip while everybody else waits for the counter.
    async fn write_at_once(&mut self, centre: Uuid, changes: &[Change]) -> Result<()> {
        let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
        let mut query = self
            .query_rows(
                crate::sql!(
                    lite "SELECT 1",
                    pg "WITH counted AS (
                            INSERT INTO change_counter (centre_id, position) VALUES (?, ?)
                            ON CONFLICT (centre_id) DO UPDATE SET position = change_counter.position + excluded.position
                            RETURNING centre_id, position
                        ), told (before_last, participant_id, audience, subject_kind, subject_id, operation) AS (
                            VALUES {rows}
                        ), former AS (
                            DELETE FROM change USING told
                            WHERE change.subject_id = told.subject_id AND change.subject_kind = told.subject_kind
                              AND change.centre_id = ? AND change.audience IS NOT DISTINCT FROM told.audience
                        )
                        INSERT INTO change (centre_id, position, participant_id, audience, subject_kind, subject_id, operation)
                        SELECT counted.centre_id, counted.position - CAST(told.before_last AS bigint), told.participant_id,
                               told.audience, told.subject_kind, told.subject_id, told.operation
                        FROM counted, told"
                ),
                changes.len(),
                6,
            )
            .bind(centre)
            .bind(count);
        for (change, before_last) in changes.iter().zip((0..count).rev()) {
            query = query
                .bind(before_last)
                .bind(change.participant)
                .bind(change.audience)
                .bind(change.subject_kind)
                .bind(change.subject)
                .bind(change.operation.as_str());
        }
        query.bind(centre).execute().await.map(drop)
    }

    fn note(&self, statement: &'static str) {
        if let Some(statements) = &self.statements {
            statements.note(statement);
        }
    }

    /// Why the next statement must not run.
    fn refusal(&mut self) -> Option<Error> {
        match &mut self.statements_left {
            Some(0) => return Some(Error::Settings("a unit of one statement was given another".to_owned())),
            Some(left) => *left -= 1,
            None => {}
        }
        self.fault()
    }

    fn fault(&self) -> Option<Error> {
        self.faults.as_ref().is_some_and(|faults| faults.strike()).then_some(Error::Injected)
    }
}

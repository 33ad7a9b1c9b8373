//! The audit log: who did or read what, and when (law 09-08, article 24-g). It is written in the same transaction as the
//! deed, so there is none without the other; the database refuses to change or delete a line. It names people by id only,
//! and says what changed by the names of fields, never by their contents.

use crate::{access::Actor, first_id::first_id_at, request_id, things::Thing};
use chrono::TimeDelta;
use contract::{AuditId, CentreId, ParticipantId, time::Instant};
use db::{Query, Result, Tx, sql};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Rows of one statement.
const CHUNK: usize = 500;

/// One line of the audit log, before it is written.
#[derive(Debug, Clone)]
pub struct Audit {
    thing: &'static Thing,
    verb: &'static str,
    is_one_whatever_it_tells: bool,
    subject: Option<Uuid>,
    participant: Option<ParticipantId>,
    centre: Option<CentreId>,
    details: Map<String, Value>,
}

impl Audit {
    /// That this was done to a thing of this kind, such as `confirm` to an appointment.
    pub fn new(thing: &'static Thing, verb: &'static str, subject: impl Into<Option<Uuid>>) -> Self {
        Self {
            thing,
            verb,
            is_one_whatever_it_tells: false,
            subject: subject.into(),
            participant: None,
            centre: None,
            details: Map::new(),
        }
    }

    /// Whose file it concerns: the line appears in that participant's own access log.
    #[must_use]
    pub fn about(mut self, participant: ParticipantId) -> Self {
        self.participant = Some(participant);
        self
    }

    /// The centre it concerns, where that is not the caller's.
    #[must_use]
    pub fn at(mut self, centre: CentreId) -> Self {
        self.centre = Some(centre);
        self
    }

    /// A detail: a word of the vocabulary, a number, a name of a field. Never a person's text.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Of a reading that is the same as the one before, whatever its details say, and none of many.
    #[must_use]
    pub fn as_one(mut self) -> Self {
        self.is_one_whatever_it_tells = true;
        self
    }

    /// What is done, to a thing of which kind.
    pub const fn action(&self) -> (&'static str, &'static str) {
        (self.thing.word, self.verb)
    }

    /// The thing it is done to.
    pub const fn subject(&self) -> Option<Uuid> {
        self.subject
    }

    /// Whether it is of one thing or one person, or of the log itself; not of a list of many.
    pub fn is_of_one_subject(&self) -> bool {
        self.subject.is_some() || self.participant.is_some() || self.is_one_whatever_it_tells
    }

    /// The details as far as they tell this reading from another one of the same.
    pub fn compared_details(&self) -> String {
        if self.is_one_whatever_it_tells { String::new() } else { self.details_text() }
    }

    /// Whom the line is about.
    pub const fn participant(&self) -> Option<ParticipantId> {
        self.participant
    }

    /// Writes it as done by `actor`; `None` is the service itself, or somebody at its command line.
    pub async fn write(mut self, tx: &mut Tx, actor: Option<&Actor>, id: AuditId, at: Instant) -> Result<()> {
        self.place(tx, actor).await?;
        let statement = sql!(
            "INSERT INTO audit (id, at, centre_id, actor_kind, actor_id, session_id, request_id, action, subject_kind,
                                subject_id, participant_id, details, opens_file)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        );
        self.bind(tx.query(statement), actor, id, at).execute().await.map(drop)
    }

    /// Writes many at once, in their order: as [`Audit::write`] for each, in as few statements as it takes. Each says which centre it concerns.
    pub async fn write_all(
        lines: &[(Self, AuditId)],
        tx: &mut Tx,
        actor: Option<&Actor>,
        at: Instant,
    ) -> Result<()> {
        for chunk in lines.chunks(CHUNK) {
            let mut query = tx.query_rows(
                sql!(
                    "INSERT INTO audit (id, at, centre_id, actor_kind, actor_id, session_id, request_id, action, subject_kind,
                                        subject_id, participant_id, details, opens_file)
                     VALUES {rows}"
                ),
                chunk.len(),
                13,
            );
            for (line, id) in chunk {
                query = line.bind(query, actor, *id, at);
            }
            query.execute().await?;
        }
        Ok(())
    }

    /// Writes that `actor` opens somebody's file, unless they have opened those of `most` others after `since`; whether it was
    /// written.
    pub async fn write_within(
        mut self,
        tx: &mut Tx,
        actor: &Actor,
        id: AuditId,
        at: Instant,
        (most, since): (i64, Instant),
    ) -> Result<bool> {
        self.place(tx, Some(actor)).await?;
        let statement = sql!(
            "INSERT INTO audit (id, at, centre_id, actor_kind, actor_id, session_id, request_id, action, subject_kind,
                                subject_id, participant_id, details, opens_file)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
             WHERE (SELECT count(*) FROM (
                        SELECT opened.participant_id FROM audit AS opened
                        WHERE opened.actor_id = $5 AND opened.id >= $14 AND opened.participant_id <> $11 AND opened.opens_file
                        GROUP BY opened.participant_id
                    ) AS others) < $15"
        );
        // An id tells the millisecond.
        let since = first_id_at(since.saturating_add(TimeDelta::milliseconds(1)));
        let query = self.bind(tx.query(statement), Some(actor), id, at).bind(since).bind(most);
        Ok(query.execute().await? > 0)
    }

    /// What somebody does at another centre than their own stands in the log of that one: its manager oversees its people, and the other's
    /// is to learn nothing of them.
    async fn place(&mut self, tx: &mut Tx, actor: Option<&Actor>) -> Result<()> {
        let Some(participant) = self.participant else { return Ok(()) };
        if self.centre.is_none() && actor.is_some_and(Actor::is_posted) {
            let statement = sql!("SELECT centre_id FROM participant WHERE id = $1");
            self.centre = tx.query(statement).bind(participant).optional_scalar().await?;
        }
        Ok(())
    }

    fn bind<'t>(&self, query: Query<'t>, actor: Option<&Actor>, id: AuditId, at: Instant) -> Query<'t> {
        query
            .bind(id)
            .bind(at)
            .bind(self.centre.or_else(|| actor.map(Actor::centre)))
            .bind(actor.map_or("service", |actor| actor.kind().as_str()))
            .bind(actor.map(Actor::person))
            .bind(actor.and_then(Actor::session))
            .bind(request_id::current())
            .bind(format!("{}.{}", self.thing.word, self.verb))
            .bind(self.thing.word)
            .bind(self.subject)
            .bind(self.participant)
            .bind(self.details_text())
            .bind(self.participant.is_some() && self.opens_file())
    }

    /// An hourly quota counts it.
    fn opens_file(&self) -> bool {
        self.thing.opens_file.contains(&self.verb)
    }

    fn details_text(&self) -> String {
        // Words, numbers and names of fields: there is nothing in them that cannot be written.
        serde_json::to_string(&self.details).unwrap_or_default()
    }
}

/// When whoever this actor opened first of the others was opened last: an hour later another person can be. Opening the same person
/// again, or something else of theirs, is always possible.
pub async fn first_of_others(
    tx: &mut Tx,
    actor: &Actor,
    participant: ParticipantId,
    since: Instant,
) -> Result<Option<Instant>> {
    tx.query(sql!(
        "SELECT min(last_at) FROM (
             SELECT max(at) AS last_at FROM audit
             WHERE actor_id = $1 AND id >= $2 AND at > $3 AND participant_id <> $4 AND opens_file
             GROUP BY participant_id
         ) AS opened"
    ))
    .bind(actor.person())
    .bind(first_id_at(since))
    .bind(since)
    .bind(participant)
    .scalar()
    .await
}

//! Doing something in somebody's past: by the feature's own command, as a phone without network would have sent it, with the past handed in
//! as the present. What a feature refuses is left out and named, so that a test can say that nothing was.

use super::{days::Days, dice::Dice};
use care::{App, app::mutation::Applying};
use contract::{AuditId, ParticipantId, ProblemCode, StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{Error, Result, access::Actor, audit::Audit};
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// From what chance follows.
const SEED: u64 = 20_261_127;

/// The writing of the demonstration's people.
pub struct Seeding<'a> {
    /// The service.
    pub app: &'a App,
    /// The one transaction in which all of it is written.
    pub tx: &'a mut Tx,
    /// The real present.
    pub now: Instant,
    /// The calendar behind it.
    pub days: Days,
    /// Chance.
    pub dice: Dice,
    /// The hours of each of the staff that are taken.
    pub taken: BTreeSet<(StaffId, String)>,
    /// What the service refused.
    pub refused: Vec<String>,
}

/// Whose past it is, and who takes part in it.
#[derive(Debug, Clone, Copy)]
pub struct Who {
    /// The participant.
    pub id: ParticipantId,
    /// They themself, on their phone.
    pub own: Actor,
    /// Whoever accompanies them.
    pub companion: Actor,
    /// The manager of their centre.
    pub manager: Actor,
    /// Since how many days they are accompanied.
    pub since: i64,
    /// Before how many days that ended; 0 if it goes on.
    pub until: i64,
}

impl Who {
    /// Whether they are accompanied now.
    pub const fn is_open(&self) -> bool {
        self.until == 0
    }
}

/// What a command is about, and which version of it was seen.
#[derive(Debug, Clone, Copy, Default)]
pub struct On {
    subject: Option<Uuid>,
    version: Option<i64>,
}

impl On {
    /// Something that is only now made.
    pub const NOTHING: Self = Self { subject: None, version: None };

    /// This, whatever its version.
    pub const fn of(subject: Uuid) -> Self {
        Self { subject: Some(subject), version: None }
    }

    /// This, as it was seen.
    pub const fn seen(did: Did) -> Self {
        Self { subject: Some(did.id), version: Some(did.version) }
    }
}

/// What was made or changed.
#[derive(Debug, Clone, Copy)]
pub struct Did {
    /// Its id.
    pub id: Uuid,
    /// Its version now.
    pub version: i64,
}

impl<'a> Seeding<'a> {
    /// Begins.
    pub fn new(app: &'a App, tx: &'a mut Tx, now: Instant) -> Result<Self> {
        let days = Days::before(app, now)?;
        Ok(Self { app, tx, now, days, dice: Dice::new(SEED), taken: BTreeSet::new(), refused: Vec::new() })
    }

    /// A new id.
    pub fn id(&self) -> Uuid {
        self.app.ids.next()
    }

    /// Does something as it was done then. What lies ahead is not done yet.
    pub async fn act(
        &mut self,
        (actor, at): (&Actor, Instant),
        operation: &'static str,
        on: On,
        body: Value,
    ) -> Result<Option<Did>> {
        if at > self.now {
            return Ok(None);
        }
        let mut known = self.app.features.iter().flat_map(|feature| feature.mutations);
        let Some(mutation) = known.find(|one| one.operation == operation) else {
            return Err(Error::internal(format!("no feature does {operation}")));
        };
        let mut applying = Applying {
            app: self.app,
            tx: &mut *self.tx,
            actor,
            now: at,
            recorded_at: at,
            subject: on.subject,
            base_version: on.version,
            body: &body,
        };
        match (mutation.apply)(&mut applying).await {
            Ok(applied) => {
                let did = Did { id: applied.subject, version: applied.version.unwrap_or(1) };
                self.log(actor, applied.audit, at).await?;
                Ok(Some(did))
            }
            Err(error) => self.leave_out(operation, error).map(|()| None),
        }
    }

    /// Writes the line of the audit log.
    pub async fn log(&mut self, actor: &Actor, audit: Audit, at: Instant) -> Result<()> {
        let id = AuditId::new(&*self.app.ids);
        Ok(audit.write(&mut *self.tx, Some(actor), id, at).await?)
    }

    /// Notes what was refused. A fault of the service ends the seeding.
    pub fn leave_out(&mut self, what: &str, error: Error) -> Result<()> {
        let problem = match error.code() {
            None | Some(ProblemCode::Internal | ProblemCode::Unavailable) => return Err(error),
            Some(_) => error.into_part()?,
        };
        let faults: Vec<String> =
            problem.errors.iter().map(|fault| format!("{} {}", fault.pointer, fault.detail)).collect();
        let detail = problem.detail.unwrap_or_default();
        let said = format!("{what}: {} {detail} {}", problem.code.as_str(), faults.join(", "));
        tracing::warn!(refused = %said, "the demonstration leaves something out");
        self.refused.push(said);
        Ok(())
    }

    /// Sees to what somebody needed about this participant until then.
    pub async fn finish_work(
        &mut self,
        (who, by): (&Who, &Actor),
        raised_before: Instant,
        at: Instant,
    ) -> Result<()> {
        let open: Vec<(Uuid, i64)> = self
            .tx
            .query(sql!(
                "SELECT id, version FROM work_item
                 WHERE participant_id = $1 AND closed_at IS NULL AND raised_at < $2 AND cause <> $3 ORDER BY id"
            ))
            .bind(who.id)
            .bind(raised_before)
            .bind("hand_over_asked")
            .all()
            .await?;
        for (id, version) in open {
            let on = On::seen(Did { id, version });
            self.act((by, at), "finishWorkItem", on, Value::Null).await?;
        }
        Ok(())
    }
}

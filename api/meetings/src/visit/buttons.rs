//! The button of a next step's reminder: "that is done".

use super::{
    deeds,
    store::{self, Row},
    words::VisitId,
};
use crate::app::{
    App,
    buttons::{Held, Reader, Reminded, Standing, Standings, Told},
};
use contract::{
    AuditId, NotificationAction, PersonKind, ReminderId, StaffId, SubjectKind,
    push::WallTime,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Tx, sql};
use futures_util::future::BoxFuture;
use kernel::{
    access::Actor,
    error::{Error, Result},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Visits.
pub struct Visits;

/// How a next step stands.
#[derive(Debug, Clone, sqlx::FromRow)]
struct NextStepStanding {
    id: Uuid,
    zone: ZoneName,
    next_step_local: Option<LocalDateTime>,
    is_done: bool,
    is_withdrawn: bool,
}

impl Standing for NextStepStanding {
    fn is_as_told(&self, told: Told<'_>) -> bool {
        !self.is_withdrawn
            && self.next_step_local == Some(told.facts.local_start)
            && self.zone == told.facts.zone
    }

    fn is_so(&self, action: NotificationAction) -> bool {
        action == NotificationAction::Done && self.is_done
    }

    fn allows(&self, action: NotificationAction) -> bool {
        action == NotificationAction::Done
            && self.next_step_local.is_some()
            && !self.is_done
            && !self.is_withdrawn
    }

    fn state(&self) -> &'static str {
        match (self.next_step_local, self.is_done) {
            _ if self.is_withdrawn => "none",
            (None, _) => "none",
            (Some(_), false) => "open",
            (Some(_), true) => "done",
        }
    }

    fn agreed(&self) -> Option<WallTime> {
        self.next_step_local.map(|local| WallTime { local, zone: self.zone.clone() })
    }
}

async fn standings(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, NextStepStanding>> {
    let mut query = tx.query_rows(
        sql!(
            "SELECT id, zone, next_step_local, next_step_done_at IS NOT NULL AS is_done, withdrawn_at IS NOT NULL AS is_withdrawn
             FROM visit WHERE id IN ({rows})"
        ),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    let rows: Vec<NextStepStanding> = query.all().await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

impl Reminded for Visits {
    fn kind(&self) -> SubjectKind {
        SubjectKind::Visit
    }

    fn standings<'a>(&'a self, tx: &'a mut Tx, ids: &'a [Uuid]) -> Standings<'a> {
        Box::pin(async move {
            let standings = standings(tx, ids).await?.into_iter();
            Ok(standings.map(|(id, standing)| (id, Box::new(standing) as Box<dyn Standing>)).collect())
        })
    }

    fn hold<'a>(
        &'a self,
        tx: &'a mut Tx,
        reader: Reader,
        _: Instant,
    ) -> BoxFuture<'a, Result<Option<Box<dyn Held>>>> {
        Box::pin(async move {
            if reader.kind != PersonKind::Staff {
                return Ok(None);
            }
            let (staff, id) = (StaffId(reader.id), VisitId(reader.subject));
            let Some(actor) = store::companion(tx, staff).await? else { return Ok(None) };
            // Whoever no longer has the participant in their caseload answers for nothing of them.
            let scope = actor.caseload()?;
            let Some(row) = store::load_for_change(tx, scope, id).await? else { return Ok(None) };
            let standing = standings(tx, &[id.0]).await?.remove(&id.0);
            Ok(standing.map(|standing| Box::new(HeldVisit { actor, row, standing }) as Box<dyn Held>))
        })
    }
}

/// A visit that is held for its author to say that its next step is done.
struct HeldVisit {
    actor: Actor,
    row: Row,
    standing: NextStepStanding,
}

impl Held for HeldVisit {
    fn standing(&self) -> &dyn Standing {
        &self.standing
    }

    fn carry_out<'a>(
        &'a mut self,
        app: &'a App,
        tx: &'a mut Tx,
        action: NotificationAction,
        through: ReminderId,
        now: Instant,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if action != NotificationAction::Done {
                return Err(Error::not_found());
            }
            let audit =
                deeds::finish_next_step(app, tx, StaffId(self.actor.person()), &mut self.row, now).await?;
            self.standing.is_done = true;
            let audit = audit.with("through", "notification").with("reminder_id", through.to_string());
            Ok(audit.write(tx, Some(&self.actor), AuditId::new(&*app.ids), now).await?)
        })
    }
}

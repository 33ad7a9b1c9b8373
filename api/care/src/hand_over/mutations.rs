//! What can be done with hand-overs without network: answering and withdrawing. What was changed behind the version that the phone had is a
//! conflict: nobody says yes to what they have not seen. Asking is done online, since it rests on who is there.

use super::{
    deeds::{self, Deed},
    request::HandOverNo,
    store::Row,
    things::HAND_OVER,
    words::{HandOverId, HandOverState},
};
use crate::app::mutation::{Applied, Applying, Mutation};
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation {
        operation: "acceptHandOver",
        apply: |applying| Box::pin(without_body(applying, Deed::Accept)),
    },
    Mutation { operation: "refuseHandOver", apply: |applying| Box::pin(refuse(applying)) },
    Mutation {
        operation: "withdrawHandOver",
        apply: |applying| Box::pin(without_body(applying, Deed::Withdraw)),
    },
];

async fn without_body(applying: &mut Applying<'_>, deed: Deed) -> Result<Applied> {
    applying.no_body()?;
    apply(applying, deed).await
}

async fn refuse(applying: &mut Applying<'_>) -> Result<Applied> {
    let HandOverNo { reason } = applying.body()?;
    apply(applying, Deed::Refuse(reason)).await
}

async fn apply(applying: &mut Applying<'_>, deed: Deed) -> Result<Applied> {
    let (id, base) = (HandOverId(applying.subject()?), applying.base_version()?);
    let (actor, now) = (applying.actor, applying.now);
    let mut row = deeds::hold(applying.app, applying.tx, actor, (id, deed), now).await?;
    let becomes = match deed {
        Deed::Accept => HandOverState::Accepted,
        Deed::Refuse(_) => HandOverState::Refused,
        Deed::Withdraw => HandOverState::Withdrawn,
    };
    let is_own = row.decided_by.is_some_and(|staff| staff.0 == actor.person());
    if row.state == becomes && is_own {
        // They said so before, on another phone: it is so.
        let line = Audit::new(&HAND_OVER, deed.command().as_str(), row.id.0)
            .about(row.participant_id)
            .at(row.from_centre_id)
            .with("already", true);
        return Ok(applied(&row, line));
    }
    if row.version != base {
        return Err(Error::changed(row.version));
    }
    let audit = deeds::carry_out(applying.app, applying.tx, actor, (&mut row, deed), now)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, audit))
}

fn applied(row: &Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &HAND_OVER,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}

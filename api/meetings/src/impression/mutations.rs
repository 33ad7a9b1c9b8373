//! What can be said of a session without network.

use super::{deeds, request::NewImpression};
use crate::{
    app::mutation::{Applied, Applying, Mutation},
    appointment::{self, things::APPOINTMENT},
};
use contract::AppointmentId;
use kernel::error::{Error, Result};

/// What can be done.
pub const MUTATIONS: &[Mutation] =
    &[Mutation { operation: "sayImpression", apply: |applying| Box::pin(say(applying)) }];

async fn say(applying: &mut Applying<'_>) -> Result<Applied> {
    let own = applying.actor.participant()?;
    let (id, new) = (AppointmentId(applying.subject()?), applying.body::<NewImpression>()?);
    // The later word counts, whatever else became of the appointment.
    if applying.base_version.is_some() {
        return Err(Error::field(
            "/base_version",
            "not_allowed",
            "what is said of a session has no versions",
        ));
    }
    let session = appointment::load_own_for_change(applying.tx, own, id, applying.now).await?;
    let session = session.ok_or_else(Error::not_found)?;
    let (_, audit) =
        deeds::say(applying.app, applying.tx, &session, new.face, applying.recorded_at, applying.now).await?;
    Ok(Applied {
        subject_kind: &APPOINTMENT,
        subject: id.0,
        participant: Some(session.participant_id),
        version: None,
        audit,
    })
}

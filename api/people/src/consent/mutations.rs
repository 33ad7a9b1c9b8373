//! What can be done with consents without network. A withdrawal is taken whatever happened meanwhile, also from whoever no longer accompanies the
//! person who told them. Agreeing is not: in doubt it is no.

use super::{
    deeds::{self, Saying},
    http::{self, check_fields, effects},
    request::{ConsentWithdrawal, NewConsent},
    store::{self, Row, Whose},
    things::CONSENT,
};
use crate::{
    accompanied,
    app::mutation::{Applied, Applying, Mutation},
};
use contract::ParticipantId;
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "giveConsent", apply: |applying| Box::pin(give(applying)) },
    Mutation { operation: "withdrawConsent", apply: |applying| Box::pin(withdraw(applying)) },
];

async fn give(applying: &mut Applying<'_>) -> Result<Applied> {
    names_itself(applying)?;
    let new: NewConsent = applying.body()?;
    let below = |error: Error| error.below("/body");
    check_fields(applying.actor, &new).map_err(below)?;
    let voice = http::voice(applying.actor, new.given_by).map_err(below)?;
    let saying = Saying::of(applying.actor, applying.recorded_at, applying.now).of_voice(voice);
    let (which, whom, terms) = new.parts().map_err(below)?;
    let whose = whose(applying, which.participant).await?;
    let (app, tx) = (applying.app, &mut *applying.tx);
    let given = deeds::give(app, tx, &whose, (which, whom), (terms, saying), applying.now).await;
    let (row, audit) = given.map_err(below)?;
    Ok(applied(&row, audit))
}

async fn withdraw(applying: &mut Applying<'_>) -> Result<Applied> {
    names_itself(applying)?;
    let below = |error: Error| error.below("/body");
    let withdrawal = applying.body::<ConsentWithdrawal>()?;
    let voice = http::voice(applying.actor, withdrawal.given_by).map_err(below)?;
    let which = withdrawal.which().map_err(below)?;
    let whose = whose_when_said(applying, which.participant).await?;
    let saying = Saying::of(applying.actor, applying.recorded_at, applying.now).of_voice(voice);
    let (app, tx, now) = (applying.app, &mut *applying.tx, applying.now);
    let (row, consequences) =
        deeds::withdraw(app, tx, (applying.actor, saying), (&whose, which), now).await.map_err(below)?;
    let audit = effects(deeds::audit(&row, "withdraw"), &consequences);
    Ok(applied(&row, audit))
}

fn names_itself(applying: &Applying<'_>) -> Result<()> {
    if applying.subject.is_none() && applying.base_version.is_none() {
        return Ok(());
    }
    Err(Error::field("/subject_id", "not_allowed", "which consent it is stands in the body"))
}

async fn whose(applying: &mut Applying<'_>, participant: ParticipantId) -> Result<Whose> {
    let scope = applying.actor.caseload()?;
    store::whose(applying.tx, scope, participant).await?.ok_or_else(Error::not_found)
}

/// Also somebody whom the phone's owner accompanied when they said it.
async fn whose_when_said(applying: &mut Applying<'_>, participant: ParticipantId) -> Result<Whose> {
    if let Ok(scope) = applying.actor.caseload()
        && let Some(whose) = store::whose(applying.tx, scope, participant).await?
    {
        return Ok(whose);
    }
    let since = accompanied::since(applying);
    if let Ok(staff) = accompanied::recorder(applying.actor)
        && let Some(whose) = store::whose_formerly(applying.tx, staff, participant, since).await?
    {
        return Ok(whose);
    }
    applying.actor.caseload()?;
    Err(Error::not_found())
}

fn applied(row: &Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &CONSENT,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}

//! The buttons and receipts of notifications. The token is the credential: it allows one thing on one reminder, and nobody
//! has to be signed in.

use super::things::REMINDER;
use super::{
    answer::{ActionResult, situation},
    request::{PressedButton, Receipt},
    rules::{Ruling, judge},
    store::{self, Row},
    subject::hold,
};
use crate::app::{App, buttons::Held};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{CentreId, NotificationAction, ProblemCode, ReceiptEvent, Subject, time::Instant};
use db::{Change, Tx};
use kernel::{
    error::{Error, Result},
    extract::Body,
    problems::CredentialProblems,
    reply::Reply,
};
use notifications::{
    action_token::{TokenPurpose, TokenRefusal, VerifiedToken, use_once},
    outbox,
};

/// Press the button of a notification
///
/// Does what the button says (such as confirming an appointment), as whoever the notification was sent to. Works from a
/// locked phone, until the reminder is useless, at most for a week.
///
/// A token works once. Repeating it while what it did still holds gives the same answer again (200), since the first answer
/// may have been lost; so does any button that asks for what is the case already. If something else happened since, a used
/// token is refused with 409 `action_used`, and one whose subject is not as it told any more (an appointment was moved or called off)
/// with 410 `action_expired`: open the app then. Roles: everybody who holds a token, without signing in.
#[utoipa::path(
    post, path = "/actions", tag = "notifications", operation_id = "pressNotificationButton",
    security(()),
    request_body = PressedButton,
    responses((status = 200, description = "How its subject stands now", body = ActionResult), CredentialProblems)
)]
pub async fn act(State(app): State<App>, body: Body<PressedButton>) -> Result<Response> {
    let now = app.clock.now();
    let token = verify(&app, body.value.token.expose(), now)?;
    let TokenPurpose::Action(action) = token.purpose else {
        return Err(Error::new(ProblemCode::CredentialRefused));
    };
    let mut tx = app.db.write().await?;
    let pressed = Pressed::find(&app, &mut tx, token, now).await?;
    let result = pressed.carry_out(&app, &mut tx, action, now).await?;
    app.commit(tx).await?;
    Ok(Reply::ok(&result)?.into_response())
}

/// Tell what became of a notification
///
/// That it was shown (`seen`), or used (`acted`). Telling it twice changes nothing. Late is fine: up to a day after the
/// reminder became useless. Roles: everybody who holds a receipt token, without signing in.
#[utoipa::path(
    post, path = "/receipts", tag = "notifications", operation_id = "sendReceipt",
    security(()),
    request_body = Receipt,
    responses((status = 204, description = "Noted"), CredentialProblems)
)]
pub async fn receive(State(app): State<App>, body: Body<Receipt>) -> Result<Response> {
    let now = app.clock.now();
    let token = verify(&app, body.value.token.expose(), now)?;
    if token.purpose != TokenPurpose::Receipt {
        return Err(Error::new(ProblemCode::CredentialRefused));
    }
    let mut tx = app.db.write().await?;
    let row = store::by_token(&mut tx, token.reminder_id).await?.ok_or_else(useless)?;
    let is_news = match body.value.event {
        ReceiptEvent::Seen => row.seen_at.is_none(),
        ReceiptEvent::Acted => row.acted_at.is_none(),
    };
    if is_news {
        // The centre as it is now: the participant may have been moved since the row was read.
        if let Some(centre) = outbox::receive(&mut tx, row.id, body.value.event, now).await? {
            tx.changed(changed(&row, centre));
        }
    }
    app.commit(tx).await?;
    Ok(Reply::empty().into_response())
}

fn verify(app: &App, token: &str, now: Instant) -> Result<VerifiedToken> {
    app.push.action_key.verify(token, now).map_err(|refusal| match refusal {
        TokenRefusal::Invalid => Error::new(ProblemCode::CredentialRefused),
        TokenRefusal::Expired => useless(),
    })
}

fn useless() -> Error {
    Error::new(ProblemCode::ActionExpired)
}

/// Staff's apps show what was seen.
const fn changed(row: &Row, centre: CentreId) -> Change {
    REMINDER.changed(centre.0, Some(row.participant_id.0), row.id.0)
}

/// A pressed button with its reminder and what that is about, which is held for the change.
struct Pressed {
    token: VerifiedToken,
    reminder: Row,
    held: Box<dyn Held>,
}

impl Pressed {
    async fn find(app: &App, tx: &mut Tx, token: VerifiedToken, now: Instant) -> Result<Self> {
        let first = store::by_token(tx, token.reminder_id).await?.ok_or_else(useless)?;
        let held = hold(app, tx, &first, now).await?.ok_or_else(useless)?;
        // Read again: whoever had the subject in hand until now may have withdrawn the reminder.
        let reminder = store::by_token(tx, token.reminder_id).await?.ok_or_else(useless)?;
        // Whoever is no longer with the service answers for nothing.
        if reminder.language.is_some() { Ok(Self { token, reminder, held }) } else { Err(useless()) }
    }

    async fn carry_out(
        mut self,
        app: &App,
        tx: &mut Tx,
        action: NotificationAction,
        now: Instant,
    ) -> Result<ActionResult> {
        let is_used = !use_once(tx, self.token, now).await?;
        match judge(situation(&self.reminder, self.held.standing(), action, is_used)) {
            Ruling::Used => return Err(Error::new(ProblemCode::ActionUsed)),
            Ruling::Useless => return Err(useless()),
            Ruling::InForce => {}
            // What the state does not allow is a button of no use.
            Ruling::CarryOut => {
                self.held.carry_out(app, tx, action, self.reminder.id, now).await.map_err(|error| {
                    if error.code() == Some(ProblemCode::CommandRefused) { useless() } else { error }
                })?
            }
        }
        outbox::receive(tx, self.reminder.id, ReceiptEvent::Acted, now).await?;
        let standing = self.held.standing();
        Ok(ActionResult {
            action,
            subject: Subject { kind: self.reminder.subject_kind, id: self.reminder.subject_id },
            state: standing.state(),
            time: standing.agreed(),
        })
    }
}

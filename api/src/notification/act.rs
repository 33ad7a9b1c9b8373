//! The buttons and receipts of notifications. The token is the credential: it allows one thing on one reminder, and nobody
//! has to be signed in.

use super::{
    answer::{ActionResult, is_as_told},
    request::{PressedButton, Receipt},
    rules::{Ruling, Situation, judge},
    store::{self, Row},
};
use crate::{
    access::Actor,
    app::App,
    appointment::{self, Command},
    audit::Audit,
    error::{Error, Result},
    extract::Body,
    openapi::CredentialProblems,
    reply::Reply,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{
    AppointmentId, AuditId, NotificationAction, PersonKind, ProblemCode, ReceiptEvent, ReminderState,
    push::PushSubject, time::Instant,
};
use db::{Change, Operation, Tx};
use notifications::{
    action_token::{TokenPurpose, TokenRefusal, VerifiedToken, use_once},
    outbox,
};

/// Press the button of a notification
///
/// Confirms the appointment or asks for another time, as the participant whom the notification was sent to. Works from a
/// locked phone, until the reminder is useless, at most for a week.
///
/// A token works once. Repeating it while what it did still holds gives the same answer again (200), since the first answer
/// may have been lost; so does any button that asks for what is the case already. If something else happened since, a used
/// token is refused with 409 `action_used`, and one whose appointment was moved or called off with 410 `action_expired`: open
/// the app then. Roles: everybody who holds a token, without signing in.
#[utoipa::path(
    post, path = "/actions", tag = "notifications", operation_id = "pressNotificationButton",
    security(()),
    request_body = PressedButton,
    responses((status = 200, description = "How the appointment stands now", body = ActionResult), CredentialProblems)
)]
pub async fn act(State(app): State<App>, body: Body<PressedButton>) -> Result<Response> {
    let now = app.clock.now();
    let token = verify(&app, body.value.token.expose(), now)?;
    let action = match token.purpose {
        TokenPurpose::Confirm => NotificationAction::Confirm,
        TokenPurpose::AskToMove => NotificationAction::AskToMove,
        TokenPurpose::Receipt => return Err(Error::new(ProblemCode::CredentialRefused)),
    };
    let mut tx = app.db.write().await?;
    let pressed = Pressed::find(&mut tx, token, now).await?;
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
        outbox::receive(&mut tx, row.id, body.value.event, now).await?;
        tx.changed(changed(&row));
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
const fn changed(row: &Row) -> Change {
    Change {
        centre: row.centre_id.0,
        participant: Some(row.participant_id.0),
        subject_kind: "reminder",
        subject: row.id.0,
        operation: Operation::Upsert,
    }
}

/// A pressed button with its reminder and the appointment, which is held for the change.
struct Pressed {
    token: VerifiedToken,
    reminder: Row,
    appointment: appointment::Row,
}

impl Pressed {
    async fn find(tx: &mut Tx, token: VerifiedToken, now: Instant) -> Result<Self> {
        let first = store::by_token(tx, token.reminder_id).await?.ok_or_else(useless)?;
        let id = AppointmentId(first.subject_id);
        let held = appointment::load_own_for_change(tx, first.participant_id, id, now).await?;
        let appointment = held.ok_or_else(useless)?;
        // Read again: whoever had the appointment in hand until now may have withdrawn the reminder.
        let reminder = store::by_token(tx, token.reminder_id).await?.ok_or_else(useless)?;
        let is_theirs = reminder.recipient_kind == PersonKind::Participant
            && reminder.recipient_id == reminder.participant_id.0
            && reminder.language.is_some();
        if is_theirs { Ok(Self { token, reminder, appointment }) } else { Err(useless()) }
    }

    async fn carry_out(
        mut self,
        app: &App,
        tx: &mut Tx,
        action: NotificationAction,
        now: Instant,
    ) -> Result<ActionResult> {
        let is_used = !use_once(tx, self.token, now).await?;
        let ruling = judge(Situation {
            action,
            state: self.appointment.state,
            is_as_told: is_as_told(&self.reminder),
            is_superseded: self.reminder.state == ReminderState::Superseded,
            is_used,
        });
        match ruling {
            Ruling::Used => return Err(Error::new(ProblemCode::ActionUsed)),
            Ruling::Useless => return Err(useless()),
            Ruling::InForce => {}
            Ruling::CarryOut => self.command(app, tx, action, now).await?,
        }
        outbox::receive(tx, self.reminder.id, ReceiptEvent::Acted, now).await?;
        Ok(self.result(action))
    }

    /// As the participant, without a session; what the state does not allow is a button of no use.
    async fn command(
        &mut self,
        app: &App,
        tx: &mut Tx,
        action: NotificationAction,
        now: Instant,
    ) -> Result<()> {
        let Self { reminder, appointment: row, .. } = self;
        let actor = Actor::Participant { id: row.participant_id, centre: row.centre_id, session: None };
        let command = match action {
            NotificationAction::Confirm => Command::Confirm,
            NotificationAction::AskToMove => Command::AskToMove(None),
        };
        let (word, from) = (command.audited_as(), row.state);
        appointment::carry_out(app, tx, &actor, row, command, now).await.map_err(|error| {
            if error.code() == Some(ProblemCode::CommandRefused) { useless() } else { error }
        })?;
        let audit = Audit::new(word, row.id.0)
            .about(row.participant_id)
            .with("from", from.as_str())
            .with("to", row.state.as_str())
            .with("through", "notification")
            .with("reminder_id", reminder.id.to_string());
        Ok(audit.write(tx, Some(&actor), AuditId::new(&*app.ids), now).await?)
    }

    fn result(self, action: NotificationAction) -> ActionResult {
        let row = self.appointment;
        ActionResult {
            action,
            subject: PushSubject { kind: self.reminder.subject_kind, id: row.id.0 },
            state: row.state,
            local_start: row.local_start,
            zone: row.zone,
        }
    }
}

//! What callers get to see of reminders.

use super::{
    rules::{Ruling, Situation, command, judge},
    store::{PlanRow, Row},
};
use crate::{
    app::App,
    appointment::{self, ActingAs, Timing},
};
use contract::{
    AppointmentState, Language, NotificationAction, PersonKind, Reach, ReminderId, ReminderPurpose,
    ReminderState, TimeOrigin,
    push::{PushPayload, PushSubject},
    time::{Instant, LocalDateTime, ZoneName},
};
use notifications::{outbox::Due, payload::Told};
use serde::Serialize;
use utoipa::ToSchema;

/// A reminder that was sent, or is about to be.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notification {
    /// Its id.
    pub id: ReminderId,
    /// Where it stands.
    pub state: ReminderState,
    /// When it became due.
    pub due_at: Instant,
    /// When it becomes useless; from then on it is history.
    pub expires_at: Instant,
    /// When a phone showed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Instant>,
    /// When the person acted on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acted_at: Option<Instant>,
    /// What a push message would bring, written as of now. Only the buttons that would still work are there.
    pub content: PushPayload,
}

impl Notification {
    /// As its recipient sees it at `now`.
    pub fn seen(app: &App, row: &Row, now: Instant) -> Self {
        let told = Told {
            language: row.language.unwrap_or(Language::Arabic),
            home: row.home.as_ref(),
            tag: &app.push.tag(row.recipient_id, row.subject_id),
            renotify: row.seen_at.is_none(),
            now,
            zones: &app.zones,
        };
        let mut content = app.push.payloads.make(&due(row), &row.facts, &told);
        content.actions.retain(|button| works(row, button.action, now));
        Self {
            id: row.id,
            state: row.state,
            due_at: row.due_at,
            expires_at: row.expires_at,
            seen_at: row.seen_at,
            acted_at: row.acted_at,
            content,
        }
    }
}

fn due(row: &Row) -> Due {
    Due {
        id: row.id,
        recipient_id: row.recipient_id,
        subject_id: row.subject_id,
        is_repeated: false,
        urgency: row.urgency,
        due_at: row.due_at,
        expires_at: row.expires_at,
    }
}

/// Whether the appointment is still at the time that the reminder tells of, and was not moved since it went out.
pub fn is_as_told(row: &Row) -> bool {
    let facts = &row.facts;
    row.local_start == Some(facts.local_start) && row.zone.as_ref() == Some(&facts.zone) && !row.moved_since
}

fn works(row: &Row, action: NotificationAction, now: Instant) -> bool {
    let Some(state) = row.appointment_state else { return false };
    let situation = Situation {
        action,
        state,
        is_as_told: is_as_told(row),
        is_superseded: row.state == ReminderState::Superseded,
        is_used: match action {
            NotificationAction::Confirm => row.is_confirm_used,
            NotificationAction::AskToMove => row.is_ask_to_move_used,
        },
    };
    let timing = match row.time_origin {
        Some(TimeOrigin::Offered) => Timing::Offered,
        _ => Timing::Ahead,
    };
    let before = appointment::Situation { state, timing, acting_as: ActingAs::Participant };
    row.expires_at > now
        && judge(situation) == Ruling::CarryOut
        && appointment::decide(before, command(action), None).is_ok()
}

/// What came of a button.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionResult {
    /// What the button said.
    pub action: NotificationAction,
    /// What it was about.
    pub subject: PushSubject,
    /// Where that stands now.
    pub state: AppointmentState,
    /// When it is, as agreed on. Show it as it stands.
    pub local_start: LocalDateTime,
    /// The zone that was agreed on.
    pub zone: ZoneName,
}

/// A line of an appointment's plan: who will be told what and when, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannedReminder {
    /// Its id.
    pub id: ReminderId,
    /// Why it is sent.
    pub purpose: ReminderPurpose,
    /// Whether the participant or the host is told.
    pub recipient_kind: PersonKind,
    /// Where it stands. Those that are `superseded` will not go any more.
    pub state: ReminderState,
    /// When it becomes due.
    pub due_at: Instant,
    /// When it becomes useless.
    pub expires_at: Instant,
    /// When it was sent, withdrawn or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Instant>,
    /// When a phone showed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Instant>,
    /// When the person acted on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acted_at: Option<Instant>,
    /// How it will reach its recipient, while it is still to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
}

/// What a person's phones are good for.
const fn reach(has_active: bool, has_doubtful: bool) -> Reach {
    match (has_active, has_doubtful) {
        (true, _) => Reach::Push,
        (false, true) => Reach::Doubtful,
        (false, false) => Reach::InApp,
    }
}

impl PlannedReminder {
    /// As staff see it; none of what only a later version of this service knows.
    pub fn read(row: PlanRow) -> Option<Self> {
        let state: ReminderState = row.state.parse().ok()?;
        Some(Self {
            reach: (!state.is_settled()).then(|| reach(row.has_active, row.has_doubtful)),
            id: row.id,
            purpose: row.purpose.parse().ok()?,
            recipient_kind: row.recipient_kind.parse().ok()?,
            state,
            due_at: row.due_at,
            expires_at: row.expires_at,
            settled_at: row.settled_at,
            seen_at: row.seen_at,
            acted_at: row.acted_at,
        })
    }
}

//! What callers get to see of reminders.

use super::{
    rules::{Ruling, Situation, judge},
    store::{PlanRow, Row},
};
use crate::app::{App, buttons::Standing};
use contract::{
    Language, NotificationAction, PersonKind, Reach, ReminderId, ReminderPurpose, ReminderState, Subject,
    push::{PushPayload, WallTime},
    time::Instant,
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
    /// As its recipient sees it at `now`, whose subject stands like this, if it has buttons.
    pub fn seen(app: &App, row: &Row, standing: Option<&dyn Standing>, now: Instant) -> Self {
        let told = Told {
            language: row.language.unwrap_or(Language::Arabic),
            home: row.home.as_ref(),
            tag: &app.push.tag(row.recipient_id, row.subject_id),
            renotify: row.seen_at.is_none(),
            now,
            zones: &app.zones,
        };
        let mut content = app.push.payloads.make(&due(row), &row.facts, &told);
        content
            .actions
            .retain(|button| standing.is_some_and(|standing| works(row, standing, button.action, now)));
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

fn works(row: &Row, standing: &dyn Standing, action: NotificationAction, now: Instant) -> bool {
    let situation = situation(row, standing, action, row.used.contains(&action));
    row.expires_at > now && judge(situation) == Ruling::CarryOut && standing.allows(action)
}

/// What the rule needs to know of a button.
pub fn situation(row: &Row, standing: &dyn Standing, action: NotificationAction, is_used: bool) -> Situation {
    Situation {
        is_so: standing.is_so(action),
        is_as_told: standing.is_as_told(row.told()),
        is_superseded: row.state == ReminderState::Superseded,
        is_used,
    }
}

/// What came of a button.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionResult {
    /// What the button said.
    pub action: NotificationAction,
    /// What it was about.
    pub subject: Subject,
    /// Where that stands now, in a word of its kind, such as an `AppointmentState`.
    #[schema(pattern = "^[a-z_]+$", max_length = 40, example = "confirmed")]
    pub state: &'static str,
    /// When it is, if there is such a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<WallTime>,
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

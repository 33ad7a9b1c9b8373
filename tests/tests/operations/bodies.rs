//! A body for every operation that takes one: right in all its fields, so that an answer tells about the caller and not
//! about the body.

use super::Ids;
use serde_json::{Value, json};

/// The password of every staff member here.
pub const PASSWORD: &str = "seven herons at the lagoon";

/// Open at every hour, so that the centre stays good for all that follows.
fn always() -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    days.iter().map(|day| json!({"weekday": day, "opens": "00:00", "closes": "23:59"})).collect()
}

/// The body of the operation for this target; `serial` makes what must be unique unique. `code` is what an authenticator app
/// shows now.
pub fn body(operation: &str, ids: &Ids, serial: u32, code: &str) -> Option<Value> {
    Some(match operation {
        "scheduleAppointment" => json!({
            "participant_id": ids.participant,
            "host_id": ids.companion,
            "kind": "social_counselling",
            "local_start": format!("2027-{:02}-{:02}T{:02}:00:00", 1 + serial / 600, 1 + serial / 24 % 25, serial % 24),
            "duration_minutes": 45,
            "zone": "Africa/Casablanca",
            "place": {"kind": "address", "details": "Rue des Orangers 12"},
            "guidance": "Bring the form",
            "override_reason": "No other hour suits",
        }),
        "moveAppointment" => json!({
            "local_start": format!("2028-{:02}-{:02}T{:02}:00:00", 1 + serial / 600, 1 + serial / 24 % 25, serial % 24),
            "duration_minutes": 30,
            "zone": "Africa/Casablanca",
            "place": {"kind": "address", "details": "Rue des Orangers 12"},
            "override_reason": "No other hour suits",
        }),
        "proposeAppointment" => json!({
            "participant_id": ids.participant,
            "host_id": ids.companion,
            "kind": "social_counselling",
            "slots": [
                {"local_start": format!("2027-{:02}-{:02}T10:00:00", 1 + serial / 600, 1 + serial / 24 % 25)},
                {"local_start": format!("2027-{:02}-{:02}T15:00:00", 1 + serial / 600, 1 + serial / 24 % 25)},
            ],
            "duration_minutes": 45,
            "zone": "Africa/Casablanca",
            "place": {"kind": "address", "details": "Rue des Orangers 12"},
            "guidance": "Bring the form",
            "override_reason": "No other hour suits",
        }),
        "offerAppointmentTimes" => json!({
            "slots": [{"local_start": "2027-12-01T10:00:00"}, {"local_start": "2027-12-02T10:00:00"}],
            "duration_minutes": 30,
            "zone": "Africa/Casablanca",
            "place": {"kind": "address", "details": "Rue des Orangers 12"},
            "override_reason": "No other hour suits",
        }),
        "chooseAppointmentTime" => json!({"slot_id": ids.slot}),
        "declineAppointment" | "cancelAppointment" => json!({"reason": "Ill"}),
        "askToMoveAppointment" => json!({"wish": "After work"}),
        "recordAppointmentOutcome" => json!({"outcome": "attended", "reason": "In time"}),
        "correctAppointmentOutcome" => json!({"outcome": "excused", "reason": "Was in hospital"}),
        "writeAppointmentNote" => json!({"visibility": "staff", "body": "Needs a form"}),
        "pushMutations" => json!({"mutations": [{
            "id": uuid::Uuid::now_v7(),
            "recorded_at": "2026-11-23T09:30:00Z",
            "operation": "declineAppointment",
            "subject_id": ids.appointment,
            "base_version": 1,
            "body": {"reason": "On the road"},
        }]}),
        "openEmergencyAccess" => json!({"reason": "Nobody else can be reached", "minutes": 30}),
        "assignParticipant" => json!({"staff_id": ids.spare}),
        "registerCentre" => json!({
            "name": "Rabat-Salé-Kénitra",
            "zone": "Africa/Casablanca",
            "calendar": {
                "hours": [{"weekday": "monday", "opens": "09:00", "closes": "16:00"}],
                "closed_days": [{"date": "2026-11-06", "label": "Green March", "every_year": true}],
            },
            "reminder_policy": {},
        }),
        "changeCentre" => json!({"calendar": {"hours": always()}}),
        "registerParticipant" => json!({
            "name": "Nadia Saidi",
            "phone": "+212600000000",
            "email": "nadia@example.org",
            "language": "ar",
            "zone": "Africa/Casablanca",
            "programme_edition": "18",
            "push_wanted": true,
        }),
        "moveParticipant" => json!({"centre_id": ids.next_centre}),
        "changeParticipant" => {
            json!({"phone": "+212611111111", "language": "fr", "zone": "Africa/Casablanca"})
        }
        "addStaffMember" => json!({
            "name": "Youssef Alaoui",
            "email": format!("youssef-{serial}@example.org"),
            "role": "mentor",
            "language": "fr",
            "centre_id": ids.centre,
        }),
        "changeStaffMember" => json!({"name": "Youssef Alaoui", "language": "fr"}),
        "changeMe" => json!({"language": "fr"}),
        "changePassword" => json!({
            "current_password": PASSWORD,
            "new_password": format!("nine storks on the minaret {serial}"),
        }),
        "beginAuthenticator" => json!({"current_password": PASSWORD}),
        "confirmAuthenticator" => json!({"code": code}),
        // Nobody's credentials: what these operations give to whom is for the tests of signing in.
        "signIn" => json!({
            "email": format!("nobody-{serial}@example.org"),
            "password": "no such password",
            "authenticator_code": "000000",
            "device_label": "Android phone",
            "refresh_token_in": "body",
        }),
        "refreshTokens" => json!({
            "refresh_token": "AZNvbk0AcACAAAAAAAAAAQAAAAAAAAABq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqw",
            "refresh_token_in": "body",
        }),
        "enrolPhone" => json!({
            "code": "7KQM-2WXA",
            "device_label": "Android phone",
            "language": "ar",
            "refresh_token_in": "body",
        }),
        "pressNotificationButton" => json!({"token": "AZNvbk0AcACAAAAAAAAAAQFpJjYAq6urq6urq6urq6urq6urqw"}),
        "sendReceipt" => {
            json!({"token": "AZNvbk0AcACAAAAAAAAAAQNpJjYAq6urq6urq6urq6urq6urqw", "event": "seen"})
        }
        "registerWebPushDevice" | "refreshWebPushDevice" => json!({
            "endpoint": format!("https://updates.push.services.mozilla.com/wpush/v2/subscription-{serial}"),
            "keys": {
                "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            },
        }),
        "registerFcmDevice" | "refreshFcmDevice" => {
            json!({"token": format!("dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFB-{serial}")})
        }
        _ => return None,
    })
}

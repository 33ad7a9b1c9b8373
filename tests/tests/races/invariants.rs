//! What must hold whatever two commands did at the same time, in whichever order it is told.

use super::{
    deeds::{Deed, Ready},
    scene::{Mark, Scene},
};
use contract::time::Instant;
use muwakaba::background::reconciler;
use muwakaba_tests::Answer;

/// A deed that was done, or refused.
pub struct Done<'a> {
    /// Which.
    pub deed: &'a Deed,
    /// Who did it, to what.
    pub ready: Standing,
    /// What it was answered.
    pub answer: &'a Answer,
}

/// What of a request is needed after it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    session: Option<uuid::Uuid>,
    appointment: uuid::Uuid,
}

impl From<&Ready> for Standing {
    fn from(ready: &Ready) -> Self {
        Self {
            session: ready.caller.as_ref().map(|caller| caller.session.0),
            appointment: ready.ids.appointment,
        }
    }
}

impl Done<'_> {
    /// Of what is answered one by one, the one.
    fn is_acknowledged(&self) -> bool {
        self.answer.status < 300
            && (self.deed.operation != "pushMutations"
                || self.answer.string("/results/0/result") == "applied")
    }
}

/// What they do is not in the audit log: a receipt is no deed, and tokens are replaced all the time.
const UNAUDITED: &[&str] = &["sendReceipt", "refreshTokens"];
/// A refusal of these is in the audit log.
const AUDITED_REFUSALS: &[&str] =
    &["signIn", "enrolPhone", "changePassword", "beginAuthenticator", "confirmAuthenticator"];

/// Each of these finds what must not be: one text for each.
const NEVER: &[&str] = &[
    // Two appointments at one time.
    "SELECT 'booked twice: ' || a.id FROM appointment AS a JOIN appointment AS b
         ON a.id < b.id AND (a.host_id = b.host_id OR a.participant_id = b.participant_id)
        AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
     WHERE a.state IN ('scheduled', 'confirmed', 'change_requested') AND a.time_origin <> 'offered'
       AND b.state IN ('scheduled', 'confirmed', 'change_requested') AND b.time_origin <> 'offered'",
    // Nobody comes, or nobody is there.
    "SELECT 'an open appointment of a closed file: ' || a.id FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
     WHERE NOT p.active AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
       AND (a.starts_at > '{now}' OR a.time_origin = 'offered')",
    "SELECT 'an open appointment with somebody who left: ' || a.id FROM appointment AS a JOIN staff AS s ON s.id = a.host_id
     WHERE NOT (s.active AND s.role IN ('mentor', 'counsellor', 'manager'))
       AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
       AND (a.starts_at > '{now}' OR a.time_origin = 'offered')",
    // Closing a file ends no assignment, but none begins after it.
    "SELECT 'assigned after the file was closed: ' || a.id FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
     WHERE NOT p.active AND a.ended_at IS NULL
       AND (SELECT max(position) FROM change WHERE subject_id = a.id) > (SELECT max(position) FROM change WHERE subject_id = p.id)
       -- Somebody else's new role is told with each of their assignments again.
       AND (SELECT max(position) FROM change WHERE subject_id = a.id)
           < COALESCE((SELECT min(position) FROM change WHERE subject_id = a.staff_id AND subject_kind = 'staff'), 9223372036854775807)",
    "SELECT 'booked after the file was closed: ' || a.id FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
     WHERE NOT p.active AND a.version = 1
       AND (SELECT max(position) FROM change WHERE subject_id = a.id) > (SELECT max(position) FROM change WHERE subject_id = p.id)",
    "SELECT 'assigned to somebody who left: ' || a.id FROM assignment AS a JOIN staff AS s ON s.id = a.staff_id
     WHERE a.ended_at IS NULL AND NOT (s.active AND s.role IN ('mentor', 'counsellor'))",
    "SELECT 'an emergency access of somebody who left: ' || e.id FROM emergency_access AS e JOIN staff AS s ON s.id = e.staff_id
     WHERE e.ended_at IS NULL AND NOT (s.active AND s.role = 'manager')",
    // What is kept about somebody is their centre's, and whoever accompanies them or has an appointment with them is of it.
    "SELECT 'an appointment left behind: ' || a.id FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
     WHERE a.centre_id <> p.centre_id",
    "SELECT 'a reminder left behind: ' || r.id FROM reminder AS r JOIN participant AS p ON p.id = r.participant_id
     WHERE r.centre_id <> p.centre_id",
    "SELECT 'an emergency access left behind: ' || e.id FROM emergency_access AS e JOIN participant AS p ON p.id = e.participant_id
     WHERE e.centre_id <> p.centre_id",
    "SELECT 'accompanied from another centre: ' || a.id FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
     JOIN staff AS s ON s.id = a.staff_id WHERE a.ended_at IS NULL AND s.centre_id <> p.centre_id
       AND (a.started_by <> a.staff_id OR EXISTS (SELECT 1 FROM audit WHERE action = 'participant.move' AND subject_id = p.id))",
    "SELECT 'an open appointment with another centre: ' || a.id FROM appointment AS a JOIN staff AS s ON s.id = a.host_id
     WHERE s.centre_id <> a.centre_id AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
       AND (a.starts_at > '{now}' OR a.time_origin = 'offered')",
    "SELECT 'told by the feed of a former centre: ' || c.subject_kind FROM change AS c
     JOIN audit ON audit.subject_id = c.participant_id AND audit.centre_id = c.centre_id AND audit.action = 'participant.move'
     WHERE c.audience IS NULL AND c.operation <> 'revoke'",
    "SELECT 'a code of a former centre: ' || code.id FROM enrolment_code AS code JOIN participant AS p ON p.id = code.participant_id
     JOIN staff AS s ON s.id = code.created_by WHERE code.closed_at IS NULL AND s.centre_id <> p.centre_id",
    "SELECT 'two open enrolment codes of ' || participant_id FROM enrolment_code WHERE closed_at IS NULL
     GROUP BY participant_id HAVING count(*) > 1",
    "SELECT 'a living session of somebody who left: ' || session.id FROM session
     LEFT JOIN staff ON staff.id = session.staff_id LEFT JOIN participant ON participant.id = session.participant_id
     WHERE session.ended_at IS NULL AND NOT COALESCE(staff.active, participant.active)",
    "SELECT 'a device of an ended session: ' || device.id FROM device JOIN session ON session.id = device.session_id
     WHERE device.gone_at IS NULL AND session.ended_at IS NOT NULL",
    "SELECT 'an address twice: ' || count(*) FROM device WHERE gone_at IS NULL
     GROUP BY COALESCE(endpoint, fcm_token) HAVING count(*) > 1",
    // The feed.
    "SELECT 'a gap in the feed of ' || c.centre_id FROM change_counter AS c
     WHERE c.position <> (SELECT max(position) FROM change WHERE change.centre_id = c.centre_id)",
    "SELECT 'told twice in the feed: ' || subject_id FROM change
     GROUP BY centre_id, audience, subject_kind, subject_id HAVING count(*) > 1",
];

/// Every audit line that tells of a change that its subject's version counts.
const COUNTED: &str = "'appointment.schedule', 'appointment.confirm', 'appointment.decline', 'appointment.ask_to_move',
    'appointment.choose', 'appointment.propose', 'appointment.move', 'appointment.cancel', 'appointment.hand_over',
    'appointment.record_outcome', 'appointment.correct_outcome', 'participant.create', 'participant.change', 'participant.move',
    'staff.create',
    'staff.change', 'staff.change_settings', 'staff.change_password', 'staff.change_authenticator', 'staff.reset',
    'participant.change_settings', 'centre.create', 'centre.change'";

/// What is wrong now.
pub async fn violations(scene: &mut Scene, mark: &Mark, done: &[Done<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    let now = scene.stage.app.now();
    for statement in NEVER {
        found.extend(scene.texts(&statement.replace("{now}", &now.to_string())).await);
    }
    for one in done {
        found.extend(answered(scene, one).await);
    }
    found.extend(sessions(scene, done).await);
    found.extend(versions(scene, mark).await);
    found.extend(plans(scene, now).await);
    found
}

/// Nothing failed; what was acknowledged is in the audit log, and what was refused is not.
async fn answered(scene: &mut Scene, done: &Done<'_>) -> Vec<String> {
    let Done { deed, answer, ready } = done;
    let mut found = Vec::new();
    if answer.status >= 500 {
        found.push(format!("{} failed: {}", deed.name, answer.text()));
    }
    let request = answer.header("x-request-id");
    let mut lines = scene.texts(&format!("SELECT action FROM audit WHERE request_id = '{request}'")).await;
    if deed.operation == "pressNotificationButton" && lines.is_empty() {
        // A button that asks for what is the case already changes nothing; whoever made it so is in the log.
        let confirmed = format!(
            "SELECT action FROM audit WHERE action = 'appointment.confirm' AND subject_id = '{}'",
            ready.appointment
        );
        lines = scene.texts(&confirmed).await;
    }
    if done.is_acknowledged() && lines.is_empty() && !UNAUDITED.contains(&deed.operation) {
        found.push(format!("{} was acknowledged and is not in the audit log", deed.name));
    }
    if !done.is_acknowledged() && !lines.is_empty() && !AUDITED_REFUSALS.contains(&deed.operation) {
        found.push(format!("{} was refused and left {lines:?}: {}", deed.name, answer.text()));
    }
    found
}

/// Whoever knows only what was replaced is out.
async fn sessions(scene: &mut Scene, done: &[Done<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    let mentor = scene.target().companion;
    for one in done.iter().filter(|one| one.is_acknowledged()) {
        let but_for = match one.deed.operation {
            "changePassword" => one.ready.session.unwrap_or_default(),
            "resetStaffMember" => uuid::Uuid::nil(),
            _ => continue,
        };
        let living = format!(
            "SELECT 'after {} a session lives on: ' || id FROM session
             WHERE staff_id = '{mentor}' AND id <> '{but_for}' AND ended_at IS NULL",
            one.deed.name
        );
        found.extend(scene.texts(&living).await);
    }
    found
}

/// Versions grow by one for each change.
async fn versions(scene: &mut Scene, mark: &Mark) -> Vec<String> {
    let before: Vec<String> =
        mark.versions.iter().map(|(id, version)| format!("('{id}'::uuid, {version})")).collect();
    let statement = format!(
        "WITH before (id, version) AS (VALUES {}),
              now (id, version) AS (SELECT id, version FROM appointment UNION ALL SELECT id, version FROM participant
                                    UNION ALL SELECT id, version FROM staff UNION ALL SELECT id, version FROM centre),
              told (id, times) AS (SELECT subject_id, count(*) FROM audit WHERE action IN ({COUNTED}) GROUP BY subject_id)
         SELECT 'version ' || now.version || ' of ' || now.id || ' after ' || COALESCE(before.version, 0) || ' and '
                || COALESCE(told.times, 0) || ' changes: ' || (SELECT string_agg(action, ', ') FROM audit WHERE subject_id = now.id)
         FROM now LEFT JOIN before ON before.id = now.id LEFT JOIN told ON told.id = now.id
         WHERE now.version <> COALESCE(before.version, 0) + COALESCE(told.times, 0)",
        before.join(", ")
    );
    scene.texts(&statement).await
}

/// Planning everything again changes nothing, but for what somebody may not see and is not sent anyway.
async fn plans(scene: &mut Scene, now: Instant) -> Vec<String> {
    let planned = format!(
        "SELECT r.purpose || ' to ' || r.recipient_kind || ' of ' || r.subject_id || ' at ' || r.due_at || ' until ' || r.expires_at
         FROM reminder AS r WHERE r.state IN ('planned', 'sending') AND r.expires_at > '{now}'
           AND (r.recipient_kind = 'participant' OR EXISTS (
                SELECT 1 FROM caseload WHERE caseload.staff_id = r.recipient_id AND caseload.participant_id = r.participant_id))
         ORDER BY 1"
    );
    // A change of a centre leaves what somebody holds just then to the background task.
    reconciler::run(&scene.stage.app.app).await.expect("a plan");
    let before = scene.texts(&planned).await;
    let everything = "INSERT INTO agenda (subject_kind, subject_id, centre_id, ready_at, claims)
         SELECT 'appointment', id, centre_id, TIMESTAMPTZ '1970-01-01 00:00:00+00', 0 FROM appointment
                      ON CONFLICT DO NOTHING RETURNING ''";
    scene.texts(everything).await;
    reconciler::run(&scene.stage.app.app).await.expect("a plan");
    let after = scene.texts(&planned).await;
    if before == after {
        return Vec::new();
    }
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|one| !those.contains(one)).cloned().collect()
    };
    vec![format!("the plan is not fresh: {:?} instead of {:?}", only(&before, &after), only(&after, &before))]
}

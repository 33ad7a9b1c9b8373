//! What must hold whatever two commands did at the same time, in whichever order it is told. What must never be in the data, features
//! register (`never`); what is asked of the answers, the log, versions and plans is the same of all of them and stands here.

use super::{
    deeds::{Deed, Ready},
    scene::{Mark, Scene, versions as versions_now},
};
use crate::registry::each;
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
            appointment: ready.ids.of("appointment_id"),
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

/// What is wrong now.
pub async fn violations(scene: &mut Scene, mark: &Mark, done: &[Done<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    let now = scene.stage.app.now();
    for statement in each(|feature| feature.never) {
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
    if done.is_acknowledged() && lines.is_empty() && deed.is_audited {
        found.push(format!("{} was acknowledged and is not in the audit log", deed.name));
    }
    if !done.is_acknowledged() && !lines.is_empty() && !deed.is_refusal_audited {
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
    let counted: Vec<String> = each(|feature| feature.counted).map(|action| format!("'{action}'")).collect();
    let statement = format!(
        "WITH before (id, version) AS (VALUES {}), now (id, version) AS ({}),
              told (id, times) AS (SELECT subject_id, count(*) FROM audit WHERE action IN ({}) GROUP BY subject_id)
         SELECT 'version ' || now.version || ' of ' || now.id || ' after ' || COALESCE(before.version, 0) || ' and '
                || COALESCE(told.times, 0) || ' changes: ' || (SELECT string_agg(action, ', ') FROM audit WHERE subject_id = now.id)
         FROM now LEFT JOIN before ON before.id = now.id LEFT JOIN told ON told.id = now.id
         WHERE now.version <> COALESCE(before.version, 0) + COALESCE(told.times, 0)",
        before.join(", "),
        versions_now(),
        counted.join(", ")
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
    for kind in each(|feature| feature.planned) {
        let everything = format!(
            "INSERT INTO agenda (subject_kind, subject_id, centre_id, ready_at, claims)
             SELECT '{kind}', id, centre_id, TIMESTAMPTZ '1970-01-01 00:00:00+00', 0 FROM {kind}
             ON CONFLICT DO NOTHING RETURNING ''"
        );
        scene.texts(&everything).await;
    }
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

//! What the sweeps go through of attempts and contacts.

use super::phones::recorded;
use crate::{
    access::Caller::{Counsellor, Manager, Mentor},
    operations::{self, Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Asked, Canary, Feature, Phones, Small, State, Subject, about, fill},
    visits::about as sent_about,
};
use care::contact_attempt::ContactAttemptId;
use chrono::TimeDelta;
use db::sql;
use kernel::protect::{privacy::Note, seal::Field};
use serde_json::json;

/// What is remembered of an attempt.
const NOTE: &str = "Qanari-attempt: a neighbour opened";
/// Why it was withdrawn.
const REASON: &str = "Qanari-withdrawal: it was the aunt";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listContactAttempts"],
        version: Some(sql!("SELECT version FROM contact_attempt WHERE id = $1")),
        ..Subject::new("contact_attempt_id", |stage, _, ids| Box::pin(attempt(stage, ids)))
    }],
    states: &[State { operation: "listWithoutContact", make: |stage, _, ids| Box::pin(long_ago(stage, ids)) }],
    lists: &[("listWithoutContact", "participant_id")],
    filters: &[("listWithoutContact", "days", "300")],
    deeds: &[
        deed("record an attempt", "recordContactAttempt", By::Mentor),
        deed("withdraw an attempt", "withdrawContactAttempt", By::Mentor),
    ],
    never: &[
        "SELECT 'an attempt left behind: ' || t.id FROM contact_attempt AS t JOIN participant AS p ON p.id = t.participant_id
         WHERE t.centre_id <> p.centre_id",
        "SELECT 'a contact left behind: ' || c.participant_id FROM contact AS c JOIN participant AS p ON p.id = c.participant_id
         WHERE c.centre_id <> p.centre_id",
        "SELECT 'looked for though the file is closed: ' || c.participant_id FROM contact AS c
         JOIN participant AS p ON p.id = c.participant_id WHERE NOT p.active",
        "SELECT 'a visit that was not counted: ' || v.id FROM visit AS v JOIN contact AS c ON c.participant_id = v.participant_id
         WHERE v.withdrawn_at IS NULL AND v.starts_at > c.counted_from AND v.starts_at <= '{now}'",
        "SELECT 'told to try again though the file is closed: ' || r.id FROM reminder AS r JOIN participant AS p ON p.id = r.participant_id
         WHERE r.subject_kind = 'contact' AND NOT p.active AND r.state = 'planned'",
    ],
    versioned: &["contact_attempt"],
    counted: &["contact_attempt.record", "contact_attempt.withdraw"],
    tables: &[
        about("contact_attempt", "attempt at contact", Phones::Get(&["contact_attempts"])),
        about("contact", "last contact", Phones::GetNothing("counted from visits and appointments, which are told")),
    ],
    canaries: &[
        Canary { text: NOTE, columns: &["contact_attempt.note_sealed"], readers: &[Mentor, Counsellor, Manager] },
        Canary {
            text: REASON,
            columns: &["contact_attempt.withdrawal_sealed"],
            readers: &[Mentor, Counsellor, Manager],
        },
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    small: Small { columns: &[("days", "counted_from")], ..Feature::NOTHING.small },
    recorded: &[
        |app| Box::pin(async { (app.world.mentor.clone(), recorded(app, &json!({}))) }),
        |app| {
            Box::pin(async {
                let made = super::tried(app, &app.world.mentor, super::new_attempt(app)).await;
                let body = json!({"reason": "It was somebody else's number"});
                let id = made.string("/id");
                (app.world.mentor.clone(), sent_about(app, "withdrawContactAttempt", &id, 1, &body))
            })
        },
    ],
    ..Feature::NOTHING
};

/// One of the companion's.
async fn attempt(stage: &Stage, ids: Ids) -> Ids {
    let record = operations::named("recordContactAttempt");
    let body = fill(&record, &Asked { ids: &ids, serial: 0 }, stage, None).await.expect("a body");
    let companion = stage.companion_of(&ids).await;
    let made = stage.app.post("/v1/contact-attempts").by(&companion).json(body).expect(201).await;
    ids.with("contact_attempt_id", made.string("/id").parse().expect("an id"))
}

/// Nobody met the participant for two months.
async fn long_ago(stage: &Stage, ids: Ids) -> Ids {
    let ids = attempt(stage, ids).await;
    let mut tx = stage.app.app.db.write().await.expect("a transaction");
    tx.query(sql!("UPDATE contact SET counted_from = $1, opened_at = $1 WHERE participant_id = $2"))
        .bind(stage.app.now().saturating_sub(TimeDelta::days(60)))
        .bind(ids.participant)
        .execute()
        .await
        .expect("a contact");
    tx.commit().await.expect("a contact");
    ids
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let (app, world) = (&aviary.stage.app, &aviary.stage.app.world);
    let new = json!({
        "participant_id": ids.participant, "kind": "went", "aim": "touch", "local_at": "2026-11-20T09:00:00", "note": NOTE,
    });
    let made = app.post("/v1/contact-attempts").by(&world.mentor).json(new).expect(201).await.string("/id");
    let path = format!("/v1/contact-attempts/{made}/withdraw");
    app.post(&path).by(&world.mentor).if_match(1).json(json!({"reason": REASON})).expect(200).await;
    ids.with("contact_attempt_id", made.parse().expect("an id"))
}

/// Some of every participant, and since when each was not met.
async fn fill_crowd(crowd: &mut Crowd) {
    let made = super::tried(&crowd.app, &crowd.app.world.mentor, super::new_attempt(&crowd.app)).await;
    crowd.made("contact_attempt_id", made.string("/id").parse().expect("an id"));
    let (app, now) = (&crowd.app, crowd.app.now());
    let mut tx = app.app.db.write().await.expect("a transaction");
    let mut days = 0;
    for chunk in crowd.participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO contact_attempt (id, centre_id, participant_id, author_id, kind, aim, local_at, zone, at, note_sealed,
                                              recorded_at, version) VALUES {rows}"
            ),
            chunk.len(),
            12,
        );
        for (participant, centre, key) in chunk {
            let id = ContactAttemptId::new(&*app.app.ids);
            let field = Field::new("contact_attempt", "note_sealed", id.0);
            query = query
                .bind(id)
                .bind(*centre)
                .bind(*participant)
                .bind(crowd.staff[0].0)
                .bind("called")
                .bind("touch")
                .bind("2026-11-14T10:00:00")
                .bind("Africa/Casablanca")
                .bind(now.saturating_sub(TimeDelta::days(9)))
                .bind(
                    key.seal_text(field, &Note::parse("In vain").expect("a note"), &*app.app.random)
                        .expect("sealed"),
                )
                .bind(now.saturating_sub(TimeDelta::days(9)))
                .bind(1_i64);
        }
        query.execute().await.expect("attempts");
        let mut query = tx.query_rows(
            sql!("INSERT INTO contact (participant_id, centre_id, opened_at, counted_from) VALUES {rows}"),
            chunk.len(),
            4,
        );
        for (participant, centre, _) in chunk {
            days = (days + 1) % 350;
            query = query
                .bind(*participant)
                .bind(*centre)
                .bind(crowd.long_ago())
                .bind(now.saturating_sub(TimeDelta::days(days)));
        }
        query.execute().await.expect("contacts");
    }
    tx.commit().await.expect("attempts");
}

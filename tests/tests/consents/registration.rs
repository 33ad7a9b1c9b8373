//! What the sweeps go through of consents.

use super::phones::said;
use crate::{
    access::Caller::{Counsellor, Manager, Mentor, Participant},
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Canary, Feature, Phones, Subject, about, over},
};
use care::consent::ConsentId;
use db::sql;
use serde_json::json;
use uuid::Uuid;

/// Whom a contact is with.
const WHOM: &str = "Qanari-contact: the carpenter behind the station";
/// Who witnessed it.
const WITNESS: &str = "Qanari-witness Bennani";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[Subject {
        needed_by: &["listConsents", "withdrawConsent"],
        version: Some(sql!("SELECT version FROM consent WHERE id = $1")),
        ..Subject::new("consent_id", |stage, _, ids| Box::pin(given(stage, ids)))
    }],
    bodies: &[over("withdrawConsent", |_| json!({"purpose": "follow_up"}))],
    deeds: &[
        deed("agree to something", "giveConsent", By::Participant),
        deed("write down that somebody agrees", "giveConsent", By::Mentor).about("consent_id"),
        deed("take a consent back", "withdrawConsent", By::Participant).about("consent_id"),
    ],
    never: &[
        "SELECT 'a consent left behind: ' || c.id FROM consent AS c JOIN participant AS p ON p.id = c.participant_id
         WHERE c.centre_id <> p.centre_id",
        "SELECT 'a consent whose lines are not all there: ' || c.id FROM consent AS c
         WHERE c.version <> (SELECT count(*) FROM consent_entry AS e WHERE e.consent_id = c.id)",
        "SELECT 'pushed to without consent: ' || c.participant_id FROM consent AS c
         WHERE c.purpose = 'push_abroad' AND (c.state = 'given')
               = EXISTS (SELECT 1 FROM push_forbidden AS f WHERE f.person_id = c.participant_id)",
    ],
    versioned: &["consent"],
    counted: &["consent.give", "consent.withdraw", "consent.expire"],
    tables: &[
        about("consent", "consent", Phones::Get(&["consents"])),
        about("consent_entry", "line of the ledger", Phones::ONLINE),
        about("push_forbidden", "no push", Phones::MACHINERY),
    ],
    canaries: &[
        Canary {
            text: WHOM,
            columns: &["consent.whom_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: WITNESS,
            columns: &["consent_entry.witness_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
    ],
    unsung: &[("consent_entry.guardian_sealed", "a name that the file has, and that is looked for there")],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    recorded: &[
        |app| {
            Box::pin(async { (app.world.participant.clone(), said(app, "giveConsent", &super::consent(app, "sms"))) })
        },
        |app| {
            Box::pin(async {
                let body = json!({"participant_id": app.world.participant.id, "purpose": "sms"});
                (app.world.mentor.clone(), said(app, "withdrawConsent", &body))
            })
        },
    ],
    ..Feature::NOTHING
};

/// One that the participant gave.
async fn given(stage: &Stage, ids: Ids) -> Ids {
    let body = json!({
        "participant_id": ids.participant, "purpose": "follow_up", "wording_version": "2026-11", "language": "fr",
    });
    let companion = stage.companion_of(&ids).await;
    let given = stage.app.post("/v1/consents").by(&companion).json(body).expect(200).await;
    ids.with("consent_id", given.string("/id").parse().expect("an id"))
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let (app, world) = (&aviary.stage.app, &aviary.stage.app.world);
    let body = json!({
        "participant_id": ids.participant, "purpose": "contact_employer", "subject_id": Uuid::now_v7(), "whom": WHOM,
        "wording_version": "2026-11", "language": "fr", "witness": WITNESS,
    });
    let given = app.post("/v1/consents").by(&world.mentor).json(body).expect(200).await;
    ids.with("consent_id", given.string("/id").parse().expect("an id"))
}

/// Two of every participant, one of which was given anew.
async fn fill_crowd(crowd: &mut Crowd) {
    let given = super::give(&crowd.app, &crowd.app.world.mentor, super::consent(&crowd.app, "sms")).await;
    super::give(&crowd.app, &crowd.app.world.mentor, super::consent(&crowd.app, "sms")).await;
    crowd.made("consent_id", given.string("/id").parse().expect("an id"));
    let (app, before) = (&crowd.app, crowd.long_ago());
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK / 2) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO consent (id, centre_id, participant_id, purpose, subject_id, state, since, wording_version, language, version)
                 VALUES {rows}"
            ),
            chunk.len() * 2,
            10,
        );
        for (participant, centre, _) in chunk {
            for purpose in ["follow_up", "statistics"] {
                query = query
                    .bind(ConsentId::new(&*app.app.ids))
                    .bind(*centre)
                    .bind(*participant)
                    .bind(purpose)
                    .bind(Uuid::nil())
                    .bind("given")
                    .bind(before)
                    .bind("2026-11")
                    .bind("ar")
                    .bind(1_i64);
            }
        }
        query.execute().await.expect("consents");
    }
    tx.query(sql!(
        "INSERT INTO consent_entry (consent_id, number, act, recorded_at, said_at, recorded_by_kind, recorded_by, wording_version, language)
         SELECT id, 1, state, since, since, 'participant', participant_id, wording_version, language FROM consent WHERE version = 1"
    ))
    .execute()
    .await
    .expect("entries");
    tx.query(sql!("INSERT INTO push_forbidden (person_id) SELECT participant_id FROM consent WHERE purpose = 'statistics' LIMIT 3000"))
        .execute()
        .await
        .expect("some to whom nothing is pushed");
    tx.commit().await.expect("consents");
}

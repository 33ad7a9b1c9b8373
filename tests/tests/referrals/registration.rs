//! What the sweeps go through of partners and referrals.

use super::{over, phones::recorded};
use crate::{
    access::Caller::{Counsellor, Manager, Mentor, Participant},
    operations::{self, Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Asked, Canary, Feature, Phones, State, Subject, about, fill},
};
use care::referral::{PartnerId, ReferralId};
use db::sql;
use kernel::protect::{
    privacy::{Name, Note},
    seal::Field,
};
use muwakaba_tests::SignedIn;
use serde_json::json;
use uuid::Uuid;

/// By which name a partner is told.
const GIVEN_NAME: &str = "Qanari-given-name";
/// What is asked.
const REQUEST: &str = "Qanari-request: a bed near the harbour";
/// Why without consent.
const REASON: &str = "Qanari-danger: found in the cold";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[
        Subject {
            needed_by: &["listPartners", "askReferral"],
            version: Some(sql!("SELECT version FROM partner WHERE id = $1")),
            ..Subject::new("partner_id", |stage, _, ids| Box::pin(partner(stage, ids)))
        },
        Subject {
            needed_by: &["listReferrals"],
            version: Some(sql!("SELECT version FROM referral WHERE id = $1")),
            ..Subject::new("referral_id", |stage, _, ids| Box::pin(referral(stage, ids)))
        },
    ],
    states: &[
        State { operation: "recordReferralMeeting", make: |stage, _, ids| Box::pin(accepted(stage, ids)) },
        State { operation: "closeReferral", make: |stage, _, ids| Box::pin(accepted(stage, ids)) },
    ],
    public_fields: &[
        ("registerPartner", "name"),
        ("registerPartner", "offers"),
        ("changePartner", "name"),
        ("changePartner", "offers"),
    ],
    lists: &[("listPartners", "partner_id")],
    deeds: &[
        deed("register a partner", "registerPartner", By::Manager),
        deed("change a partner", "changePartner", By::Manager),
        deed("ask a partner", "askReferral", By::Mentor),
        deed("send a referral", "sendReferral", By::Mentor),
        deed("record a partner's answer", "recordReferralAnswer", By::Counsellor),
        deed("record a meeting with a partner", "recordReferralMeeting", By::Mentor),
        deed("close a referral", "closeReferral", By::Mentor),
        deed("revoke a referral", "revokeReferral", By::Manager),
        deed("take the consent to a referral back", "withdrawConsent", By::Participant).about("referral_id").with(
            |ids| {
                let subject = ids.made.get("referral_id").expect("a referral");
                json!({"participant_id": ids.participant, "purpose": "referral", "subject_id": subject})
            },
        ),
    ],
    never: &[
        "SELECT 'a referral left behind: ' || r.id FROM referral AS r JOIN participant AS p ON p.id = r.participant_id
         WHERE r.centre_id <> p.centre_id",
        "SELECT 'a referral without consent: ' || r.id FROM referral AS r
         WHERE r.state IN ('asked', 'sent', 'accepted', 'met') AND r.override_reason_sealed IS NULL AND NOT EXISTS (
             SELECT 1 FROM consent AS c WHERE c.purpose = 'referral' AND c.subject_id = r.id AND c.state = 'given')",
        "SELECT 'a referral of a closed file: ' || r.id FROM referral AS r JOIN participant AS p ON p.id = r.participant_id
         WHERE r.state IN ('asked', 'sent', 'accepted', 'met') AND NOT p.active",
        "SELECT 'a link of what is not sent: ' || r.id FROM referral AS r JOIN referral_link AS l ON l.referral_id = r.id
         WHERE r.state <> 'sent'",
    ],
    versioned: &["partner", "referral"],
    counted: &[
        "partner.create",
        "partner.change",
        "referral.ask",
        "referral.send",
        "referral.accept",
        "referral.refuse",
        "referral.record_meeting",
        "referral.close",
        "referral.revoke",
    ],
    tables: &[
        about("partner", "partner", Phones::Get(&["partners"])),
        about("referral", "referral", Phones::Get(&["referrals"])),
        about("referral_link", "link of a referral", Phones::SECRET),
    ],
    canaries: &[
        Canary {
            text: GIVEN_NAME,
            columns: &["referral.given_name_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: REQUEST,
            columns: &["referral.request_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: REASON,
            columns: &["referral.override_reason_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    recorded: &[|app| {
        Box::pin(async {
            let partner = super::partner(app).await;
            let body = over(super::new_referral(app, &partner), &json!({"id": app.app.ids.next()}));
            (app.world.mentor.clone(), recorded(app, &body))
        })
    }],
    ..Feature::NOTHING
};

fn id_of(made: &muwakaba_tests::Answer) -> Uuid {
    made.string("/id").parse().expect("an id")
}

/// One of the centre.
async fn partner(stage: &Stage, ids: Ids) -> Ids {
    let body = json!({"name": "Association Al Amal", "offers": "A sewing course"});
    let manager = stage.manager_of(&ids).await;
    let made = stage.app.post("/v1/partners").by(&manager).json(body).expect(201).await;
    ids.with("partner_id", id_of(&made))
}

/// One that the companion asked for.
async fn referral(stage: &Stage, ids: Ids) -> Ids {
    let ids = if ids.has("partner_id") { ids } else { partner(stage, ids).await };
    let ask = operations::named("askReferral");
    let body = fill(&ask, &Asked { ids: &ids, serial: 0 }, stage, None).await.expect("a body");
    let companion = stage.companion_of(&ids).await;
    let made = stage.app.post("/v1/referrals").by(&companion).json(body).expect(201).await;
    ids.with("referral_id", id_of(&made))
}

/// The partner accepts it.
async fn accepted(stage: &Stage, ids: Ids) -> Ids {
    let path = format!("/v1/referrals/{}/record-answer", ids.of("referral_id"));
    let companion = stage.companion_of(&ids).await;
    let accepted = json!({"answer": "accepted"});
    stage.app.post(&path).by(&companion).header("if-match", "*").json(accepted).expect(200).await;
    ids
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let ids = partner(aviary.stage, ids).await;
    let (app, world) = (&aviary.stage.app, &aviary.stage.app.world);
    let body = json!({
        "participant_id": ids.participant, "partner_id": ids.of("partner_id"), "given_name": GIVEN_NAME, "request": REQUEST,
    });
    let with = |fields| over(body.clone(), &fields);
    let ask =
        async |person: &SignedIn, body| app.post("/v1/referrals").by(person).json(body).expect(201).await;
    ask(&world.manager, with(json!({"override_reason": REASON}))).await;
    let consent = json!({"wording_version": "2026-11", "language": "fr", "expires_at": "2027-03-01T00:00:00Z", "guardian_agrees": true});
    let asked = ask(&world.mentor, with(json!({"consent": consent}))).await;
    ids.with("referral_id", id_of(&asked))
}

/// One of every participant, of a partner of their centre, and a link of some.
async fn fill_crowd(crowd: &mut Crowd) {
    let (app, now) = (&crowd.app, crowd.app.now());
    let mut tx = app.app.db.write().await.expect("a transaction");
    let mut centres: Vec<_> = crowd.participants.iter().map(|(_, centre, _)| *centre).collect();
    centres.sort_unstable();
    centres.dedup();
    let mut partners = Vec::new();
    for centre in centres {
        for number in 0..300 {
            let id = PartnerId::new(&*app.app.ids);
            partners.push((centre, id));
            tx.query(sql!(
                "INSERT INTO partner (id, centre_id, name, offers, active, created_at, version) VALUES ($1, $2, $3, 'Papers', $4, $5, 1)"
            ))
            .bind(id)
            .bind(centre)
            .bind(format!("Association {number}"))
            .bind(true)
            .bind(now)
            .execute()
            .await
            .expect("a partner");
        }
    }
    let mut last = None;
    for chunk in crowd.participants.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO referral (id, centre_id, participant_id, partner_id, asked_by, state, given_name_sealed, request_sealed,
                                       asked_at, version) VALUES {rows}"
            ),
            chunk.len(),
            10,
        );
        for (participant, centre, key) in chunk {
            let id = ReferralId::new(&*app.app.ids);
            let (_, partner) = partners.iter().find(|(of, _)| of == centre).expect("a partner");
            let field = |column| Field::new("referral", column, id.0);
            let (name, request) =
                (Name::parse("Amina").expect("a name"), Note::parse("Papers").expect("a note"));
            let seal_name = key.seal_text(field("given_name_sealed"), &name, &*app.app.random);
            let seal_request = key.seal_text(field("request_sealed"), &request, &*app.app.random);
            last = Some((*partner, id));
            query = query
                .bind(id)
                .bind(*centre)
                .bind(*participant)
                .bind(*partner)
                .bind(crowd.staff[0].0)
                .bind("sent")
                .bind(seal_name.expect("sealed"))
                .bind(seal_request.expect("sealed"))
                .bind(now)
                .bind(1_i64);
        }
        query.execute().await.expect("referrals");
    }
    tx.query(sql!(
        "INSERT INTO referral_link (referral_id, secret_hash, code_hash, expires_at, tries_left)
         SELECT id, given_name_sealed, request_sealed, asked_at, 5 FROM referral"
    ))
    .execute()
    .await
    .expect("links");
    tx.commit().await.expect("referrals");
    let (partner, referral) = last.expect("participants");
    crowd.made("partner_id", partner.0);
    crowd.made("referral_id", referral.0);
}

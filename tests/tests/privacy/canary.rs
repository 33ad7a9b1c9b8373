//! The search for canaries.

use super::{canaries::*, leavings, logs::Lines, meters};
use crate::{
    access::{Caller, Callers},
    operations::{Ids, Stage, all, both_stages},
    sign_in::{Device, enrol},
};
use muwakaba_tests::{Answer, both_databases};
use reqwest::Method;
use serde_json::{Value, json};

/// The key under which an app repeats a request.
const REPETITION: &str = "qanari-repetition-2d8b";

both_stages! {
    async fn canaries_are_found_only_where_they_may_be_read(stage: Stage) {
        let lines = Lines::of_this_process();
        meters::count();
        let mut birds = Aviary { stage: &stage, secrets: Vec::new(), refusals: Vec::new() };
        let ids = birds.release().await;
        // Asked first: later, canaries are offered as anything that takes a text.
        let wrongly_told = birds.ask_everybody(ids).await;
        assert!(wrongly_told.is_empty(), "told to somebody who may not know it:\n{}", wrongly_told.join("\n"));
        birds.offer_everywhere(ids).await;

        let Aviary { secrets, refusals, .. } = birds;
        let search = Search::of(ALL.into_iter().chain(secrets.iter().map(String::as_str)));
        let nothing: [(&str, String); 0] = [];
        assert!(secrets.len() >= 9 && refusals.len() >= 500, "{} secrets, {} refusals", secrets.len(), refusals.len());
        for refusal in &refusals {
            assert_eq!(search.found(&refusal.body), nothing, "a refusal");
            assert_eq!(search.found(format!("{:?}", refusal.headers).as_bytes()), nothing, "a header of a refusal");
        }
        let logged = lines.bytes();
        assert_eq!(search.found(&logged), nothing, "in the logs");
        assert!(logged.len() > 100_000, "only {} bytes of logs", logged.len());
        assert_eq!(search.found(&leavings::of(&stage.app.database).await), nothing, "in the database");
        let shown = meters::shown(&stage.app.app).await;
        assert_eq!(search.found(shown.as_bytes()), nothing, "in the meters");
        for id in [ids.participant, ids.companion, ids.appointment] {
            assert!(!shown.contains(&id.to_string()), "an id in the meters");
        }
        for counted in ["route=\"/v1/participants/{participant_id}\"", "status=\"400\""] {
            assert!(shown.contains(counted), "{counted} is not in:\n{shown}");
        }
    }

}

both_databases! {
    async fn a_canary_that_escapes_is_found(app: TestApp) {
        let lines = Lines::of(|| tracing::debug!(name = NAME, "a line that says too much"));
        assert!(!Search::of([NAME]).found(&lines.bytes()).is_empty());
        let centre = json!({"name": STAFF_NAME, "zone": "Africa/Casablanca"});
        app.post("/v1/centres").by(&app.world.administrator).json(centre).expect(201).await;
        assert_eq!(Search::of([NAME, STAFF_NAME, TOKEN]).found(&leavings::of(&app.database).await).len(), 1);
    }
}

struct Aviary<'a> {
    stage: &'a Stage,
    /// What the service itself gave out as a secret.
    secrets: Vec<String>,
    refusals: Vec<Answer>,
}

impl Aviary<'_> {
    /// Puts every canary where it belongs.
    async fn release(&mut self) -> Ids {
        let (app, world) = (&self.stage.app, &self.stage.app.world);
        let file = json!({"name": NAME, "phone": PHONE, "email": EMAIL, "programme_edition": EDITION, "language": "ar"});
        let manager = &world.manager;
        let made = app
            .post("/v1/participants")
            .by(manager)
            .header("idempotency-key", "k1")
            .json(file)
            .expect(201)
            .await;
        let participant = made.string("/id");
        for staff in [world.mentor.id, world.counsellor.id] {
            let path = format!("/v1/participants/{participant}/assignments");
            app.post(&path).by(manager).json(json!({"staff_id": staff})).expect(201).await;
        }
        let person = format!("/v1/participants/{participant}");
        app.patch(&person)
            .by(manager)
            .if_match(1)
            .json(json!({"name": NAME, "email": EMAIL}))
            .expect(200)
            .await;
        app.get(&format!("/v1/participants?q={}", "Qanariyya")).by(&world.mentor).expect(200).await;
        let appointment = self.appointment(&participant).await;
        self.staff().await;
        self.phone(&participant).await;
        Ids {
            participant: participant.parse().expect("an id"),
            companion: world.mentor.id,
            centre: world.centre.0,
            appointment,
            ..self.stage.own
        }
    }

    async fn appointment(&self, participant: &str) -> uuid::Uuid {
        let (app, world) = (&self.stage.app, &self.stage.app.world);
        let place = json!({"kind": "address", "details": ADDRESS});
        let new = json!({
            "participant_id": participant, "host_id": world.mentor.id, "kind": "legal_counselling", "place": place,
            "local_start": "2026-12-03T10:00:00", "duration_minutes": 45, "guidance": GUIDANCE, "override_reason": REASON,
        });
        let schedule = || {
            app.post("/v1/appointments").by(&world.mentor).header("idempotency-key", "k2").json(new.clone())
        };
        let path = schedule().expect(201).await.header("location").to_owned();
        schedule().expect(201).await;
        let command = |name: &str, version, body: Value| {
            app.post(&format!("{path}/{name}")).by(&world.mentor).if_match(version).json(body)
        };
        let moved = json!({"local_start": "2026-12-04T10:00:00", "place": place, "override_reason": REASON});
        command("move", 1, moved).expect(200).await;
        command("ask-to-move", 2, json!({"wish": WISH})).expect(200).await;
        let notes = format!("{path}/notes");
        for (author, visibility, body) in [
            (&world.counsellor, "author", OWN_NOTE),
            (&world.counsellor, "staff", STAFF_NOTE),
            (&world.mentor, "everyone", OPEN_NOTE),
        ] {
            app.post(&notes)
                .by(author)
                .json(json!({"visibility": visibility, "body": body}))
                .expect(201)
                .await;
        }
        // Ended at once: what it opened is closed again to everybody.
        let open = format!("/v1/participants/{participant}/emergency-access");
        let emergency = json!({"reason": EMERGENCY, "minutes": 5});
        let opened =
            app.post(&open).by(&world.manager).header("idempotency-key", "k5").json(emergency).expect(201);
        let end = format!("/v1/emergency-access/{}/end", opened.await.string("/id"));
        app.post(&end).by(&world.manager).expect(200).await;
        command("cancel", 9, json!({"reason": REASON})).expect(412).await;
        let other = json!({
            "participant_id": participant, "host_id": world.mentor.id, "kind": "legal_counselling", "place": place,
            "local_start": "2026-12-07T10:00:00", "duration_minutes": 45,
        });
        let called_off = app.post("/v1/appointments").by(&world.mentor).json(other).expect(201).await;
        let cancel = format!("{}/cancel", called_off.header("location"));
        app.post(&cancel).by(&world.mentor).if_match(1).json(json!({"reason": REASON})).expect(200).await;
        path.rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id")
    }

    /// A staff member from the first day to the second authenticator app.
    async fn staff(&mut self) {
        let (app, world) = (&self.stage.app, &self.stage.app.world);
        let new = json!({"name": STAFF_NAME, "email": STAFF_EMAIL, "role": "mentor", "language": "fr"});
        let added = app
            .post("/v1/staff")
            .by(&world.manager)
            .header("idempotency-key", REPETITION)
            .json(new)
            .expect(201)
            .await;
        let id = added.string("/staff_id");
        let reset = app.post(&format!("/v1/staff/{id}/reset")).by(&world.manager).expect(200).await;
        let one_time = reset.string("/one_time_password");
        self.secrets.extend([added.string("/one_time_password"), one_time.clone(), REPETITION.to_owned()]);
        let device = Device::new();
        let sign_in =
            |password: &str| device.sign_in(app).json(json!({"email": STAFF_EMAIL, "password": password}));
        self.refusals.push(sign_in(WRONG_PASSWORD).expect(401).await);
        let first = sign_in(&one_time).expect(200).await;
        self.keep_tokens(&first);
        let person = crate::sign_in::signed_in(&first);
        let change = |from: &str, to: &str| {
            app.put("/v1/me/password").by(&person).json(json!({"current_password": from, "new_password": to}))
        };
        self.refusals.push(change(WRONG_PASSWORD, PASSWORD).expect(400).await);
        change(&one_time, PASSWORD).expect(204).await;
        self.refusals.push(change(PASSWORD, PASSWORD).expect(400).await);
        let secret = app
            .post("/v1/me/authenticator")
            .by(&person)
            .json(json!({"current_password": PASSWORD}))
            .expect(200)
            .await;
        self.secrets.extend([secret.string("/secret"), secret.string("/uri")]);
        let next = app
            .post("/v1/token")
            .header("dpop", device.proof(app, "POST", "/v1/token"))
            .json(json!({"refresh_token": first.string("/refresh_token")}))
            .expect(200)
            .await;
        self.keep_tokens(&next);
    }

    /// A phone that is enrolled.
    async fn phone(&mut self, participant: &str) {
        let (app, world) = (&self.stage.app, &self.stage.app.world);
        let path = format!("/v1/participants/{participant}/enrolment-codes");
        let made = app.post(&path).by(&world.mentor).header("idempotency-key", "k4").expect(201).await;
        self.secrets.extend([made.string("/code"), made.string("/qr_payload")]);
        let device = Device::new();
        let enrolled = enrol(app, &device, json!({"code": made.string("/code")})).await;
        assert_eq!(enrolled.status, 200, "{}", enrolled.text());
        self.keep_tokens(&enrolled);
        self.refusals.push(enrol(app, &device, json!({"code": made.string("/code")})).await);
        self.refusals.push(enrol(app, &device, json!({"qr_secret": made.string("/qr_payload")})).await);
    }

    fn keep_tokens(&mut self, answer: &Answer) {
        self.secrets.extend([answer.string("/access_token"), answer.string("/refresh_token")]);
    }

    /// Hands every canary in where it does not belong: in every path, query, header and field of every operation.
    async fn offer_everywhere(&mut self, ids: Ids) {
        for (number, operation) in all().into_iter().enumerate() {
            let callers = Callers::sign_in(&self.stage.app).await;
            // Four of them for each operation, others for the next one.
            for (turn, canary) in ALL.into_iter().cycle().skip(number * 4 % ALL.len()).take(4).enumerate() {
                let caller = [Caller::Manager, Caller::Mentor, Caller::Participant, Caller::Nobody][turn % 4];
                let signed_in = callers.get(caller).filter(|_| !operation.is_public());
                let right = self.stage.request(&operation, ids, signed_in, 1).await;
                let quoted: String = canary.bytes().map(|byte| format!("%{byte:02X}")).collect();
                let path = right.path.split('?').next().unwrap_or_default().to_owned();
                for parameter in operation.parameters("query") {
                    let wrong = format!("{path}?{}={quoted}", parameter["name"].as_str().expect("a name"));
                    self.offer(&right.method, &wrong, |request| match signed_in {
                        Some(person) => request.by(person),
                        None => request,
                    })
                    .await;
                }
                if let Some((start, rest)) = operation.path.split_once('{') {
                    let wrong = format!("{start}{quoted}{}", rest.split_once('}').expect("a placeholder").1);
                    self.offer(&right.method, &wrong, |request| match signed_in {
                        Some(person) => request.by(person),
                        None => request,
                    })
                    .await;
                }
                for header in
                    ["if-match", "idempotency-key", "dpop", "content-type", "cookie", "origin", "accept"]
                {
                    // One that is a good key is kept, as every key is; these are none.
                    let value = format!("{} ;", canary.replace(|c: char| !c.is_ascii(), "?"));
                    let body = right.body.clone();
                    self.offer(&right.method, &path, |request| {
                        let request = match (&body, header) {
                            (Some(body), "content-type") => request.bytes(body.to_string()),
                            (Some(_), _) => request.json(json!({"unknown_field": canary})),
                            (None, _) => request,
                        };
                        match signed_in {
                            Some(person) => request.by(person),
                            None => request,
                        }
                        .header(header, &value)
                    })
                    .await;
                }
                self.offer(&right.method, &path, |request| {
                    request.header("authorization", format!("Bearer {TOKEN}"))
                })
                .await;
                for body in wrong_bodies(&operation.id, right.body.as_ref(), canary) {
                    let prepared = right.clone();
                    self.offer(&prepared.method, &prepared.path, |request| {
                        let request = match prepared.version {
                            Some(version) => request.if_match(version),
                            None => request,
                        };
                        match signed_in {
                            Some(person) => request.by(person),
                            None => request,
                        }
                        .json(body)
                    })
                    .await;
                }
            }
            self.stage.reset().await;
        }
    }

    async fn offer(
        &mut self,
        method: &Method,
        path: &str,
        finish: impl FnOnce(muwakaba_tests::http::Request) -> muwakaba_tests::http::Request,
    ) {
        let answer = finish(self.stage.app.request(method.clone(), path)).send().await;
        assert!(answer.status < 500, "{method} {path}: {}", answer.text());
        if answer.status >= 400 {
            self.refusals.push(answer);
        }
    }

    /// Lets everybody read everything that they are given, and says who was told what is not for them.
    async fn ask_everybody(&mut self, ids: Ids) -> Vec<String> {
        let mut wrongly_told = Vec::new();
        let search = Search::of(ALL.into_iter().chain(self.secrets.iter().map(String::as_str)));
        let mut seen = std::collections::BTreeSet::new();
        let mut callers = Callers::sign_in(&self.stage.app).await;
        callers.replace(Caller::Participant, self.stage.on_a_phone_of(ids.participant).await);
        for operation in all().iter().filter(|operation| operation.method == Method::GET) {
            for caller in Caller::ALL {
                let person = callers.get(caller);
                let answer = self
                    .stage
                    .request(operation, ids, person, 0)
                    .await
                    .by(&self.stage.app, person)
                    .send()
                    .await;
                for (canary, _) in search.found(&answer.body) {
                    seen.insert(canary.to_owned());
                    if !may_read(caller, canary) || answer.status != 200 {
                        wrongly_told.push(format!("{} tells {caller:?} {canary}", operation.id));
                    }
                }
            }
        }
        let readable =
            ALL.into_iter().filter(|canary| Caller::ALL.iter().any(|caller| may_read(*caller, canary)));
        let unseen: Vec<_> = readable.filter(|canary| !seen.contains(*canary)).collect();
        assert_eq!(unseen, Vec::<&str>::new(), "nobody can read these");
        wrongly_told
    }
}

/// The body with the canary in each of its fields in turn, as a text and as what it is not.
fn wrong_bodies(operation: &str, right: Option<&Value>, canary: &str) -> Vec<Value> {
    let Some(Value::Object(fields)) = right else { return Vec::new() };
    let mut bodies = vec![json!(canary), json!([canary])];
    for name in fields.keys() {
        // The name of a centre and what is told of its days are public words, not personal ones.
        let is_public = matches!((operation, name.as_str()), ("registerCentre" | "changeCentre", "name"));
        for wrong in [json!(canary), json!([canary]), json!({"unknown": canary})] {
            if is_public && wrong.is_string() {
                continue;
            }
            let mut body = fields.clone();
            body.insert(name.clone(), wrong);
            bodies.push(Value::Object(body));
        }
    }
    bodies
}

#[test]
fn every_canary_is_unlike_every_other() {
    for one in ALL {
        for other in ALL.into_iter().filter(|other| *other != one) {
            assert!(Search::of([one]).found(other.as_bytes()).is_empty(), "{one} / {other}");
        }
    }
}

//! What honest people and other people's programs send, and is taken: in another spelling, with more in it, or in another order.

use crate::{
    appointments::new_appointment,
    notifications::{push_service, registration, subscription},
    operations::{all, resolved},
    sign_in::{Device, enrolment_code},
};
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The names of the objects in bodies that take members which the contract does not name.
fn open_objects(schema: &Value, name: &str, found: &mut BTreeSet<String>) {
    let schema = resolved(schema);
    let Some(properties) = schema["properties"].as_object() else { return };
    if schema["additionalProperties"] != json!(false) {
        found.insert(name.to_owned());
    }
    for (name, property) in properties {
        let choices = ["oneOf", "anyOf"].iter().filter_map(|choice| property[*choice].as_array()).flatten();
        for inner in choices.chain([property, &property["items"]]) {
            open_objects(inner, name, found);
        }
    }
}

#[test]
fn only_what_browsers_write_is_read_tolerantly() {
    let mut found = BTreeSet::new();
    for operation in all() {
        if let Some(schema) = operation.body_schema() {
            open_objects(schema, &operation.id, &mut found);
        }
    }
    let browsers: Vec<_> = found.iter().map(String::as_str).collect();
    assert_eq!(browsers, ["keys", "refreshWebPushDevice", "registerWebPushDevice"]);
}

both_databases! {
    async fn a_subscription_is_taken_as_the_browser_writes_it(app: TestApp) {
        let service = push_service(&app).await;
        // PushSubscription.toJSON() of the Push API, with members that nobody has thought of yet.
        let mut written = registration(&subscription(&app, &service).await);
        written["expirationTime"] = json!(null);
        written["keys"]["kem"] = json!("x");
        written["options"] = json!({"userVisibleOnly": true});
        let post = || app.post("/v1/devices/web-push").by(&app.world.participant);
        let device = post().json(written.clone()).expect(201).await.string("/id");
        written["expirationTime"] = json!(1_800_000_000_000_u64);
        app.put(&format!("/v1/devices/{device}/web-push")).by(&app.world.participant).json(written).expect(200).await;
        // What we define ourselves is read strictly.
        let token = json!({"token": "dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFB", "expirationTime": null});
        let problem = app.post("/v1/devices/fcm").by(&app.world.participant).json(token).refused(ProblemCode::Invalid).await;
        assert_eq!(problem.errors[0].pointer, "/expirationTime");
    }

    async fn a_device_that_an_app_registers_under_an_id_gets_one_that_sorts_by_time(app: TestApp) {
        let service = push_service(&app).await;
        let mut body = registration(&subscription(&app, &service).await);
        body["id"] = json!("e3b0c442-98fc-4c14-9afb-f4c8996fb924");
        let problem = app.post("/v1/devices/web-push").by(&app.world.participant).json(body).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].detail.as_str()), ("/id", "must be a UUID of version 7"));
    }

    async fn a_whole_number_may_be_written_with_a_point(app: TestApp) {
        let mut new = new_appointment(&app, "2026-12-01T10:00:00");
        new["duration_minutes"] = json!(45.0);
        let raw = new.to_string();
        assert!(raw.contains("45.0"), "{raw}");
        let made = app.post("/v1/appointments").by(&app.world.mentor).raw(raw).expect(201).await;
        assert_eq!(made.string("/local_end"), "2026-12-01T10:45:00");
        for (wrong, detail) in [
            (json!(45.5), "expected a whole number in its limits"),
            (json!(70_000), "expected a whole number in its limits"),
            (json!("45"), "expected a whole number in its limits"),
            (json!(481), "must be from 5 to 480"),
        ] {
            new["duration_minutes"] = wrong;
            let problem = app.post("/v1/appointments").by(&app.world.mentor).json(new.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].detail.as_str()), ("/duration_minutes", detail));
        }
    }

    async fn json_is_json_whatever_is_said_beside_it(app: TestApp) {
        let body = || json!({"language": "fr"}).to_string();
        let version = || async { app.get("/v1/me").by(&app.world.mentor).expect(200).await.version() };
        for kind in [
            "application/json; charset=utf8",
            "application/json;charset=\"UTF-8\"",
            "Application/JSON ; version=1",
            "application/json; charset=iso-8859-1",
        ] {
            let change = app.patch("/v1/me").by(&app.world.mentor).if_match(version().await);
            change.header("content-type", kind).bytes(body()).expect(200).await;
        }
        let change = app.patch("/v1/me").by(&app.world.mentor).if_match(version().await);
        let latin = b"{\"language\": \"fr\", \"x\": \"\xe9\"}".to_vec();
        change.header("content-type", "application/json; charset=latin1").bytes(latin).refused(ProblemCode::Malformed).await;
    }

    async fn the_same_request_may_be_written_in_another_order(app: TestApp) {
        let post = |body: String| app.post("/v1/appointments").by(&app.world.mentor).header("idempotency-key", "a-1").raw(body);
        let new = new_appointment(&app, "2026-12-01T10:00:00");
        let first = post(new.to_string()).expect(201).await;
        let pretty = serde_json::to_string_pretty(&new).unwrap().replace(": 45,", ": 45.0,").replace('R', "\\u0052");
        let fields: Vec<_> = new.as_object().unwrap().iter().rev().map(|(name, value)| format!("{name:?} :{value}")).collect();
        for again in [pretty, format!("\n{{{}}}", fields.join(" , "))] {
            let repeated = post(again).expect(201).await;
            assert_eq!((repeated.string("/id"), repeated.header("etag")), (first.string("/id"), first.header("etag")));
        }
        let mut other = new.clone();
        other["duration_minutes"] = json!(46);
        post(other.to_string()).refused(ProblemCode::IdempotencyKeyReused).await;
    }

    async fn a_domain_in_its_own_letters_is_the_same_as_in_ascii(app: TestApp) {
        let member = |email: &str| json!({"name": "Youssef Alaoui", "email": email, "role": "mentor", "language": "ar"});
        let post = |email: &str| app.post("/v1/staff").by(&app.world.manager).json(member(email));
        let made = post("youssef@موقع.وزارة-الاتصالات.مصر").expect(201).await;
        let read = app.get(&format!("/v1/staff/{}", made.string("/staff_id"))).by(&app.world.manager).expect(200).await;
        assert_eq!(read.string("/email"), "youssef@xn--4gbrim.xn----ymcbaaajlc6dj7bxne2c.xn--wgbh1c");
        for same in ["Youssef@موقع.وزارة-الاتصالات.مصر", "youssef@xn--4gbrim.xn----ymcbaaajlc6dj7bxne2c.xn--wgbh1c"] {
            post(same).refused(ProblemCode::AlreadyExists).await;
        }
        let problem = post("youssef@no_domain.example").refused(ProblemCode::Invalid).await;
        assert!(problem.errors[0].detail.contains("xn-- form"), "{problem:?}");
    }

    async fn a_number_is_kept_as_it_can_be_called(app: TestApp) {
        let new = |phone: &str| json!({"name": "Nadia Saidi", "language": "fr", "phone": phone});
        let post = |phone: &str| app.post("/v1/participants").by(&app.world.manager).json(new(phone));
        for (written, kept) in [("+33 06 12 34 56 78", "+33612345678"), ("٠٦١٢٣٤٥٦٧٨", "+212612345678")] {
            let made = post(written).expect(201).await.string("/id");
            let read = app.get(&format!("/v1/participants/{made}")).by(&app.world.manager).expect(200).await;
            assert_eq!(read.string("/phone"), kept);
        }
        let problem = post("+33 6 12 34").refused(ProblemCode::Invalid).await;
        assert!(problem.errors[0].detail.contains("as it is called from abroad"), "{problem:?}");
    }

    async fn every_model_of_a_phone_can_be_enrolled(app: TestApp) {
        let device = Device::new();
        let code = enrolment_code(&app).await.string("/code");
        let body = json!({"code": code, "device_label": "SM-J701F/DS\u{200E} \u{7}هاتف"});
        let proof = device.proof(&app, "POST", "/v1/enrolment");
        let enrolled = app.post("/v1/enrolment").header("dpop", proof).json(body).expect(200).await;
        let sessions = app.get("/v1/me/sessions").by(&crate::sign_in::signed_in(&enrolled)).expect(200).await;
        assert!(sessions.text().contains("\"SM-J701F/DS\""), "{}", sessions.text());
    }

    async fn a_centre_is_open_until_the_end_of_the_day(app: TestApp) {
        let path = format!("/v1/centres/{}", app.world.centre);
        for (version, closes) in [(1, "24:00"), (2, "00:00")] {
            let hours = json!({"calendar": {"hours": [{"weekday": "tuesday", "opens": "18:00", "closes": closes}]}});
            let changed = app.patch(&path).by(&app.world.manager).if_match(version).json(hours).expect(200).await;
            assert_eq!(changed.string("/calendar/hours/0/closes"), "24:00");
        }
        app.post("/v1/appointments").by(&app.world.mentor).json(new_appointment(&app, "2026-12-01T23:15:00")).expect(201).await;
        app.post("/v1/appointments").by(&app.world.mentor).json(new_appointment(&app, "2026-12-08T23:30:00")).refused(ProblemCode::CentreClosed).await;
    }
}

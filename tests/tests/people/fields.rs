//! What a file says of somebody, who reads it, and what it refuses to say.

use super::{assign, each, register, register_named};
use contract::ProblemCode;
use muwakaba_tests::{TestApp, both_databases, world::SignedIn};
use serde_json::{Value, json};

/// Somebody of whom everything is known.
fn whole() -> Value {
    json!({
        "name_arabic": "أمينة العلوي", "name_latin": "Amina El Alaoui", "file_number": "CAS-2026-0147", "birth_year": 2010,
        "sex": "woman", "host_wish": "woman", "phone": "٠٦ ١٢ ٣٤ ٥٦ ٧٨", "language": "ar", "province": "141",
        "reads": ["little", "arabic", "arabic"], "speaks": ["french", "darija"], "interpreter_wanted": true,
        "needs": {"hearing": "Speak into the left ear", "moving": "No stairs"},
        "minor_until": "2028-03-01", "guardian": {"name": "Hadda El Alaoui", "phone": "0711223344"},
        "programme_edition": "18", "programme_axes": ["vocational", "legal"], "release": {"on": "2026-10-15", "kind": "pardon"},
    })
}

async fn read(app: &TestApp, path: &str, by: &SignedIn) -> Value {
    app.get(path).by(by).expect(200).await.json()
}

/// What the file says at these places.
fn at(file: &Value, fields: &[&str]) -> Value {
    fields
        .iter()
        .map(|field| ((*field).to_owned(), file[*field].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

both_databases! {
    async fn a_whole_file_is_read_as_it_was_written_and_what_discloses_a_conviction_by_managers_alone(app: TestApp) {
        let created = register(&app, whole()).await;
        assert_eq!((created.string("/name"), created.string("/status")), ("أمينة العلوي".to_owned(), "active".to_owned()));
        let id = created.string("/id");
        let path = format!("/v1/participants/{id}");
        let file = read(&app, &path, &app.world.manager).await;
        let mut expected = whole();
        expected["phone"] = json!("+212612345678");
        expected["guardian"]["phone"] = json!("+212711223344");
        expected["reads"] = json!(["arabic", "little"]);
        expected["speaks"] = json!(["darija", "french"]);
        let fields: Vec<&str> = expected.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(at(&file, &fields), expected);
        let mut tx = app.app.db.read().await.unwrap();
        let plain: (Option<String>, Option<i64>) = tx
            .query(db::sql!("SELECT release_quarter, birth_year FROM participant WHERE file_number_lookup IS NOT NULL"))
            .one().await.unwrap();
        assert_eq!(plain, (Some("2026-Q4".to_owned()), Some(2010)));
        drop(tx);
        for companion in [&app.world.mentor, &app.world.counsellor] {
            assign(&app, &id, companion.id).await;
            let file = read(&app, &path, companion).await;
            for hidden in ["programme_edition", "programme_axes", "release"] {
                assert!(file.get(hidden).is_none(), "{hidden}");
            }
            let rest: Vec<&str> = fields.iter().copied().filter(|field| !["programme_edition", "programme_axes", "release"].contains(field)).collect();
            assert_eq!(at(&file, &rest), at(&expected, &rest));
        }
        // Nor do their phones and logs get it.
        let synced = app.get("/v1/sync").by(&app.world.mentor).expect(200).await.text().to_owned();
        assert!(synced.contains("Amina El Alaoui"), "{synced}");
        for hidden in ["vocational", "2026-10-15", "pardon", "2026-Q4", "programme_edition"] {
            assert!(!synced.contains(hidden), "{hidden}");
        }
        let log = app.get(&format!("/v1/audit?participant_id={id}")).by(&app.world.manager).expect(200).await.text().to_owned();
        assert!(!log.contains("pardon") && !log.contains("2026-Q4") && !log.contains("CAS-2026"), "{log}");
    }

    async fn what_is_emptied_is_gone_and_what_is_left_out_stays(app: TestApp) {
        let id = register(&app, whole()).await.string("/id");
        let path = format!("/v1/participants/{id}");
        let change = json!({
            "file_number": null, "needs": {"seeing": "Large letters"}, "guardian": null, "minor_until": null, "programme_axes": [],
            "release": {"on": "2027-01-02"}, "speaks": [], "birth_year": 1990,
        });
        app.patch(&path).by(&app.world.manager).if_match(1).json(change).expect(200).await;
        let file = read(&app, &path, &app.world.manager).await;
        for gone in ["file_number", "guardian", "minor_until", "programme_axes"] {
            assert!(file.get(gone).is_none(), "{gone}");
        }
        assert_eq!(file["needs"], json!({"seeing": "Large letters"}));
        assert_eq!((&file["release"], &file["speaks"]), (&json!({"on": "2027-01-02"}), &json!([])));
        assert_eq!((&file["sex"], &file["programme_edition"]), (&json!("woman"), &json!("18")));
        let rename = json!({"name_arabic": "آمنة العلوي"});
        app.patch(&path).by(&app.world.manager).if_match(2).json(rename).expect(200).await;
        assert_eq!(read(&app, &path, &app.world.manager).await["name"], "آمنة العلوي");
    }

    async fn companions_keep_up_how_to_receive_somebody(app: TestApp) {
        let path = format!("/v1/participants/{}", app.world.participant.id);
        let change = json!({
            "host_wish": "man", "province": "abroad", "reads": ["nothing"], "speaks": ["tachelhit", "other"],
            "interpreter_wanted": true, "needs": {"hearing": "Deaf; signs"}, "phone": "00212 661-234567",
        });
        app.patch(&path).by(&app.world.mentor).if_match(1).json(change.clone()).expect(200).await;
        let file = read(&app, &path, &app.world.counsellor).await;
        assert_eq!((&file["province"], &file["phone"]), (&json!("abroad"), &json!("+212661234567")));
        for (field, value) in [
            ("name_latin", json!("X")), ("file_number", json!("1")), ("birth_year", json!(1990)), ("sex", json!("man")),
            ("minor_until", json!("2028-03-01")), ("guardian", json!({"name": "X"})), ("programme_axes", json!([])), ("release", json!(null)),
        ] {
            let set = app.patch(&path).by(&app.world.mentor).if_match(2).json(json!({field: value}));
            let problem = set.refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), (format!("/{field}").as_str(), "not_allowed"));
        }
    }

    async fn somebody_is_found_by_either_name_and_by_their_file_number(app: TestApp) {
        let id = register(&app, whole()).await.string("/id");
        let find = async |by: &SignedIn, query: &str| {
            each(&app.get(&format!("/v1/participants?{query}")).by(by).expect(200).await, "id")
        };
        for query in ["q=alaoui", "q=ALAOUI%20am%C3%AEna", "q=%D8%A7%D9%85%D9%8A%D9%86%D9%87", "q=%D8%B9%D9%84%D9%88%D9%8A",
                      "file_number=cas-2026-0147", "file_number=CAS-%D9%A2%D9%A0%D9%A2%D9%A6-0147"] {
            assert_eq!(find(&app.world.manager, query).await, std::slice::from_ref(&id), "{query}");
            for stranger in [&app.world.mentor, &app.world.other_manager] {
                assert!(find(stranger, query).await.is_empty(), "{query}");
            }
        }
        for query in ["file_number=CAS-2026", "file_number=CAS-2026-0148", "file_number=CAS-2026-0147&active=false"] {
            assert!(find(&app.world.manager, query).await.is_empty(), "{query}");
        }
        assign(&app, &id, app.world.mentor.id).await;
        assert_eq!(find(&app.world.mentor, "file_number=CAS-2026-0147").await, std::slice::from_ref(&id));
        for beside in ["q=amina", "assigned_to=01936f6e-4d00-7000-8000-000000000001"] {
            let both = app.get(&format!("/v1/participants?file_number=1&{beside}")).by(&app.world.manager);
            assert_eq!(both.refused(ProblemCode::Invalid).await.errors[0].code, "not_allowed");
        }
    }

    async fn a_number_is_one_files_in_a_centre_and_stays_behind_where_another_has_it(app: TestApp) {
        let world = &app.world;
        let id = register(&app, whole()).await.string("/id");
        let same = json!({"name": "Somebody Else", "language": "fr", "file_number": "cas-2026 -0147"});
        let taken = app.post("/v1/participants").by(&world.manager).json(same.clone()).refused(ProblemCode::Invalid).await;
        assert_eq!((taken.errors[0].pointer.as_str(), taken.errors[0].code.as_str()), ("/file_number", "taken"));
        app.post("/v1/participants").by(&world.other_manager).json(same.clone()).expect(201).await;
        let other = register_named(&app, "Driss").await;
        let path = format!("/v1/participants/{other}");
        let renumber = app.patch(&path).by(&world.manager).if_match(1).json(json!({"file_number": "CAS-2026-0147"}));
        assert_eq!(renumber.refused(ProblemCode::Invalid).await.errors[0].code, "taken");
        // There somebody has it: it stays behind, and still finds them.
        crate::hand_overs::moved(&app, id.parse().unwrap()).await;
        let moved = read(&app, &format!("/v1/participants/{id}"), &world.other_manager).await;
        assert_eq!((moved.get("file_number"), &moved["former_file_number"]), (None, &json!("CAS-2026-0147")));
        let found = app.get("/v1/participants?file_number=CAS-2026-0147").by(&world.other_manager).expect(200).await;
        let found = each(&found, "id");
        assert!(found.len() == 2 && found.contains(&id), "{found:?}");
        // And here it is free again; where nobody has it, it goes along.
        app.patch(&path).by(&world.manager).if_match(1).json(json!({"file_number": "CAS-9"})).expect(200).await;
        crate::hand_overs::moved(&app, other.parse().unwrap()).await;
        assert_eq!(read(&app, &path, &world.other_manager).await["file_number"], "CAS-9");
    }

    async fn what_cannot_be_is_named_field_by_field_and_not_repeated(app: TestApp) {
        let post = |fields: Value| {
            let mut body = json!({"name": "A", "language": "ar"});
            body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            app.post("/v1/participants").by(&app.world.manager).json(body)
        };
        let many: Vec<String> = (0..11).map(|number| number.to_string()).collect();
        for (fields, pointer, code) in [
            (json!({"birth_year": 1900}), "/birth_year", Some("out_of_range")),
            (json!({"birth_year": 2020}), "/birth_year", Some("out_of_range")),
            (json!({"birth_year": "canary"}), "/birth_year", None),
            (json!({"sex": "canary"}), "/sex", None),
            (json!({"host_wish": "canary"}), "/host_wish", None),
            (json!({"province": "999"}), "/province", None),
            (json!({"province": "Casablanca canary"}), "/province", None),
            (json!({"reads": ["canary"]}), "/reads/0", None),
            (json!({"reads": ["nothing", "arabic"]}), "/reads", Some("contradicts")),
            (json!({"speaks": "darija"}), "/speaks", None),
            (json!({"name_arabic": "Amina canary"}), "/name_arabic", Some("script")),
            (json!({"name_latin": "أمينة"}), "/name_latin", Some("script")),
            (json!({"file_number": ""}), "/file_number", None),
            (json!({"file_number": 147}), "/file_number", None),
            (json!({"needs": {"smelling": "canary"}}), "/needs/smelling", None),
            (json!({"needs": {"hearing": "a\u{7}canary"}}), "/needs/hearing", None),
            (json!({"minor_until": "2028-02-30"}), "/minor_until", None),
            (json!({"minor_until": "2028-03-01", "birth_year": 1990}), "/minor_until", Some("contradicts")),
            (json!({"guardian": {"name": "Canary"}}), "/guardian", Some("not_allowed")),
            (json!({"guardian": {"name": "A", "phone": "06 canary"}, "minor_until": "2028-03-01"}), "/guardian/phone", None),
            (json!({"release": {"on": "2099-01-01"}}), "/release/on", Some("out_of_range")),
            (json!({"release": {"on": "1995-01-01"}, "birth_year": 1990}), "/release/on", Some("contradicts")),
            (json!({"release": {"on": "2026-01-01", "kind": "canary"}}), "/release/kind", None),
            (json!({"release": {"kind": "pardon"}}), "/release/on", None),
            (json!({"programme_axes": many}), "/programme_axes", Some("length")),
            (json!({"status": "active"}), "/status", None),
        ] {
            let answer = post(fields.clone()).send().await;
            let error = &answer.json()["errors"][0];
            assert_eq!((answer.status, error["pointer"].as_str()), (400, Some(pointer)), "{fields}: {}", answer.text());
            if let Some(code) = code {
                assert_eq!(error["code"], code, "{fields}");
            }
            assert!(!answer.text().to_lowercase().contains("canary"), "{}", answer.text());
        }
        let nameless = app.post("/v1/participants").by(&app.world.manager).json(json!({"language": "ar"}));
        assert_eq!(nameless.refused(ProblemCode::Invalid).await.errors[0].code, "required");
    }
}

//! Who posts whom, and what is refused.

use super::{end, path_of, posted};
use contract::ProblemCode;
use muwakaba_tests::both_databases;
use serde_json::json;
use uuid::Uuid;

both_databases! {
    async fn whoever_runs_the_account_posts_and_both_centres_see_it(app: TestApp) {
        let world = &app.world;
        let body = json!({"centre_id": world.other_centre, "from": "2026-11-23", "until": "2026-11-30"});
        for nobody in [&world.mentor, &world.counsellor, &world.observer, &world.participant] {
            app.post(&path_of(&world.mentor)).by(nobody).json(body.clone()).refused(ProblemCode::NotForThisRole).await;
        }
        app.post(&path_of(&world.mentor)).by(&world.other_manager).json(body.clone()).refused(ProblemCode::NotFound).await;
        let made = app.post(&path_of(&world.mentor)).by(&world.manager).json(body.clone()).expect(201).await;
        assert_eq!((made.string("/starts_at"), made.string("/ends_at")), ("2026-11-23T00:00:00Z".to_owned(), "2026-12-01T00:00:00Z".to_owned()));
        assert_eq!((&made.json()["running"], &made.json()["staff_role"]), (&json!(true), &json!("mentor")));
        let id = made.string("/id");
        let lists = [
            ("/v1/postings".to_owned(), &world.other_manager, 1),
            ("/v1/postings".to_owned(), &world.manager, 0),
            (format!("/v1/postings?staff_id={}", world.mentor.id), &world.manager, 1),
            (format!("/v1/postings?centre_id={}", world.other_centre), &world.manager, 0),
            ("/v1/postings".to_owned(), &world.mentor, 1),
            ("/v1/postings".to_owned(), &world.counsellor, 0),
            (format!("/v1/postings?staff_id={}", world.mentor.id), &world.counsellor, 0),
            (format!("/v1/postings?centre_id={}", world.other_centre), &world.administrator, 1),
        ];
        for (path, person, count) in lists {
            let listed = app.get(&path).by(person).expect(200).await.json();
            assert_eq!(listed["items"].as_array().map(Vec::len), Some(count), "{path}");
            if count == 1 {
                assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["staff_name"]), (&json!(id), &json!("Staff mentor@example.org")));
                assert!(!listed.to_string().contains('@') || !listed.to_string().contains("email"), "only what is needed");
            }
        }
        // The account stays the home centre's.
        let account = format!("/v1/staff/{}", world.mentor.id);
        app.get(&account).by(&world.other_manager).refused(ProblemCode::NotFound).await;
        app.post(&format!("{account}/reset")).by(&world.other_manager).refused(ProblemCode::NotFound).await;
    }

    async fn what_makes_no_sense_is_refused_by_its_field(app: TestApp) {
        let world = &app.world;
        let (there, from) = (json!(world.other_centre), "2026-11-23");
        for (staff, body, pointer, code) in [
            (&world.mentor, json!({"centre_id": world.centre, "from": from}), "/centre_id", "not_allowed"),
            (&world.mentor, json!({"centre_id": Uuid::now_v7(), "from": from}), "/centre_id", "unknown"),
            (&world.mentor, json!({"centre_id": there, "from": "2026-11-22"}), "/from", "past"),
            (&world.mentor, json!({"centre_id": there, "from": "2029-01-01"}), "/from", "too_far"),
            (&world.mentor, json!({"centre_id": there, "from": from, "until": "2026-11-22"}), "/until", "value"),
            (&world.mentor, json!({"centre_id": there, "from": from, "until": "2099-11-22"}), "/until", "too_far"),
            (&world.manager, json!({"centre_id": there, "from": from}), "{staff_id}", "not_allowed"),
            (&world.observer, json!({"centre_id": there, "from": from}), "{staff_id}", "not_allowed"),
        ] {
            let problem = app.post(&path_of(staff)).by(&world.administrator).json(body.clone()).refused(ProblemCode::Invalid).await;
            assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), (pointer, code), "{body}");
        }
    }

    async fn nobody_is_posted_to_one_centre_twice_at_a_time(app: TestApp) {
        let world = &app.world;
        let first = posted(&app, Some("2026-11-30")).await;
        let post = |from: &str, until: &str| {
            let body = json!({"centre_id": world.other_centre, "from": from, "until": until});
            app.post(&path_of(&world.mentor)).by(&world.manager).json(body)
        };
        post("2026-11-30", "2026-12-05").refused(ProblemCode::AlreadyExists).await;
        post("2026-12-01", "2026-12-05").expect(201).await;
        end(&app, &first, json!({})).expect(200).await;
        post("2026-11-23", "2026-11-30").expect(201).await;
        post("2027-01-01", "2027-01-05").expect(201).await;
        post("2027-02-01", "2027-02-05").expect(201).await;
        let problem = post("2027-03-01", "2027-03-05").refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/centre_id", "too_many"));
    }
}

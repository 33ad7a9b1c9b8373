//! Two at once: one of them comes first, and what is left is one truth.

use super::{answer, asked, asked_of_centre, asking, assignment_of, in_the_place};
use crate::appointments::join_all;
use db::sql;
use muwakaba_tests::{TestApp, both_databases, http::Request};
use serde_json::json;

/// How many accompany the participant, and how many hand-overs and items about one are open.
async fn stands(app: &TestApp) -> [i64; 3] {
    let mut tx = app.app.db.read().await.unwrap();
    let mut counts = [0; 3];
    for (count, statement) in counts.iter_mut().zip([
        sql!("SELECT count(*) FROM assignment WHERE participant_id = $1 AND ended_at IS NULL"),
        sql!("SELECT count(*) FROM hand_over WHERE participant_id = $1 AND state = 'asked'"),
        sql!("SELECT count(*) FROM work_item WHERE participant_id = $1 AND cause = 'hand_over_asked' AND closed_at IS NULL"),
    ]) {
        *count = tx.query(statement).bind(app.world.participant.id).scalar().await.unwrap();
    }
    counts
}

async fn at_once(requests: Vec<Request>) -> Vec<u16> {
    join_all(requests.into_iter().map(Request::send)).await.iter().map(|answer| answer.status).collect()
}

both_databases! {
    async fn two_phones_accept_at_once_and_it_is_done_once(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let accept = || answer(&app, &path, &world.other_mentor, "accept");
        let mut statuses = at_once(vec![accept(), accept()]).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        assert_eq!(stands(&app).await, [2, 0, 0]);
    }

    async fn two_managers_accept_at_once_and_the_person_moves_once(app: TestApp) {
        let world = &app.world;
        let path = asked_of_centre(&app).await;
        let accept = || answer(&app, &path, &world.other_manager, "accept");
        let mut statuses = at_once(vec![accept(), accept()]).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let file = app.get(&format!("/v1/participants/{}", world.participant.id)).by(&world.other_manager).expect(200).await;
        assert_eq!(file.version(), 2);
    }

    async fn a_yes_and_a_withdrawal_at_once(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let both = vec![answer(&app, &path, &world.other_mentor, "accept"), answer(&app, &path, &world.mentor, "withdraw")];
        let mut statuses = at_once(both).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        assert_eq!(stands(&app).await, [2, 0, 0]);
    }

    async fn two_ask_at_once_and_one_is_asked(app: TestApp) {
        let world = &app.world;
        let body = || in_the_place(world.other_mentor.id);
        let both = vec![asking(&app, &world.mentor, body()).await, asking(&app, &world.manager, body()).await];
        let mut statuses = at_once(both).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        assert_eq!(stands(&app).await, [2, 1, 1]);
    }

    async fn asking_again_while_a_yes_is_said_waits_for_it(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let again = asking(&app, &world.manager, in_the_place(world.counsellor.id)).await;
        let statuses = at_once(vec![answer(&app, &path, &world.other_mentor, "accept"), again]).await;
        assert_eq!(statuses, [200, 409], "it is asked already, or whoever was to be relieved accompanies them no longer");
        assert_eq!(stands(&app).await, [2, 0, 0]);
        let moving = asked_of_centre(&app).await;
        let manager = world.manager.again(&app.app);
        let again = app.post(&format!("/v1/participants/{}/hand-over", world.participant.id)).by(&manager).json(json!({"centre_id": world.other_centre}));
        let statuses = at_once(vec![answer(&app, &moving, &world.other_manager, "accept"), again]).await;
        assert!(statuses[0] == 200 && [404, 409].contains(&statuses[1]), "{statuses:?}");
        assert_eq!(stands(&app).await, [0, 0, 0]);
    }

    async fn a_yes_while_the_file_is_closed(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let close = crate::people::command(&app, world.participant.id, "withdraw", json!({"reason": "asked_to_stop"}));
        let statuses = at_once(vec![answer(&app, &path, &world.other_mentor, "accept"), close]).await;
        assert!([200, 412].contains(&statuses[0]) && statuses[1] == 200, "{statuses:?}");
        assert_eq!(stands(&app).await[1..], [0, 0]);
    }

    async fn a_yes_while_the_person_goes_to_another_centre(app: TestApp) {
        let world = &app.world;
        let (path, move_path) = (asked(&app).await, asked_of_centre(&app).await);
        let both = vec![
            answer(&app, &path, &world.other_mentor, "accept"),
            answer(&app, &move_path, &world.other_manager, "accept"),
        ];
        let statuses = at_once(both).await;
        assert!([200, 412].contains(&statuses[0]) && statuses[1] == 200, "{statuses:?}");
        assert_eq!(stands(&app).await, [0, 0, 0], "nobody of the former centre accompanies them");
    }

    async fn a_yes_while_the_account_of_whoever_accepts_is_closed(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let close = app.patch(&format!("/v1/staff/{}", world.other_mentor.id)).by(&world.manager).header("if-match", "*");
        let both = vec![answer(&app, &path, &world.other_mentor, "accept"), close.json(json!({"active": false}))];
        let statuses = at_once(both).await;
        assert!([200, 401, 412].contains(&statuses[0]) && statuses[1] == 200, "{statuses:?}");
        let [accompanied, open, items] = stands(&app).await;
        // If the yes came first, they accompanied the person for a moment, and the former mentor does no longer.
        assert_eq!((accompanied, open, items), (if statuses[0] == 200 { 1 } else { 2 }, 0, 0));
    }

    async fn a_yes_while_the_former_assignment_is_ended(app: TestApp) {
        let world = &app.world;
        let path = asked(&app).await;
        let assignment = assignment_of(&app, world.mentor.id, world.participant.id).await;
        let end = app.post(&format!("/v1/assignments/{assignment}/end")).by(&world.manager);
        let statuses = at_once(vec![answer(&app, &path, &world.other_mentor, "accept"), end]).await;
        assert!([200, 412].contains(&statuses[0]) && [200, 409].contains(&statuses[1]), "{statuses:?}");
        let accompanied = if statuses[0] == 200 { 2 } else { 1 };
        assert_eq!(stands(&app).await, [accompanied, 0, 0], "{statuses:?}");
    }

    async fn asking_while_the_file_is_closed_leaves_nothing_open(app: TestApp) {
        let world = &app.world;
        let close = crate::people::command(&app, world.participant.id, "withdraw", json!({"reason": "asked_to_stop"}));
        let ask = asking(&app, &world.mentor, in_the_place(world.other_mentor.id)).await;
        let statuses = at_once(vec![ask, close]).await;
        assert!([201, 409].contains(&statuses[0]) && statuses[1] == 200, "{statuses:?}");
        assert_eq!(stands(&app).await[1..], [0, 0]);
    }
}

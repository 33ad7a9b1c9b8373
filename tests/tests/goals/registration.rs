//! What the sweeps go through of goals and their steps.

use super::phones::{made, of, step};
use crate::{
    access::Caller::{Counsellor, Manager, Mentor, Participant},
    operations::{Ids, Stage},
    plans::{CHUNK, Crowd},
    privacy::Aviary,
    races::{By, deed},
    registry::{Canary, Feature, Phones, State, Subject, about},
    visits::{about as sent_about, path_of},
};
use db::{Tx, sql};
use kernel::protect::{privacy::Note, seal::Field};
use muwakaba_tests::{SignedIn, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

/// What somebody wants to reach.
const WHAT: &str = "Qanari-goal: a stall of their own";
/// Why that was corrected.
const REASON: &str = "Qanari-goal-reason: it was misheard";
/// Why it was withdrawn.
const WITHDRAWN: &str = "Qanari-goal-withdrawn: said by the brother";
/// A step towards it.
const STEP: &str = "Qanari-goal-step: ask uncle Brahim";
/// Why that was corrected.
const STEP_REASON: &str = "Qanari-step-reason: the other uncle";
/// Why it was withdrawn.
const STEP_WITHDRAWN: &str = "Qanari-step-withdrawn: of another goal";

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    subjects: &[
        Subject {
            version: Some(sql!("SELECT version FROM goal WHERE id = $1")),
            ..Subject::new("goal_id", |stage, _, ids| Box::pin(goal(stage, ids)))
        },
        Subject {
            version: Some(sql!("SELECT version FROM goal_step WHERE id = $1")),
            ..Subject::new("goal_step_id", |stage, _, ids| Box::pin(goal_step(stage, ids)))
        },
    ],
    states: &[State { operation: "reopenGoal", make: |stage, _, ids| Box::pin(closed(stage, ids)) }],
    deeds: &[
        deed("set a goal", "setGoal", By::Participant),
        deed("set a goal with somebody", "setGoal", By::Mentor),
        deed("close a goal", "closeGoal", By::Participant),
        deed("open a goal again", "reopenGoal", By::Mentor),
        deed("correct a goal", "correctGoal", By::Mentor),
        deed("withdraw a goal", "withdrawGoal", By::Manager),
        deed("order goals", "orderGoals", By::Participant),
        deed("add a step", "addGoalStep", By::Participant),
        deed("tick a step off", "markGoalStep", By::Participant),
        deed("correct a step", "correctGoalStep", By::Mentor),
        deed("withdraw a step", "withdrawGoalStep", By::Manager),
        deed("order steps", "orderGoalSteps", By::Mentor),
    ],
    never: &[
        "SELECT 'a goal left behind: ' || g.id FROM goal AS g JOIN participant AS p ON p.id = g.participant_id WHERE g.centre_id <> p.centre_id",
        "SELECT 'a step left behind: ' || s.id FROM goal_step AS s JOIN participant AS p ON p.id = s.participant_id
         WHERE s.centre_id <> p.centre_id",
        "SELECT 'an order left behind: ' || l.participant_id FROM goal_list AS l JOIN participant AS p ON p.id = l.participant_id
         WHERE l.centre_id <> p.centre_id",
        "SELECT 'a step of somebody else: ' || s.id FROM goal_step AS s JOIN goal AS g ON g.id = s.goal_id
         WHERE s.participant_id <> g.participant_id",
        "SELECT 'more than five are open: ' || g.participant_id FROM goal AS g WHERE g.state = 'open' AND g.withdrawn_at IS NULL
         GROUP BY g.participant_id HAVING count(*) > 5",
        "SELECT 'more than seven steps: ' || s.goal_id FROM goal_step AS s WHERE s.withdrawn_at IS NULL GROUP BY s.goal_id HAVING count(*) > 7",
        "SELECT 'closed at no time: ' || g.id FROM goal AS g
         WHERE (g.state = 'open') <> (g.closed_at IS NULL) OR (g.state = 'set_aside') <> (g.set_aside_because IS NOT NULL)",
        "SELECT 'a former state that was lost: ' || g.id FROM goal AS g
         WHERE g.version - 1 <> (SELECT count(*) FROM goal_history AS h WHERE h.goal_id = g.id)",
        "SELECT 'a former state of a step that was lost: ' || s.id FROM goal_step AS s
         WHERE s.version - 1 <> (SELECT count(*) FROM goal_step_history AS h WHERE h.step_id = s.id)",
    ],
    versioned: &["goal", "goal_step"],
    counted: &[
        "goal.set",
        "goal.close",
        "goal.reopen",
        "goal.correct",
        "goal.withdraw",
        "goal_step.add",
        "goal_step.mark",
        "goal_step.correct",
        "goal_step.withdraw",
    ],
    tables: &[
        about("goal", "goal", Phones::Get(&["goals"])),
        about("goal_history", "goal", Phones::GetNothing("how a goal stood before is looked up where there is a network")),
        about("goal_step", "step", Phones::Get(&["goals"])),
        about("goal_step_history", "step", Phones::GetNothing("how a step stood before is looked up where there is a network")),
        about("goal_list", "order of goals", Phones::Get(&["goals"])),
    ],
    canaries: &[
        Canary {
            text: WHAT,
            columns: &["goal.what_sealed", "goal_history.what_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: REASON,
            columns: &["goal_history.reason_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: WITHDRAWN,
            columns: &["goal.withdrawal_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: STEP,
            columns: &["goal_step.what_sealed", "goal_step_history.what_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: STEP_REASON,
            columns: &["goal_step_history.reason_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
        Canary {
            text: STEP_WITHDRAWN,
            columns: &["goal_step.withdrawal_sealed"],
            readers: &[Participant, Mentor, Counsellor, Manager],
        },
    ],
    release: Some(|aviary, ids| Box::pin(release(aviary, ids))),
    seed: Some(|crowd| Box::pin(fill_crowd(crowd))),
    recorded: &[
        |app| Box::pin(async { (app.world.participant.clone(), made(app, "setGoal", &super::new_goal(app))) }),
        |app| Box::pin(of_goal(app, "closeGoal", json!({"result": "achieved"}))),
        |app| Box::pin(of_closed(app)),
        |app| Box::pin(of_goal(app, "correctGoal", json!({"what": "Drive", "reason": "r"}))),
        |app| Box::pin(of_goal(app, "withdrawGoal", json!({"reason": "It was somebody else"}))),
        |app| {
            Box::pin(async {
                let person = app.world.participant.clone();
                let sent = of(app, "orderGoals", &person.id.to_string(), &json!({"goals": []}));
                (person, sent)
            })
        },
        |app| {
            Box::pin(async {
                let goal = new(app).await;
                (app.world.participant.clone(), step(app, &goal, "Ask"))
            })
        },
        |app| Box::pin(of_step(app, "markGoalStep", json!({"state": "achieved"}))),
        |app| Box::pin(of_step(app, "correctGoalStep", json!({"what": "Ask twice", "reason": "r"}))),
        |app| Box::pin(of_step(app, "withdrawGoalStep", json!({"reason": "r"}))),
        |app| {
            Box::pin(async {
                let goal = new(app).await;
                (app.world.mentor.clone(), of(app, "orderGoalSteps", &goal, &json!({"steps": []})))
            })
        },
    ],
    reset: Some(|_, tx| Box::pin(make_room(tx))),
    ..Feature::NOTHING
};

async fn new(app: &TestApp) -> String {
    let mut tx = app.app.db.write().await.expect("a transaction");
    make_room(&mut tx).await;
    tx.commit().await.expect("room");
    super::set(app, &app.world.mentor).await.string("/id")
}

async fn of_goal(app: &TestApp, operation: &str, body: Value) -> (SignedIn, Value) {
    let goal = new(app).await;
    (app.world.mentor.clone(), sent_about(app, operation, &goal, 1, &body))
}

async fn of_closed(app: &TestApp) -> (SignedIn, Value) {
    let goal = new(app).await;
    let path = format!("/v1/goals/{goal}");
    super::asked(app, &app.world.mentor, &path, "close", 1, json!({"result": "not"})).expect(200).await;
    (app.world.mentor.clone(), sent_about(app, "reopenGoal", &goal, 2, &json!({"reason": "again"})))
}

async fn of_step(app: &TestApp, operation: &str, body: Value) -> (SignedIn, Value) {
    let goal = format!("/v1/goals/{}", new(app).await);
    let step = super::add_step(app, &app.world.mentor, &goal, "Ask").await.string("/id");
    (app.world.mentor.clone(), sent_about(app, operation, &step, 1, &body))
}

/// Few can be open at a time: but for the latest two of each person, they are set aside.
async fn make_room(tx: &mut Tx) {
    tx.query(sql!(
        "UPDATE goal SET state = 'set_aside', set_aside_because = 'other', closed_at = recorded_at
         WHERE state = 'open' AND withdrawn_at IS NULL
           AND (SELECT count(*) FROM goal AS later
                WHERE later.participant_id = goal.participant_id AND later.state = 'open' AND later.withdrawn_at IS NULL
                  AND later.id > goal.id) >= 2"
    ))
    .execute()
    .await
    .expect("room for goals");
}

/// One of the target's, which their companion wrote down.
async fn goal(stage: &Stage, ids: Ids) -> Ids {
    let mut tx = stage.app.app.db.write().await.expect("a transaction");
    make_room(&mut tx).await;
    tx.commit().await.expect("room");
    let companion = stage.companion_of(&ids).await;
    let body = json!({"participant_id": ids.participant, "what": "Drive a taxi again"});
    let made = stage.app.post("/v1/goals").by(&companion).json(body).expect(201).await;
    ids.with("goal_id", made.string("/id").parse().expect("an id"))
}

/// One of a goal of the target's, which their companion wrote down.
async fn goal_step(stage: &Stage, ids: Ids) -> Ids {
    let of =
        if ids.has("goal_id") { ids.of("goal_id") } else { goal(stage, ids.clone()).await.of("goal_id") };
    let companion = stage.companion_of(&ids).await;
    let path = format!("/v1/goals/{of}/steps");
    let made = stage.app.post(&path).by(&companion).json(json!({"what": "Ask"})).expect(201).await;
    ids.with("goal_step_id", made.string("/id").parse().expect("an id"))
}

async fn closed(stage: &Stage, ids: Ids) -> Ids {
    let companion = stage.companion_of(&ids).await;
    let path = format!("/v1/goals/{}/close", ids.of("goal_id"));
    stage.app.post(&path).by(&companion).if_match(1).json(json!({"result": "not"})).expect(200).await;
    ids
}

async fn release(aviary: &Aviary<'_>, ids: Ids) -> Ids {
    let (app, mentor) = (&aviary.stage.app, &aviary.stage.app.world.mentor);
    let new = json!({"participant_id": ids.participant, "what": WHAT});
    // One stays in the picture, and so does a step.
    let standing = path_of(&app.post("/v1/goals").by(mentor).json(new.clone()).expect(201).await);
    super::add_step(app, mentor, &standing, STEP).await;
    let step = super::add_step(app, mentor, &standing, STEP).await;
    let path = super::step_path(&step);
    let correction = json!({"what": STEP, "reason": STEP_REASON});
    super::asked(app, mentor, &path, "correct", 1, correction).expect(200).await;
    let why = json!({"reason": STEP_WITHDRAWN});
    super::asked(app, mentor, &path, "withdraw", 2, why).expect(200).await;
    let goal = app.post("/v1/goals").by(mentor).json(new).expect(201).await;
    let path = path_of(&goal);
    let correction = json!({"what": WHAT, "reason": REASON});
    super::asked(app, mentor, &path, "correct", 1, correction).expect(200).await;
    super::asked(app, mentor, &path, "withdraw", 2, json!({"reason": WITHDRAWN})).expect(200).await;
    let id = |text: String| text.parse().expect("an id");
    ids.with("goal_id", id(goal.string("/id"))).with("goal_step_id", id(step.string("/id")))
}

/// One of every participant with a step, and each changed once.
async fn fill_crowd(crowd: &mut Crowd) {
    let goal = super::set(&crowd.app, &crowd.app.world.mentor).await;
    let step = super::add_step(&crowd.app, &crowd.app.world.mentor, &path_of(&goal), "Ask").await;
    crowd.made("goal_id", goal.string("/id").parse().expect("an id"));
    crowd.made("goal_step_id", step.string("/id").parse().expect("an id"));
    let (app, now) = (&crowd.app, crowd.app.now());
    let mut tx = app.app.db.write().await.expect("a transaction");
    for chunk in crowd.participants.chunks(CHUNK) {
        let sealed = |table, id, key: &kernel::protect::seal::DataKey| {
            let note = Note::parse("Drive").expect("a note");
            key.seal_text(Field::new(table, "what_sealed", id), &note, &*app.app.random).expect("sealed")
        };
        let ids: Vec<(Uuid, Uuid)> = chunk.iter().map(|_| (app.app.ids.next(), app.app.ids.next())).collect();
        let mut query = tx.query_rows(
            sql!("INSERT INTO goal (id, centre_id, participant_id, what_sealed, state, recorded_at, version) VALUES {rows}"),
            chunk.len(),
            7,
        );
        for ((participant, centre, key), (goal, _)) in chunk.iter().zip(&ids) {
            query = query
                .bind(*goal)
                .bind(*centre)
                .bind(*participant)
                .bind(sealed("goal", *goal, key))
                .bind("open")
                .bind(now)
                .bind(1_i64);
        }
        query.execute().await.expect("goals");
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO goal_step (id, goal_id, centre_id, participant_id, what_sealed, state, recorded_at, version) VALUES {rows}"
            ),
            chunk.len(),
            8,
        );
        for ((participant, centre, key), (goal, step)) in chunk.iter().zip(&ids) {
            query = query
                .bind(*step)
                .bind(*goal)
                .bind(*centre)
                .bind(*participant)
                .bind(sealed("goal_step", *step, key))
                .bind("open")
                .bind(now)
                .bind(1_i64);
        }
        query.execute().await.expect("steps");
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO goal_list (participant_id, centre_id, version) VALUES {rows} ON CONFLICT (participant_id) DO NOTHING"
            ),
            chunk.len(),
            3,
        );
        for (participant, centre, _) in chunk {
            query = query.bind(*participant).bind(*centre).bind(0_i64);
        }
        query.execute().await.expect("orders");
    }
    for statement in [
        sql!(
            "INSERT INTO goal_history (goal_id, version, changed_at, command, what_sealed, state)
             SELECT id, version, recorded_at, 'correct', what_sealed, state FROM goal"
        ),
        sql!(
            "INSERT INTO goal_step_history (step_id, version, changed_at, command, what_sealed, state)
             SELECT id, version, recorded_at, 'correct', what_sealed, state FROM goal_step"
        ),
    ] {
        tx.query(statement).execute().await.expect("former goals");
    }
    tx.commit().await.expect("goals");
}

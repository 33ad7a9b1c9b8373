//! Several writers and phones that pull between them: nothing is skipped, and in the end a phone has what a fresh one gets.

use super::{Phone, made};
use crate::appointments::schedule;
use muwakaba_tests::{SignedIn, TestApp, both_databases};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

const WRITERS: usize = 4;
const CHANGES: usize = 25;

/// Changes one appointment again and again; only what this writer wrote last counts.
async fn write(app: Arc<TestApp>, id: String, left: Arc<AtomicUsize>) {
    for number in 1..=CHANGES {
        let path = format!("/v1/appointments/{id}");
        let request = if number % 2 == 1 {
            app.post(&format!("{path}/ask-to-move"))
                .by(&app.world.participant)
                .json(json!({"wish": format!("wish {number}")}))
        } else {
            app.post(&format!("{path}/confirm")).by(&app.world.participant)
        };
        let answer = request.header("if-match", "*").send().await;
        assert!([200, 409, 503].contains(&answer.status), "{}", answer.text());
        let note = json!({"visibility": "staff", "body": format!("note {number}")});
        let written = app.post(&format!("{path}/notes")).by(&app.world.mentor).json(note).send().await;
        assert!([201, 503].contains(&written.status), "{}", written.text());
    }
    left.fetch_sub(1, Ordering::SeqCst);
}

/// The other participant changes hands again and again.
async fn hand_over(app: Arc<TestApp>, to: SignedIn, left: Arc<AtomicUsize>) {
    let person = app.world.other_participant.id;
    for number in 0..CHANGES {
        let path = format!("/v1/participants/{person}/assignments");
        let begun = app.post(&path).by(&app.world.manager).json(json!({"staff_id": to.id})).send().await;
        if begun.status == 201 && number + 1 < CHANGES {
            let path = format!("/v1/assignments/{}/end", begun.string("/id"));
            let ended = app.post(&path).by(&app.world.manager).send().await;
            assert!([200, 503].contains(&ended.status), "{}", ended.text());
            if ended.status == 503 {
                break;
            }
        }
    }
    left.fetch_sub(1, Ordering::SeqCst);
}

both_databases! {
    async fn four_writers_and_phones_that_pull_meanwhile(app: TestApp) {
        let app = Arc::new(app);
        let mut ids = Vec::new();
        for number in 0..WRITERS {
            ids.push(made(&schedule(&app, &format!("2026-12-{:02}T10:00:00", number + 8)).await));
        }
        let left = Arc::new(AtomicUsize::new(WRITERS + 1));
        let mut tasks: Vec<_> =
            ids.iter().map(|id| tokio::spawn(write(app.clone(), id.clone(), left.clone()))).collect();
        tasks.push(tokio::spawn(hand_over(app.clone(), app.world.mentor.clone(), left.clone())));
        let people = [&app.world.mentor, &app.world.manager, &app.world.participant];
        let mut phones: Vec<_> = people.map(|person| (Phone::default(), person)).into_iter().collect();
        let mut pulls = 0;
        while left.load(Ordering::SeqCst) > 0 {
            for (phone, person) in &mut phones {
                pulls += phone.follow(&app, person, 3).await;
            }
        }
        for task in tasks {
            task.await.unwrap();
        }
        println!("{pulls} pulls");
        assert!(pulls > 20, "the phones pulled meanwhile: {pulls}");
        for (phone, person) in &mut phones {
            phone.follow(&app, person, 3).await;
            let fresh = Phone::fresh(&app, person).await;
            assert_eq!(phone.started, ["first"]);
            assert_eq!(phone.things, fresh.things);
            assert_eq!(phone.ask(&app, person, 200).await.json()["changed"], json!({}), "each change once");
        }
    }
}

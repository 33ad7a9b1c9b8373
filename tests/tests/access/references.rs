//! Ids in queries and bodies tell as little as those in paths.

use super::{Caller, Callers, matrix::anonymous};
use crate::{
    operations::{Ids, Operation, Stage, all, both_stages},
    registry::each,
};
use serde_json::json;
use uuid::Uuid;

both_stages! {
    async fn a_list_filtered_by_somebody_out_of_scope_is_one_filtered_by_nobody(stage: Stage) {
        let callers = Callers::sign_in(&stage.app).await;
        let mut compared = 0;
        for operation in all().iter().filter(|operation| operation.is_list()) {
            for parameter in operation.parameters("query") {
                let name = parameter["name"].as_str().unwrap();
                let Some(foreign) = out_of_scope(&stage, operation, name).await else { continue };
                for caller in [Caller::Participant, Caller::Mentor, Caller::Counsellor, Caller::Manager] {
                    let ask = |id: Uuid| stage.app.get(&format!("{}?{name}={id}", operation.path)).by(callers.get(caller).unwrap()).send();
                    let (foreign, absent) = (ask(foreign).await, ask(Uuid::now_v7()).await);
                    assert_eq!(anonymous(&foreign), anonymous(&absent), "{} {name} {caller:?}", operation.id);
                    assert!(foreign.status != 200 || foreign.json()["items"] == json!([]), "{} {name} {caller:?}", operation.id);
                    compared += 1;
                }
            }
        }
        assert!(compared >= 20, "only {compared} filters were compared");
    }

    async fn a_body_that_names_somebody_out_of_scope_is_one_that_names_nobody(stage: Stage) {
        let (world, app) = (&stage.app.world, &stage.app);
        let schedule = all().into_iter().find(|operation| operation.id == "scheduleAppointment").unwrap();
        for (field, foreign) in [
            ("host_id", world.foreign_mentor.id),
            ("host_id", world.administrator.id),
            ("participant_id", world.foreign_participant.id),
            ("participant_id", world.other_participant.id),
        ] {
            let ask = async |id: Uuid| {
                let mut request = stage.request(&schedule, &stage.own, Some(&world.mentor), 7).await;
                request.body.as_mut().unwrap()[field] = json!(id);
                request.by(app, Some(&world.mentor)).send().await
            };
            let (foreign, absent) = (ask(foreign).await, ask(Ids::absent().participant).await);
            assert!((400..500).contains(&foreign.status), "{}", foreign.text());
            assert_eq!(anonymous(&foreign), anonymous(&absent), "{field}");
        }
        let path = format!("/v1/participants/{}/assignments", world.participant.id);
        let assign = async |id: Uuid| app.post(&path).by(&world.manager).json(json!({"staff_id": id})).send().await;
        let absent = assign(Uuid::now_v7()).await;
        for foreign in [world.foreign_mentor.id, world.observer.id, world.foreign_participant.id] {
            assert_eq!(anonymous(&assign(foreign).await), anonymous(&absent));
        }
    }
}

/// Somebody or something of another centre that this parameter could name.
async fn out_of_scope(stage: &Stage, operation: &Operation, parameter: &str) -> Option<Uuid> {
    let world = &stage.app.world;
    Some(match parameter {
        "participant_id" => world.foreign_participant.id,
        "host_id" | "staff_id" | "assigned_to" | "actor_id" => world.foreign_mentor.id,
        "centre_id" => world.other_centre.0,
        name if name.ends_with("_id") => {
            let subject = each(|feature| feature.subjects).find(|subject| subject.name == name);
            let subject = subject.unwrap_or_else(|| {
                panic!("{}: register beside its tests, as a `Subject`, what {name} is", operation.id)
            });
            (subject.make)(stage, operation, stage.elsewhere.clone()).await.of(name)
        }
        _ => return None,
    })
}

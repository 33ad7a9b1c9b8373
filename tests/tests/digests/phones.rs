//! What managers' phones have of it.

use super::{listed, made, pass_until};
use crate::sync::Phone;
use muwakaba_tests::both_databases;

fn weeks(phone: &Phone) -> Vec<&serde_json::Value> {
    phone.things.iter().filter(|((list, _), _)| list == "digests").map(|(_, digest)| digest).collect()
}

both_databases! {
    async fn a_managers_phone_has_the_latest_weeks_as_they_are_read(app: TestApp) {
        let world = &app.world;
        let digest = made(&app).await;
        assert_eq!(weeks(&Phone::fresh(&app, &world.manager.again(&app.app)).await), [&digest]);
        for other in [&world.mentor, &world.counsellor, &world.participant, &world.foreign_mentor] {
            assert!(weeks(&Phone::fresh(&app, &other.again(&app.app)).await).is_empty());
        }
        let theirs = Phone::fresh(&app, &world.other_manager.again(&app.app)).await;
        assert_ne!(weeks(&theirs), [&digest]);
        assert_eq!(weeks(&theirs).len(), 1);
    }

    async fn a_new_week_comes_with_the_next_pull_and_an_old_one_is_not_begun_with(app: TestApp) {
        let world = &app.world;
        made(&app).await;
        let mut phone = Phone::fresh(&app, &world.manager.again(&app.app)).await;
        pass_until(&app, "2026-12-07T08:30:00Z").await;
        phone.follow(&app, &world.manager.again(&app.app), 200).await;
        assert_eq!(weeks(&phone).len(), 2);
        pass_until(&app, "2027-02-01T08:30:00Z").await;
        assert_eq!(listed(&app, &world.manager).await.len(), 3);
        assert_eq!(weeks(&Phone::fresh(&app, &world.manager.again(&app.app)).await).len(), 1);
    }
}

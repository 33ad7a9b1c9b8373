//! Phones: the app is put on one, it is lost, and there is another one some day. Everybody's subscription has the same keys: nobody opens
//! what is sent to it.

use super::{Result, Simulation, acts::Act, cast::Who, service::Seen};
use serde_json::json;

/// A public key of a subscription, from the contract's example.
const AGREEMENT_KEY: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
/// The secret beside it.
const SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";

impl Simulation {
    async fn subscribe(&mut self, who: Who) -> Result<Option<String>> {
        let endpoint = self.cast.new_endpoint(who);
        let body = json!({"endpoint": endpoint, "keys": {"p256dh": AGREEMENT_KEY, "auth": SECRET}});
        Ok(self.post(who, "/v1/devices/web-push", Seen::Nothing, body).await?.map(|_| endpoint))
    }

    /// They put the app on a phone.
    pub async fn new_phone(&mut self, person: usize) -> Result<()> {
        if self.cast.people[person].account.is_none() {
            return Ok(());
        }
        self.cast.people[person].endpoint = self.subscribe(Who::Person(person)).await?;
        self.perhaps(45, (60, 500), Act::LosePhone(person));
        Ok(())
    }

    /// So does somebody of the staff.
    pub async fn staff_phone(&mut self, staff: usize) -> Result<()> {
        self.subscribe(Who::Staff(staff)).await.map(drop)
    }

    /// Nobody tells the service: it learns so from the push service.
    pub fn lose_phone(&mut self, person: usize) {
        if let Some(endpoint) = self.cast.people[person].endpoint.take() {
            self.service.push.wipe(&endpoint);
            self.perhaps(75, (1, 30), Act::Phone(person));
        }
    }
}

//! What the phone reads before it shows something or asks step by step, and how it goes on until there is something to send.

use super::{
    Phone,
    client::ClientError,
    consents::Permissions,
    details::items,
    dialog::{Dialog, Next, Talk},
    goals::Hopes,
    impression::Sessions,
    keyboard::Typed,
    today,
    visit::Logging,
    way,
    work::WorkList,
};
use chrono::TimeDelta;
use contract::time::{ZoneName, Zones};

/// For how long something can be said of a session.
const SAID_WITHIN: TimeDelta = TimeDelta::days(14);

impl Phone {
    /// Shows the way so far.
    pub(super) async fn way(&mut self) {
        let path = format!("/v1/participants/{}/timeline?limit=30", self.owner.id);
        let told = self.client.get(&path).await.map(|page| way::lines(&page));
        self.say_or_why_not(told);
    }

    /// Asks how a session was.
    pub(super) async fn how(&mut self) {
        let from = self.client.now().saturating_sub(SAID_WITHIN);
        let path = format!("/v1/appointments?state=took_place&from={from}&limit=50");
        let told = self.client.get(&path).await;
        let sessions = told.map(|page| Sessions::of(items(&page, "items").to_vec()));
        self.ask("There is no session of the last 14 days.", sessions);
    }

    /// Shows the goals, and lets steps be ticked.
    pub(super) async fn goals(&mut self) {
        let told = self.client.get(&format!("/v1/participants/{}/goals", self.owner.id)).await;
        self.ask("There are no goals yet.", told.map(|goals| Hopes::of(&goals)));
    }

    /// Shows what the owner agrees to, and lets them agree or take it back.
    pub(super) async fn permissions(&mut self) {
        let told = self.read_permissions().await;
        self.ask("There is nothing to agree to.", told.map(Some));
    }

    async fn read_permissions(&self) -> Result<Permissions, ClientError> {
        let owner = &self.owner;
        let wordings = self.client.get("/v1/consent-wordings").await?;
        let consents = self.client.get(&format!("/v1/participants/{}/consents?limit=100", owner.id)).await?;
        Ok(Permissions::of(&owner.id, &owner.language, &wordings, &consents))
    }

    /// Shows the day of somebody of the staff.
    pub(super) async fn today(&mut self) {
        let told = self.read_today().await;
        self.say_or_why_not(told);
    }

    async fn read_today(&self) -> Result<Vec<String>, ClientError> {
        let (now, host) = (self.client.now(), &self.owner.id);
        let tomorrow = now.saturating_add(TimeDelta::days(1));
        let path = format!("/v1/appointments?host_id={host}&from={now}&to={tomorrow}&limit=50");
        let appointments = self.client.get(&path).await?;
        let calls = self.client.get("/v1/calls-to-make?limit=50").await?;
        let work_items = self.client.get("/v1/work-items?limit=50").await?;
        Ok(today::lines(&appointments, &calls, &work_items))
    }

    /// Shows the work list, and asks what becomes of an item.
    pub(super) async fn work(&mut self) {
        let told = self.client.get("/v1/work-items?limit=100").await;
        self.ask("Nothing needs you.", told.map(|page| WorkList::of(&page)));
    }

    /// Asks about a visit that ends now.
    pub(super) async fn visit(&mut self) {
        // A phone shows the wall of where it is; the demonstration's people are in Morocco.
        let zone = ZoneName::CASABLANCA;
        let Ok(now) = Zones::load(None).to_local(self.client.now(), &zone) else {
            return self.screen.say("This phone does not know what time it is.");
        };
        let told = self.client.get("/v1/participants?status=active&limit=200").await;
        let people = told.map(|page| Logging::of(items(&page, "items").to_vec(), now, zone));
        self.ask("You accompany nobody.", people);
    }

    /// Goes on with what is being asked.
    pub(super) async fn go_on(&mut self, typed: &Typed) {
        let Some(mut talk) = self.talk.take() else { return };
        if talk.is_written() {
            self.screen.echo(typed);
        }
        match talk.take(typed) {
            None => {}
            Some(Next::Leave) => return self.screen.say("Nothing was sent."),
            Some(Next::Again(remark)) => {
                self.screen.say(remark);
                self.screen.say(&talk.lines().join("\n"));
            }
            Some(Next::Ask) => self.screen.say(&talk.lines().join("\n")),
            Some(Next::Send(request)) => {
                return match self.client.send(&request).await {
                    Ok(_) => self.screen.say(&request.done),
                    Err(error) => self.screen.say(&format!("Not done: {error}.")),
                };
            }
        }
        self.talk = Some(talk);
    }

    fn say_or_why_not(&self, told: Result<Vec<String>, ClientError>) {
        match told {
            Ok(lines) => self.screen.say(&lines.join("\n")),
            Err(error) => self.screen.say(&format!("Not possible: {error}")),
        }
    }

    fn ask(&mut self, otherwise: &str, dialog: Result<Option<impl Dialog + 'static>, ClientError>) {
        match dialog {
            Ok(Some(dialog)) => {
                let talk = Talk::new(dialog);
                self.screen.say(&talk.lines().join("\n"));
                self.talk = Some(talk);
            }
            Ok(None) => self.screen.say(otherwise),
            Err(error) => self.screen.say(&format!("Not possible: {error}")),
        }
    }
}

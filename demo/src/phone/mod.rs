//! A phone for developers, in a terminal: it enrols with a code as a participant's phone does, subscribes to a push service
//! of its own on this machine, shows each notification as it arrives and is opened, presses its buttons, and asks step by step
//! whatever else there is to say (`dialog`). Signed in to a staff account it is a mentor's phone: the day, the work list, visits.
//!
//! It talks to the service as any app would (`client`), keeps its key and tokens in one small file (`memory`), and shares no
//! shortcut with the service. The push service (`push_service`) is also what end-to-end tests receive through. It only works
//! with a service that may push to loopback addresses, such as `muwakaba-demo`.

mod check_in;
pub mod client;
mod consents;
mod details;
pub mod device_key;
mod dialog;
mod goals;
mod impression;
mod keyboard;
mod memory;
mod opening;
mod owner;
pub mod push_service;
mod screen;
mod today;
mod visit;
mod way;
mod work;

use check_in::{Answering, Step};
use client::{Acted, Client, ClientError, StaffAccount};
use contract::{
    NotificationAction, ProblemCode, ReceiptEvent,
    push::{PushPayload, PushWakeUp},
    time::Clock,
};
use details::Choice;
use device_key::{DeviceKey, UnusableKey};
use dialog::Talk;
use keyboard::{Key, Keyboard, Pressed, Typed};
use memory::{Memory, MemoryError};
use owner::Owner;
use push_service::{PushService, Subscription};
use screen::Screen;
use std::{collections::HashSet, io, path::PathBuf, sync::Arc, time::Duration};
use tokio::time::{Instant as Tick, sleep_until};

/// Tokens are replaced this long before they end.
const REFRESH_BEFORE: Duration = Duration::from_secs(90);
/// When they could not be, it is tried again after this.
const REFRESH_AGAIN: Duration = Duration::from_secs(15);

/// A phone in the terminal: a participant's, or that of somebody of the staff.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// The address of the service.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    pub server: String,
    /// The enrolment code, as typed characters or as the text of the QR code. Without one the phone goes on as what it was.
    #[arg(long, value_name = "CODE")]
    pub code: Option<String>,
    /// The address of a staff account, to be its owner's phone instead.
    #[arg(long, value_name = "E-MAIL", requires_all = ["password", "authenticator_code"], conflicts_with = "code")]
    pub email: Option<String>,
    /// The password of that account.
    #[arg(long, value_name = "PASSWORD", requires = "email")]
    pub password: Option<String>,
    /// The code that the account's authenticator shows.
    #[arg(long, value_name = "CODE", requires = "email")]
    pub authenticator_code: Option<String>,
    /// Where the phone keeps its key and tokens.
    #[arg(long, value_name = "FILE", default_value = "data/phone.json")]
    pub state: PathBuf,
}

/// Why the phone stops.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// It was never enrolled.
    #[error("this phone is not enrolled yet: give it an enrolment code with --code")]
    NotEnrolled,
    /// It was enrolled elsewhere.
    #[error("this phone is enrolled with {0}: name that with --server, or enrol again with --code")]
    OtherServer(String),
    /// The service has signed it out.
    #[error("this phone was signed out: enrol it again with --code")]
    SignedOut,
    /// The service refused or did not answer.
    #[error("{doing}: {source}")]
    Service {
        /// What was tried.
        doing: &'static str,
        /// What came of it.
        source: ClientError,
    },
    /// Its memory cannot be used.
    #[error("{0}")]
    Memory(#[from] MemoryError),
    /// Its key cannot be used.
    #[error("{0}")]
    Key(#[from] UnusableKey),
    /// It cannot receive.
    #[error("the phone's push service cannot start: {0}")]
    PushService(#[from] io::Error),
}

impl Arguments {
    /// The staff account to sign in to, if one was named.
    fn account(&self) -> Option<StaffAccount> {
        Some(StaffAccount {
            email: self.email.clone()?,
            password: self.password.clone()?,
            code: self.authenticator_code.clone()?,
        })
    }
}

fn failed(doing: &'static str) -> impl FnOnce(ClientError) -> PhoneError {
    move |source| PhoneError::Service { doing, source }
}

/// Is the phone until the user has enough of it.
///
/// # Errors
/// Whatever keeps it from being one; see [`PhoneError`].
pub async fn run(arguments: Arguments, clock: Arc<dyn Clock>) -> Result<(), PhoneError> {
    let screen = Screen::open();
    let mut phone = Phone::turn_on(arguments, clock, screen).await?;
    phone.show_what_waits().await;
    let mut keyboard = Keyboard::open();
    screen.say(phone.owner.keys());
    let mut shown = 0;
    loop {
        tokio::select! {
            received = phone.push_service.wait_for(shown + 1) => {
                for message in received.iter().skip(shown) {
                    phone.open(&message.payload).await;
                }
                shown = received.len();
            }
            pressed = keyboard.next() => match pressed {
                Pressed::Quit => return Ok(()),
                Pressed::Typed(typed) if phone.answering.is_some() => phone.answer(&typed).await,
                Pressed::Typed(typed) if phone.talk.is_some() => phone.go_on(&typed).await,
                Pressed::Typed(typed) => match typed.key() {
                    Some(Key::Quit) => return Ok(()),
                    Some(key) => phone.press_key(key).await,
                    None => {}
                },
            },
            () = sleep_until(phone.refresh_at) => phone.refresh().await?,
        }
    }
}

struct Phone {
    client: Client,
    memory: Memory,
    push_service: PushService,
    screen: Screen,
    refresh_at: Tick,
    /// Whose phone it is.
    owner: Owner,
    /// The notification on top.
    current: Option<PushPayload>,
    /// The times to choose from that were shown last.
    choice: Option<Choice>,
    /// The check-in that is being answered.
    answering: Option<Answering>,
    /// What else is being asked.
    talk: Option<Talk>,
}

impl Phone {
    async fn press_key(&mut self, key: Key) {
        if !key.is_of(self.owner.is_staff) {
            return self.screen.say("That key does nothing here.");
        }
        match key {
            Key::Confirm => self.press(NotificationAction::Confirm).await,
            Key::AskToMove => self.press(NotificationAction::AskToMove).await,
            Key::Button => self.press_the_button().await,
            Key::Open => self.details().await,
            Key::Choose(number) => self.choose(number).await,
            Key::Answer => self.begin_to_answer().await,
            Key::List => self.list().await,
            Key::Way => self.way().await,
            Key::How => self.how().await,
            Key::Goals => self.goals().await,
            Key::Permissions => self.permissions().await,
            Key::Today => self.today().await,
            Key::Work => self.work().await,
            Key::Visit => self.visit().await,
            Key::Quit => {}
        }
    }

    /// Asks the first question of the check-in that is most pressing, or goes on with it.
    async fn begin_to_answer(&mut self) {
        match self.client.check_ins().await {
            Ok(check_ins) => {
                self.answering = Answering::first_of(&check_ins);
                match &self.answering {
                    Some(answering) => self.screen.say(&answering.lines().join("\n")),
                    None => self.screen.say("There is nothing to answer."),
                }
            }
            Err(error) => self.screen.say(&format!("Not possible: {error}")),
        }
    }

    async fn answer(&mut self, typed: &Typed) {
        let Some(mut answering) = self.answering.take() else { return };
        if answering.is_written() {
            self.screen.echo(typed);
        }
        let (step, seen) = (answering.take(typed), (answering.id.clone(), answering.version));
        let answered = match step {
            Step::Wait | Step::Ask | Step::Again(_) => None,
            Step::Leave => return self.screen.say("What you answered is kept: [a] goes on."),
            Step::Save => Some(self.client.save_answers(&seen.0, seen.1, &answering.body(false)).await),
            Step::Submit { call_wanted } => {
                Some(self.client.submit(&seen.0, seen.1, &answering.body(call_wanted)).await)
            }
        };
        match answered {
            Some(Ok(check_in)) => {
                let lines = check_in::help(&check_in);
                if !lines.is_empty() {
                    self.screen.say(&lines.join("\n"));
                }
                if matches!(step, Step::Submit { .. }) {
                    return self.screen.say("✓ Thank you. Your answers were sent.");
                }
                answering.version =
                    check_in.get("version").and_then(serde_json::Value::as_i64).unwrap_or(seen.1);
            }
            Some(Err(error)) => {
                return self.screen.say(&format!("Not done: {error}. [a] begins again with what was kept."));
            }
            None => {}
        }
        if let Step::Again(remark) = step {
            self.screen.say(remark);
        }
        if step != Step::Wait {
            self.screen.say(&answering.lines().join("\n"));
        }
        self.answering = Some(answering);
    }

    async fn turn_on(
        arguments: Arguments,
        clock: Arc<dyn Clock>,
        screen: Screen,
    ) -> Result<Self, PhoneError> {
        let server = arguments.server.trim_end_matches('/').to_owned();
        let account = arguments.account();
        let (client, memory, lives_for) = match (&arguments.code, &account) {
            (Some(_), _) | (None, Some(_)) => {
                let mut client = Client::new(&server, DeviceKey::generate()?, clock.clone())
                    .map_err(failed("cannot connect"))?;
                let tokens = match (&arguments.code, &account) {
                    (Some(code), _) => client.enrol(code).await.map_err(failed("cannot enrol"))?,
                    (None, Some(account)) => {
                        client.sign_in(account).await.map_err(failed("cannot sign in"))?
                    }
                    (None, None) => return Err(PhoneError::NotEnrolled),
                };
                let memory = Memory::new(&arguments.state, &server, client.key(), tokens.refresh_token)?;
                memory.save()?;
                screen.say("Enrolled.");
                (client, memory, tokens.expires_in)
            }
            (None, None) => {
                let mut memory = Memory::load(&arguments.state)?.ok_or(PhoneError::NotEnrolled)?;
                if memory.server != server {
                    return Err(PhoneError::OtherServer(memory.server));
                }
                let mut client = Client::new(&server, memory.device_key()?, clock.clone())
                    .map_err(failed("cannot connect"))?;
                let tokens = client.refresh(&memory.refresh_token).await.map_err(signed_out)?;
                memory.refresh_token = tokens.refresh_token;
                memory.save()?;
                (client, memory, tokens.expires_in)
            }
        };
        let push_service = PushService::start(clock).await?;
        let refresh_at = refresh_at(lives_for);
        let owner = Owner::of(&client.get("/v1/me").await.map_err(failed("cannot tell whose phone it is"))?);
        let mut phone = Self {
            client,
            memory,
            push_service,
            screen,
            refresh_at,
            owner,
            current: None,
            choice: None,
            answering: None,
            talk: None,
        };
        phone.subscribe().await?;
        Ok(phone)
    }

    /// The port, and so the endpoint, is another one at every start.
    async fn subscribe(&mut self) -> Result<(), PhoneError> {
        let sender = self.client.public_key().await.map_err(failed("cannot subscribe"))?;
        let keys = self.memory.subscription_keys()?;
        let subscription: Subscription = self.push_service.subscribe_with(keys, &sender);
        let known_as = self.memory.device_id;
        let id = self.client.register(known_as, &subscription).await.map_err(failed("cannot register"))?;
        self.memory.device_id = Some(id);
        Ok(self.memory.save()?)
    }

    async fn refresh(&mut self) -> Result<(), PhoneError> {
        match self.client.refresh(&self.memory.refresh_token).await {
            Ok(tokens) => {
                self.refresh_at = refresh_at(tokens.expires_in);
                self.memory.refresh_token = tokens.refresh_token;
                Ok(self.memory.save()?)
            }
            Err(ClientError::Network(cause)) => {
                self.screen.say(&format!("No connection ({cause}); trying again."));
                self.refresh_at = Tick::now() + REFRESH_AGAIN;
                Ok(())
            }
            Err(error) => Err(signed_out(error)),
        }
    }

    /// Opens what came: the notification itself, or the news that there is one.
    async fn open(&mut self, message: &[u8]) {
        if let Ok(payload) = serde_json::from_slice::<PushPayload>(message) {
            return self.show(payload).await;
        }
        let Ok(wake_up) = serde_json::from_slice::<PushWakeUp>(message) else {
            return self.screen.say("Something came that is no notification.");
        };
        match self.client.notifications().await {
            Ok(list) => {
                if let Some(found) = list.into_iter().find(|one| one.content.tag == wake_up.tag) {
                    self.show(found.content).await;
                }
            }
            Err(error) => self.screen.say(&format!("There is a notification, but: {error}")),
        }
    }

    async fn show(&mut self, payload: PushPayload) {
        self.screen.show(&payload);
        if let Err(error) = self.client.receipt(&payload.receipt_token, ReceiptEvent::Seen).await {
            self.screen.say(&format!("(No receipt could be sent: {error})"));
        }
        self.current = Some(payload);
    }

    /// What came while the phone was off.
    async fn show_what_waits(&mut self) {
        let Ok(list) = self.client.notifications().await else { return };
        let now = self.client.now();
        let mut shown: HashSet<String> = HashSet::new();
        // The newest come first; what they replace is not shown beside them.
        let mut newest: Vec<_> =
            list.into_iter().filter(|one| shown.insert(one.content.tag.clone())).collect();
        newest.reverse();
        for missed in newest {
            if missed.seen_at.is_none() && missed.expires_at > now {
                self.show(missed.content).await;
            }
        }
    }

    async fn list(&mut self) {
        match self.client.notifications().await {
            Ok(list) if list.is_empty() => self.screen.say("No notifications."),
            Ok(list) => {
                for one in list.into_iter().rev() {
                    self.screen.show(&one.content);
                    self.current = Some(one.content);
                }
            }
            Err(error) => self.screen.say(&format!("Not possible: {error}")),
        }
    }

    /// Presses the first button that has no key of its own.
    async fn press_the_button(&mut self) {
        let shown = self.current.as_ref().map(|payload| payload.actions.iter().map(|button| button.action));
        let own = [NotificationAction::Confirm, NotificationAction::AskToMove];
        match shown.into_iter().flatten().find(|action| !own.contains(action)) {
            Some(action) => self.press(action).await,
            None => self.screen.say("There is no such button here."),
        }
    }

    async fn press(&mut self, action: NotificationAction) {
        let button = self
            .current
            .as_ref()
            .and_then(|payload| payload.actions.iter().find(|button| button.action == action));
        let Some(button) = button else {
            return self.screen.say("There is no such button here.");
        };
        match self.client.act(&button.token).await {
            Ok(Acted { state, time }) => {
                let when = details::text(&time, "/local").replace('T', " ");
                self.screen.say(&match action {
                    NotificationAction::Confirm => {
                        format!("✓ The appointment of {when} is confirmed ({state}).")
                    }
                    NotificationAction::AskToMove => {
                        format!("✓ The appointment of {when} is to be moved; the host was told ({state}).")
                    }
                    _ => format!("✓ Done ({state})."),
                });
            }
            Err(error)
                if matches!(error.code(), Some(ProblemCode::ActionExpired | ProblemCode::ActionUsed)) =>
            {
                self.screen.say("That button is of no use any more: [o] opens what it was about.");
            }
            Err(error) => self.screen.say(&format!("Not done: {error}. Press again to try again.")),
        }
    }

    async fn details(&mut self) {
        let Some(payload) = &self.current else { return self.screen.say("Nothing to open yet.") };
        match payload.subject.kind {
            contract::SubjectKind::CheckIn if !self.owner.is_staff => return self.begin_to_answer().await,
            contract::SubjectKind::WorkItem => return self.work().await,
            _ => {}
        }
        match self.client.appointment(payload.subject.id).await {
            Ok(appointment) => {
                self.choice = Choice::of(&appointment);
                self.screen.say(&details::lines(&appointment, payload.direction).join("\n"));
                if self.choice.is_some() {
                    self.screen.say("Press the number of the time that suits.");
                }
            }
            Err(error) => self.screen.say(&format!("Not possible: {error}")),
        }
    }

    async fn choose(&mut self, number: u8) {
        let chosen = self.choice.as_ref().and_then(|choice| Some((choice, choice.slot(number)?)));
        let Some((choice, slot)) = chosen else {
            return self.screen.say("There is no such time to choose: [o] shows what there is.");
        };
        match self.client.choose(choice.appointment, choice.version, slot).await {
            Ok(appointment) => {
                let when = details::text(&appointment, "/local_start").replace('T', " ");
                let state = details::text(&appointment, "/state");
                self.screen.say(&format!("✓ The appointment is on {when} ({state})."));
                self.choice = None;
            }
            Err(error) => self.screen.say(&format!("Not done: {error}. [o] shows what can be chosen now.")),
        }
    }
}

fn refresh_at(lives_for: i64) -> Tick {
    let lives_for = Duration::from_secs(u64::try_from(lives_for).unwrap_or(0));
    Tick::now() + lives_for.saturating_sub(REFRESH_BEFORE).max(REFRESH_AGAIN)
}

fn signed_out(error: ClientError) -> PhoneError {
    match error.code() {
        Some(ProblemCode::CredentialRefused | ProblemCode::Unauthenticated) => PhoneError::SignedOut,
        _ => PhoneError::Service { doing: "cannot sign in", source: error },
    }
}

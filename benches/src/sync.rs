//! A thousand phones that pull at once: each begins with nothing and follows to the end, and then all ask again and again although nothing
//! is new. A quarter are mentors' with forty people each, the others participants'.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use contract::SessionId;
use contract::time::{Clock, SystemClock};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::Failure;
use crate::client::{Client, request};
use crate::processes::{forget_peak, peak_mib, processor_seconds};
use crate::store::{Kind, Service, Shape};

/// What is to be measured.
#[derive(Debug)]
pub struct SyncArguments {
    /// The program of the service.
    pub binary: PathBuf,
    /// A folder on a disk.
    pub folder: PathBuf,
    /// Whether a bound that is missed is a failure.
    pub gates: bool,
}

const MENTORS: usize = 250;
const PARTICIPANTS: usize = 750;
/// How often each phone asks when nothing is new.
const ASKED_AGAIN: usize = 20;
/// When a phone comes again that was sent away, as `Retry-After` says.
const LATER: Duration = Duration::from_secs(1);
/// What such a request may cost, in milliseconds of processor time.
const NOTHING_NEW: f64 = 1.0;

/// One phone.
struct Phone {
    client: Client,
    token: String,
    cursor: Option<String>,
    pages: usize,
    bytes: usize,
    /// How often it was told to come again.
    sent_away: usize,
    times: Vec<f64>,
}

impl Phone {
    async fn ask(&mut self) -> Result<bool, Failure> {
        let cursor = self.cursor.as_ref().map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        let asked = request("GET", &format!("/v1/sync{cursor}"), &self.token, None);
        let began = Instant::now();
        let mut status = self.client.ask(&asked).await?;
        while status == 503 {
            self.sent_away += 1;
            tokio::time::sleep(LATER).await;
            status = self.client.ask(&asked).await?;
        }
        self.times.push(began.elapsed().as_secs_f64() * 1_000.0);
        if status != 200 {
            return Err(format!("answered {status}: {}", String::from_utf8_lossy(self.client.body())).into());
        }
        self.pages += 1;
        self.bytes += self.client.body().len();
        let page: Value = serde_json::from_slice(self.client.body())?;
        self.cursor = page.get("cursor").and_then(Value::as_str).map(str::to_owned);
        Ok(page.get("more") == Some(&json!(true)))
    }
}

/// Measures, and prints a line of JSON for each part.
pub async fn run(arguments: &SyncArguments) -> Result<ExitCode, Failure> {
    let shape = Shape {
        mentors: MENTORS,
        participants_each: 40,
        rounds: 520,
        before: TimeDelta::days(20),
        ..Shape::of_requests(SystemClock.now(), 50)
    };
    let service = Service::embedded(&arguments.binary, &arguments.folder.join("sync"));
    service.settle(&shape).await?;
    let program = service.start().await?;
    let phones = phones(&service, &shape, program.address).await?;
    forget_peak(program.id()?)?;

    let (phones, started) = together(program.id()?, phones, async |phone| {
        while phone.ask().await? {}
        Ok(())
    })
    .await?;
    let (pages, bytes) =
        phones.iter().fold((0, 0), |(pages, bytes), phone| (pages + phone.pages, bytes + phone.bytes));
    let of_mentors: usize = phones.iter().take(MENTORS).map(|phone| phone.bytes).sum();
    print(&json!({
        "part": "a thousand phones begin", "seconds": started.seconds, "pages": pages, "pages_per_second": pages as f64 / started.seconds,
        "cpu_ms_per_page": started.processor / pages as f64 * 1_000.0, "bytes": bytes, "bytes_of_a_mentor": of_mentors / MENTORS,
        "sent_away": phones.iter().map(|phone| phone.sent_away).sum::<usize>(),
        "p50_ms": within(&started.times, 0.5), "p99_ms": within(&started.times, 0.99), "peak_mib": peak_mib(program.id()?)?,
    }))?;

    let (phones, again) = together(program.id()?, phones, async |phone| {
        for _ in 0..ASKED_AGAIN {
            if phone.ask().await? {
                return Err("something was new".into());
            }
        }
        Ok(())
    })
    .await?;
    let asked = phones.len() * ASKED_AGAIN;
    let cost = again.processor / asked as f64 * 1_000.0;
    print(&json!({
        "part": "nothing is new", "seconds": again.seconds, "per_second": asked as f64 / again.seconds, "cpu_ms": cost,
        "p50_ms": within(&again.times, 0.5), "p99_ms": within(&again.times, 0.99), "peak_mib": peak_mib(program.id()?)?,
    }))?;
    program.stop().await?;
    if arguments.gates && cost > NOTHING_NEW {
        writeln!(
            std::io::stderr(),
            "missed: asking for nothing new costs {cost:.2} ms, at most {NOTHING_NEW}"
        )?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

async fn phones(service: &Service, shape: &Shape, address: SocketAddr) -> Result<Vec<Phone>, Failure> {
    let app = service.open_for(address).await?;
    let now = SystemClock.now();
    let mentors = (0..MENTORS).map(|number| (Kind::Mentor, Kind::MentorSession, number));
    let participants = (0..PARTICIPANTS).map(|number| (Kind::Participant, Kind::ParticipantSession, number));
    let mut phones = Vec::new();
    for (person, session, number) in mentors.chain(participants) {
        let session = SessionId(shape.id(session, number));
        let token = app.sign_in.access_tokens.issue(shape.id(person, number), session, now)?;
        let client = Client::connect(address).await?;
        phones.push(Phone {
            client,
            token,
            cursor: None,
            pages: 0,
            bytes: 0,
            sent_away: 0,
            times: Vec::new(),
        });
    }
    app.db.close().await;
    Ok(phones)
}

struct Together {
    seconds: f64,
    processor: f64,
    times: Vec<f64>,
}

/// All phones at once; how long each request took.
async fn together(
    program: u32,
    phones: Vec<Phone>,
    deed: impl AsyncFn(&mut Phone) -> Result<(), Failure> + Copy + 'static,
) -> Result<(Vec<Phone>, Together), Failure> {
    let local = tokio::task::LocalSet::new();
    let mut tasks = JoinSet::new();
    let (began, processor) = (Instant::now(), processor_seconds(program)?);
    for (number, mut phone) in phones.into_iter().enumerate() {
        tasks.spawn_local_on(
            async move {
                deed(&mut phone).await?;
                Ok::<_, Failure>((number, phone))
            },
            &local,
        );
    }
    let mut done = Vec::new();
    local
        .run_until(async {
            while let Some(phone) = tasks.join_next().await {
                done.push(phone??);
            }
            Ok::<_, Failure>(())
        })
        .await?;
    let (seconds, processor) = (began.elapsed().as_secs_f64(), processor_seconds(program)? - processor);
    done.sort_by_key(|(number, _)| *number);
    let mut phones: Vec<Phone> = done.into_iter().map(|(_, phone)| phone).collect();
    let mut times: Vec<f64> = phones.iter_mut().flat_map(|phone| std::mem::take(&mut phone.times)).collect();
    times.sort_by(f64::total_cmp);
    // What is awaited in the next part must not be cut short by this one's end.
    tokio::time::sleep(Duration::from_millis(100)).await;
    Ok((phones, Together { seconds, processor, times }))
}

fn within(times: &[f64], share: f64) -> f64 {
    let last = times.len().saturating_sub(1);
    times.get((share * last as f64).round() as usize).copied().unwrap_or(0.0)
}

fn print(line: &Value) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

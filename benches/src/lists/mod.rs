//! The lists of the API at size: 100,000 participants with five million rows of history, among them a million appointments and half a million
//! lines of the audit log, on the embedded database. How long one caller waits: when everything was read before (warm), and right after a start when nothing was
//! (cold). And how long somebody who writes meanwhile waits.

mod catalogue;
mod report;

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bytes::Bytes;
use care::App;
use contract::time::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::Failure;
use crate::client::{Client, request};
use crate::requests::created;
use crate::store::{Service, Shape};
use catalogue::{Asking, LISTS, List};

/// What is to be measured.
#[derive(Debug)]
pub struct ListsArguments {
    /// The program of the service.
    pub binary: PathBuf,
    /// Where the filled store lies or is to lie.
    pub store: PathBuf,
    /// A folder on a disk, for a copy of it.
    pub folder: PathBuf,
    /// How often each list is asked for when warm.
    pub warm: usize,
    /// How often each is asked for after a fresh start.
    pub cold: usize,
    /// What the name of a list must have in it, or the word for who asks: all others are left out.
    pub only: Option<String>,
    /// Whether a bound that is missed is a failure.
    pub gates: bool,
}

impl ListsArguments {
    fn wants(&self, list: &List) -> bool {
        let whole = format!("{} {}", list.caller.word(), list.name);
        self.only.as_ref().is_none_or(|only| whole.contains(only))
    }
}

/// One list's times, in milliseconds.
pub struct Figure {
    list: &'static List,
    warm: Vec<f64>,
    cold: Vec<f64>,
    /// How long somebody else waited who made an appointment meanwhile.
    writer: Vec<f64>,
    bytes: usize,
}

/// How often somebody writes while lists are read.
const WRITES: usize = 10;
/// Asked and not counted.
const UNCOUNTED: usize = 10;
/// The file that says that a store is whole, and when it was filled.
const FILLED: &str = "filled-at";

/// Measures, prints a line of JSON for each list, then the table.
pub async fn run(arguments: &ListsArguments) -> Result<ExitCode, Failure> {
    let shape = filled(arguments).await?;
    let stored = Service::embedded(&arguments.binary, &arguments.store);
    let service = stored.copy(&arguments.folder.join("lists"), None)?;
    let may_drop = drop_page_cache().is_ok();
    // Warm means that everything was read before; a copy need not have left all of it in the kernel's page cache.
    service.read_through()?;

    let mut figures = Vec::new();
    let program = service.start().await?;
    let app = service.open_for(program.address).await?;
    let mut bench = Bench { app: &app, shape: &shape, address: program.address, asked: 0, written: 0 };
    let alone = bench.write(&mut Client::connect(program.address).await?, WRITES * 5).await?;
    for list in LISTS.iter().filter(|list| arguments.wants(list)) {
        figures.push(bench.warm(list, arguments.warm).await?);
    }
    let (mut asked, written) = (bench.asked, bench.written);
    app.db.close().await;
    program.stop().await?;

    for figure in &mut figures {
        for _ in 0..arguments.cold {
            // Afresh each time: the program's own memory holds pages too.
            let program = service.start().await?;
            let app = service.open_for(program.address).await?;
            let mut bench = Bench { app: &app, shape: &shape, address: program.address, asked, written };
            if may_drop {
                drop_page_cache()?;
            }
            figure.cold.push(bench.once(figure.list).await?);
            asked = bench.asked;
            app.db.close().await;
            program.stop().await?;
        }
        writeln!(std::io::stdout(), "{}", figure.line())?;
    }
    Ok(report::print(&figures, &alone, may_drop, arguments.gates))
}

/// The shape of the store, which is filled first unless an earlier run did.
async fn filled(arguments: &ListsArguments) -> Result<Shape, Failure> {
    let mark = arguments.store.join(FILLED);
    if let Ok(text) = std::fs::read_to_string(&mark) {
        let then = contract::time::Instant::from_micros(text.trim().parse()?).ok_or("no such time")?;
        let shape = Shape::of_lists(then);
        if SystemClock.now() < then.saturating_add(shape.quiet) {
            return Ok(shape);
        }
        // Its reminders have come due since, and would be sent meanwhile.
        std::fs::remove_dir_all(&arguments.store)?;
    }
    let shape = Shape::of_lists(SystemClock.now());
    Service::embedded(&arguments.binary, &arguments.store).settle(&shape).await?;
    std::fs::write(mark, shape.now.as_micros().to_string())?;
    Ok(shape)
}

/// Makes the kernel forget what it read from files. Only root can.
fn drop_page_cache() -> Result<(), Failure> {
    Ok(std::fs::write(Path::new("/proc/sys/vm/drop_caches"), "3")?)
}

struct Bench<'a> {
    app: &'a App,
    shape: &'a Shape,
    address: SocketAddr,
    /// How many askings there were: each is about somebody else.
    asked: usize,
    /// How many appointments were made.
    written: usize,
}

impl Bench<'_> {
    /// Reads a list again and again, then again while somebody writes.
    async fn warm(&mut self, list: &'static List, times: usize) -> Result<Figure, Failure> {
        let mut client = Client::connect(self.address).await?;
        let mut figure = Figure { list, warm: Vec::new(), cold: Vec::new(), writer: Vec::new(), bytes: 0 };
        for number in 0..UNCOUNTED + times {
            let request = self.next(list, &mut client).await?;
            let taken = ask(&mut client, &request, list).await?;
            figure.bytes = figure.bytes.max(client.body().len());
            if number >= UNCOUNTED {
                figure.warm.push(taken);
            }
        }
        let request = self.next(list, &mut client).await?;
        let mut writer = Client::connect(self.address).await?;
        let reading = async {
            loop {
                ask(&mut client, &request, list).await?;
            }
        };
        tokio::select! {
            failed = reading => { let never: Result<std::convert::Infallible, Failure> = failed; never?; }
            written = self.write(&mut writer, WRITES) => figure.writer = written?,
        }
        Ok(figure)
    }

    /// Reads a list once.
    async fn once(&mut self, list: &'static List) -> Result<f64, Failure> {
        let mut client = Client::connect(self.address).await?;
        let request = self.next(list, &mut client).await?;
        ask(&mut client, &request, list).await
    }

    /// The next asking for this list. For a second page, the first one is read to know where it begins.
    async fn next(&mut self, list: &List, client: &mut Client) -> Result<Bytes, Failure> {
        let asking = Asking::new(self.shape, self.asked);
        self.asked += 1;
        let token = asking.token(self.app, list.caller)?;
        let path = (list.path)(&asking);
        if !list.is_second_page {
            return Ok(request("GET", &path, &token, None));
        }
        ask(client, &request("GET", &path, &token, None), list).await?;
        let page: Value = serde_json::from_slice(client.body())?;
        let cursor = page.pointer("/next_cursor").and_then(Value::as_str).ok_or("there is only one page")?;
        Ok(request("GET", &format!("{path}&cursor={cursor}"), &token, None))
    }

    /// Makes appointments one after the other; how long each took.
    async fn write(&mut self, client: &mut Client, count: usize) -> Result<Vec<f64>, Failure> {
        let mut times = Vec::new();
        for request in created(self.app, self.shape, self.written..self.written + count)? {
            let began = Instant::now();
            let status = client.ask(&request).await?;
            times.push(milliseconds(began.elapsed()));
            if status != 201 && status != 409 {
                return Err(format!("POST /v1/appointments answered {status}").into());
            }
        }
        self.written += count;
        Ok(times)
    }
}

async fn ask(client: &mut Client, request: &[u8], list: &List) -> Result<f64, Failure> {
    let began = Instant::now();
    let status = client.ask(request).await?;
    let taken = milliseconds(began.elapsed());
    if status == 200 {
        return Ok(taken);
    }
    Err(format!(
        "{} ({}): {status} {}",
        list.name,
        list.caller.word(),
        String::from_utf8_lossy(client.body())
    )
    .into())
}

fn milliseconds(taken: Duration) -> f64 {
    taken.as_secs_f64() * 1_000.0
}

impl Figure {
    fn line(&self) -> Value {
        json!({
            "list": self.list.name,
            "caller": self.list.caller.word(),
            "warm_p50_ms": report::share(&self.warm, 0.5),
            "warm_p99_ms": report::share(&self.warm, 0.99),
            "cold_ms": self.cold,
            "writer_longest_ms": report::share(&self.writer, 1.0),
            "bytes": self.bytes,
        })
    }
}

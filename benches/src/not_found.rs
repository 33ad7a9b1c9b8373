//! Whether the time of a 404 tells that something exists: a mentor asks a running service for files and appointments that are
//! out of their scope and for ones that do not exist, by turns, and the medians are compared. What may lie between them is
//! five hundredths. The tests compare the answers and the statements behind them; a time is measured, not tested, since a
//! busy machine would make it a lottery.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bytes::Bytes;
use contract::{AppointmentId, ParticipantId, SystemIds};
use http_body_util::{BodyExt, Empty};
use hyper::header::AUTHORIZATION;
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::Failure;
use crate::arguments::NotFoundArguments;

/// How far apart the two medians may be.
const BOUND: f64 = 0.05;
/// Requests before the first that counts: connections, caches, prepared statements.
const WARM_UP: usize = 200;

/// Measures, and prints one line of JSON for each operation. Fails if a bound is missed.
pub async fn measure(arguments: &NotFoundArguments) -> Result<ExitCode, Failure> {
    let service = Service::open(&arguments.credentials)?;
    let mut code = ExitCode::SUCCESS;
    for (name, path) in [("participant", "/v1/participants"), ("appointment", "/v1/appointments")] {
        let foreign = service.out_of_scope(path).await?;
        let mut times = Times::default();
        for turn in 0..WARM_UP + arguments.count {
            let absent = match name {
                "participant" => ParticipantId::new(&SystemIds).to_string(),
                _ => AppointmentId::new(&SystemIds).to_string(),
            };
            // Neither is always the first: whatever the one leaves behind, the other finds as often.
            for is_absent in [turn % 2 == 0, turn % 2 != 0] {
                let id = if is_absent { &absent } else { &foreign };
                let took = service.refused(&format!("{path}/{id}")).await?;
                if turn >= WARM_UP {
                    times.of(is_absent).push(took);
                }
            }
        }
        let (absent, out_of_scope) = (median(times.absent), median(times.out_of_scope));
        let ratio = out_of_scope.as_secs_f64() / absent.as_secs_f64();
        println!(
            "{}",
            json!({
                "operation": name,
                "requests": arguments.count,
                "absent_microseconds": absent.as_secs_f64() * 1e6,
                "out_of_scope_microseconds": out_of_scope.as_secs_f64() * 1e6,
                "ratio": ratio,
            })
        );
        if (ratio - 1.0).abs() > BOUND {
            eprintln!("{name}: the two differ by more than {BOUND}");
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

#[derive(Default)]
struct Times {
    absent: Vec<Duration>,
    out_of_scope: Vec<Duration>,
}

impl Times {
    fn of(&mut self, is_absent: bool) -> &mut Vec<Duration> {
        if is_absent { &mut self.absent } else { &mut self.out_of_scope }
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A running service and who asks it.
struct Service {
    client: Client<HttpConnector, Empty<Bytes>>,
    base_url: String,
    mentor: String,
    manager: String,
}

impl Service {
    /// As `muwakaba demo --credentials-file` wrote it down.
    fn open(credentials: &Path) -> Result<Self, Failure> {
        let file: Value = serde_json::from_slice(&std::fs::read(credentials)?)?;
        let text = |pointer: &str| {
            let found = file.pointer(pointer).and_then(Value::as_str).map(ToOwned::to_owned);
            found.ok_or_else(|| format!("{} has no {pointer}", credentials.display()))
        };
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            base_url: text("/base_url")?,
            mentor: text("/tokens/mentor")?,
            manager: text("/tokens/manager")?,
        })
    }

    async fn get(&self, path: &str, token: &str) -> Result<(StatusCode, Bytes), Failure> {
        let request = Request::get(format!("{}{path}", self.base_url))
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(Empty::new())?;
        let answer = self.client.request(request).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }

    /// One that the manager sees and the mentor does not.
    async fn out_of_scope(&self, path: &str) -> Result<String, Failure> {
        let (of_manager, of_mentor) =
            (self.ids(path, &self.manager).await?, self.ids(path, &self.mentor).await?);
        let mut foreign = of_manager.into_iter().filter(|id| !of_mentor.contains(id));
        foreign.next().ok_or_else(|| format!("{path}: the mentor sees all of the centre").into())
    }

    async fn ids(&self, path: &str, token: &str) -> Result<Vec<String>, Failure> {
        let (status, body) = self.get(&format!("{path}?limit=200"), token).await?;
        let page: Value = serde_json::from_slice(&body)?;
        let Some(items) = page.pointer("/items").and_then(Value::as_array) else {
            return Err(format!("{path}: {status} {page}").into());
        };
        let id = |item: &Value| item.pointer("/id").and_then(Value::as_str).map(ToOwned::to_owned);
        Ok(items.iter().filter_map(id).collect())
    }

    /// Asks as the mentor, who must hear 404; how long it took.
    async fn refused(&self, path: &str) -> Result<Duration, Failure> {
        let began = Instant::now();
        let (status, _) = self.get(path, &self.mentor).await?;
        let took = began.elapsed();
        if status == StatusCode::NOT_FOUND { Ok(took) } else { Err(format!("{path}: {status}").into()) }
    }
}

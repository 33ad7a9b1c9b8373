//! Whether the time of a 404 tells that something exists: somebody asks a running service for what is out of their scope and for
//! what does not exist, by turns, and the medians are compared. What may lie between them is five hundredths. Looked at is every
//! operation that names one thing and every body that makes it do something else on the way there. The tests compare the
//! answers and the statements behind them; a time is measured, not tested, since a busy machine would make it a lottery.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bytes::Bytes;
use contract::SystemIds;
use http_body_util::{BodyExt, Full};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, IF_MATCH};
use hyper::{Method, Request, StatusCode};
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

/// One way of asking for something.
struct Probe {
    name: &'static str,
    method: Method,
    /// `{id}` is the thing.
    path: &'static str,
    /// `{id}` is the thing here too, for operations whose body names it.
    body: Option<Value>,
    /// Who asks.
    caller: &'static str,
    /// A list in which somebody else finds it and the caller does not.
    seen_by: (&'static str, &'static str),
}

fn probes() -> Vec<Probe> {
    const PEOPLE: &str = "/v1/participants";
    const MEETINGS: &str = "/v1/appointments";
    const STAFF: &str = "/v1/staff";
    let probe =
        |name, method, path, body, caller, seen_by| Probe { name, method, path, body, caller, seen_by };
    let (get, post, patch) = (Method::GET, Method::POST, Method::PATCH);
    let (near, far) = ("manager", "manager_elsewhere");
    let slot = |id: &str| {
        json!({"participant_id": id, "host_id": "01936f6e-4d00-7000-8000-000000000001", "kind": "legal_counselling",
               "local_start": "2030-12-02T10:00:00", "duration_minutes": 30, "place": {"kind": "phone"}})
    };
    let staff_id = json!({"staff_id": "01936f6e-4d00-7000-8000-000000000001"});
    let access = json!({"reason": "Nobody else can be reached", "minutes": 30});
    let moved = json!({"local_start": "2030-12-02T10:00:00", "duration_minutes": 30});
    let visit = json!({"participant_id": "{id}", "kind": "home", "local_start": "2026-11-02T10:00:00", "duration_minutes": 40,
                       "readers": "staff", "narrative": "Lives with a brother for now"});
    let goal = json!({"participant_id": "{id}", "what": "A room of my own"});
    vec![
        probe("read a file", get.clone(), "/v1/participants/{id}", None, "mentor", (near, PEOPLE)),
        probe("read an appointment", get.clone(), "/v1/appointments/{id}", None, "mentor", (near, MEETINGS)),
        probe("read notes", get.clone(), "/v1/appointments/{id}/notes", None, "mentor", (near, MEETINGS)),
        probe(
            "read assignments",
            get.clone(),
            "/v1/participants/{id}/assignments",
            None,
            "mentor",
            (near, PEOPLE),
        ),
        probe(
            "read a timeline",
            get.clone(),
            "/v1/participants/{id}/timeline",
            None,
            "mentor",
            (near, PEOPLE),
        ),
        probe("read goals", get.clone(), "/v1/participants/{id}/goals", None, "mentor", (near, PEOPLE)),
        probe("read plans", get.clone(), "/v1/participants/{id}/plans", None, "mentor", (near, PEOPLE)),
        probe(
            "read ways to reach",
            get.clone(),
            "/v1/participants/{id}/contact-ways",
            None,
            "mentor",
            (near, PEOPLE),
        ),
        probe(
            "list work about somebody",
            get.clone(),
            "/v1/work-items?participant_id={id}",
            None,
            "mentor",
            (near, PEOPLE),
        ),
        probe(
            "list calls to somebody",
            get.clone(),
            "/v1/calls-to-make?participant_id={id}",
            None,
            "mentor",
            (near, PEOPLE),
        ),
        probe("read an account", get, "/v1/staff/{id}", None, near, (far, STAFF)),
        probe("log a visit", post.clone(), "/v1/visits", Some(visit), "mentor", (near, PEOPLE)),
        probe("set a goal", post.clone(), "/v1/goals", Some(goal), "mentor", (near, PEOPLE)),
        probe(
            "change a file",
            patch.clone(),
            "/v1/participants/{id}",
            Some(json!({"language": "fr"})),
            near,
            (far, PEOPLE),
        ),
        probe(
            "change a zone",
            patch.clone(),
            "/v1/participants/{id}",
            Some(json!({"zone": "Europe/Paris"})),
            near,
            (far, PEOPLE),
        ),
        probe(
            "close a file",
            post.clone(),
            "/v1/participants/{id}/withdraw",
            Some(json!({"reason": "moved_away"})),
            near,
            (far, PEOPLE),
        ),
        probe(
            "change an account",
            patch.clone(),
            "/v1/staff/{id}",
            Some(json!({"language": "fr"})),
            near,
            (far, STAFF),
        ),
        probe(
            "change a role",
            patch.clone(),
            "/v1/staff/{id}",
            Some(json!({"role": "counsellor"})),
            near,
            (far, STAFF),
        ),
        probe(
            "close an account",
            patch,
            "/v1/staff/{id}",
            Some(json!({"active": false})),
            near,
            (far, STAFF),
        ),
        probe("schedule", post.clone(), "/v1/appointments", Some(slot("{id}")), near, (far, PEOPLE)),
        probe(
            "assign",
            post.clone(),
            "/v1/participants/{id}/assignments",
            Some(staff_id),
            near,
            (far, PEOPLE),
        ),
        probe(
            "make a code",
            post.clone(),
            "/v1/participants/{id}/enrolment-codes",
            None,
            near,
            (far, PEOPLE),
        ),
        probe(
            "open notes",
            post.clone(),
            "/v1/participants/{id}/emergency-access",
            Some(access),
            near,
            (far, PEOPLE),
        ),
        probe(
            "cancel",
            post.clone(),
            "/v1/appointments/{id}/cancel",
            Some(json!({"reason": "Ill"})),
            near,
            (far, MEETINGS),
        ),
        probe("move", post, "/v1/appointments/{id}/move", Some(moved), near, (far, MEETINGS)),
    ]
}

/// Measures, and prints one line of JSON for each operation. Fails if a bound is missed.
pub async fn measure(arguments: &NotFoundArguments) -> Result<ExitCode, Failure> {
    let service = Service::open(&arguments.credentials)?;
    let mut code = ExitCode::SUCCESS;
    for probe in probes() {
        let foreign = service.out_of_scope(&probe).await?;
        let mut times = Times::default();
        for turn in 0..WARM_UP + arguments.count {
            let absent = contract::IdSource::next(&SystemIds).to_string();
            // Neither is always the first: whatever the one leaves behind, the other finds as often.
            for is_absent in [turn % 2 == 0, turn % 2 != 0] {
                let id = if is_absent { &absent } else { &foreign };
                let took = service.refused(&probe, id).await?;
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
                "operation": probe.name,
                "requests": arguments.count,
                "absent_microseconds": absent.as_secs_f64() * 1e6,
                "out_of_scope_microseconds": out_of_scope.as_secs_f64() * 1e6,
                "ratio": ratio,
            })
        );
        if (ratio - 1.0).abs() > BOUND {
            eprintln!("{}: the two differ by more than {BOUND}", probe.name);
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
    client: Client<HttpConnector, Full<Bytes>>,
    base_url: String,
    credentials: Value,
}

impl Service {
    /// As `muwakaba-demo --credentials-file` wrote it down.
    fn open(credentials: &Path) -> Result<Self, Failure> {
        let credentials: Value = serde_json::from_slice(&std::fs::read(credentials)?)?;
        let base_url =
            credentials.pointer("/base_url").and_then(Value::as_str).ok_or("no base_url")?.to_owned();
        let client = Client::builder(TokioExecutor::new()).build_http();
        Ok(Self { client, base_url, credentials })
    }

    async fn send(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        caller: &str,
    ) -> Result<(StatusCode, Bytes), Failure> {
        let token = self.credentials.pointer(&format!("/tokens/{caller}")).and_then(Value::as_str);
        let token = token.ok_or_else(|| format!("no token of {caller}"))?;
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base_url))
            .header(AUTHORIZATION, format!("Bearer {token}"));
        if *method == Method::PATCH || *method == Method::POST {
            request = request.header(IF_MATCH, "\"1\"");
        }
        let bytes = match body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                Bytes::from(serde_json::to_vec(body)?)
            }
            None => Bytes::new(),
        };
        let answer = self.client.request(request.body(Full::new(bytes))?).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }

    /// One that somebody else sees and the caller does not.
    async fn out_of_scope(&self, probe: &Probe) -> Result<String, Failure> {
        let (other, list) = probe.seen_by;
        let (of_other, of_caller) = (self.ids(list, other).await?, self.ids(list, probe.caller).await?);
        let mut foreign = of_other.into_iter().filter(|id| !of_caller.contains(id));
        foreign.next().ok_or_else(|| format!("{}: {} sees all of it", probe.name, probe.caller).into())
    }

    async fn ids(&self, path: &str, caller: &str) -> Result<Vec<String>, Failure> {
        let (status, body) = self.send(&Method::GET, &format!("{path}?limit=200"), None, caller).await?;
        let page: Value = serde_json::from_slice(&body)?;
        let Some(items) = page.pointer("/items").and_then(Value::as_array) else {
            return Err(format!("{path}: {status} {page}").into());
        };
        let id = |item: &Value| item.pointer("/id").and_then(Value::as_str).map(ToOwned::to_owned);
        Ok(items.iter().filter_map(id).collect())
    }

    /// Asks, and must hear 404; how long it took.
    async fn refused(&self, probe: &Probe, id: &str) -> Result<Duration, Failure> {
        let path = probe.path.replace("{id}", id);
        let body = probe
            .body
            .as_ref()
            .map(|body| body.to_string().replace("{id}", id).parse::<Value>())
            .transpose()?;
        let began = Instant::now();
        let (status, answer) = self.send(&probe.method, &path, body.as_ref(), probe.caller).await?;
        let took = began.elapsed();
        if status == StatusCode::NOT_FOUND {
            Ok(took)
        } else {
            Err(format!("{}: {status} {}", probe.name, String::from_utf8_lossy(&answer)).into())
        }
    }
}

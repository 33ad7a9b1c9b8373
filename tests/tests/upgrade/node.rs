//! A program that serves.

use muwakaba_tests::http::Request;
use reqwest::Method;
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::process::{Child, Command};

/// How long a start may take: the schema is made, and the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// One of the service's processes.
pub struct Node {
    /// Of which version.
    pub name: String,
    /// Where it listens.
    pub base_url: String,
    /// What it believes its address to be; the same for all nodes, since tokens name it.
    pub public_url: String,
    child: Child,
    log: PathBuf,
    client: reqwest::Client,
}

impl Node {
    /// Starts one, perhaps as a node of the same service as another.
    pub async fn start(binary: &Path, data: &Path, database: &str, beside: Option<&Self>) -> Self {
        let public_url = beside.map(|node| node.public_url.clone());
        Self::listening(binary, data, database, public_url).await
    }

    /// Starts one under an address that people know already.
    pub async fn start_as(binary: &Path, data: &Path, database: &str, public_url: String) -> Self {
        Self::listening(binary, data, database, Some(public_url)).await
    }

    async fn listening(binary: &Path, data: &Path, database: &str, public_url: Option<String>) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        let base_url = format!("http://{free}");
        let public_url = public_url.unwrap_or_else(|| base_url.clone());
        let log = data.join(format!("node-{}.log", free.port()));
        let file = std::fs::File::create(&log).expect("a log");
        let child = command(binary, data, database)
            .arg("serve")
            .env("MUWAKABA_LISTEN", free.to_string())
            .env("MUWAKABA_METRICS_LISTEN", "off")
            .env("MUWAKABA_PUBLIC_URL", &public_url)
            .env("MUWAKABA_PUSH_ALLOW_LOOPBACK", "true")
            .stdout(Stdio::null())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let name = binary.display().to_string();
        let mut node = Self { name, base_url, public_url, child, log, client };
        node.wait_until_ready().await;
        node
    }

    async fn wait_until_ready(&mut self) {
        let begun = Instant::now();
        loop {
            let answer = self.client.get(format!("{}/readyz", self.base_url)).send().await;
            if answer.is_ok_and(|answer| answer.status() == 204) {
                return;
            }
            let has_ended = self.child.try_wait().expect("a process").is_some();
            assert!(
                !has_ended && begun.elapsed() < PATIENCE,
                "{} did not start:\n{}",
                self.name,
                self.said()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What it wrote into its log.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// A request to it.
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request::to(self.client.request(method, format!("{}{path}", self.base_url)))
    }

    /// Asks it to stop and waits for it; nothing went wrong on it until then. Gives the address it was known by.
    pub async fn stop(mut self) -> String {
        let id = self.child.id().expect("it runs").to_string();
        let kill = std::process::Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(kill.success());
        let ended = self.child.wait().await.expect("it ends");
        let said = self.said();
        assert!(ended.success(), "{}: {ended}\n{said}", self.name);
        assert!(!said.contains("ERROR"), "{}:\n{said}", self.name);
        self.public_url.clone()
    }
}

/// The program on this database, with nothing else set.
pub fn command(binary: &Path, data: &Path, database: &str) -> Command {
    let mut command = Command::new(binary);
    command
        .current_dir(data)
        .env_clear()
        .env("DATABASE_URL", database)
        .env("MUWAKABA_DATA_DIRECTORY", data.join("data"));
    command
}

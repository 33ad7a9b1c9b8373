//! The PostgreSQL server that `scripts/with-postgres` started, spoken to through `psql`.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::Failure;
use crate::store::Shape;

/// The server.
#[derive(Debug)]
pub struct Server {
    /// The URL of a database in which a superuser may make others.
    pub url: String,
    /// Its process id.
    pub process: u32,
}

impl Server {
    /// As the environment names it.
    pub fn from_environment() -> Result<Self, Failure> {
        let variable =
            |name| std::env::var(name).map_err(|_| format!("{name} is not set: run this by scripts/bench"));
        Ok(Self {
            url: variable("MUWAKABA_TEST_POSTGRES")?,
            process: variable("MUWAKABA_POSTGRES_PID")?.parse()?,
        })
    }

    /// The URL of the database with this name.
    pub fn database(&self, name: &str) -> String {
        let (server, _) = self.url.rsplit_once('/').unwrap_or((&self.url, ""));
        format!("{server}/{name}")
    }

    /// Makes an empty database.
    pub async fn create(&self, name: &str) -> Result<(), Failure> {
        self.administer(&format!("create database {name}")).await
    }

    /// Makes a copy of a database that nobody is connected to, written out to the disk.
    pub async fn copy(&self, from: &str, to: &str) -> Result<(), Failure> {
        self.administer(&format!("create database {to} template {from}")).await?;
        self.administer("checkpoint").await
    }

    /// Removes a database, whoever is connected.
    pub async fn drop(&self, name: &str) -> Result<(), Failure> {
        self.administer(&format!("drop database {name} with (force)")).await
    }

    /// Runs a statement in a database.
    pub async fn say(&self, name: &str, statement: &str) -> Result<(), Failure> {
        psql(&self.database(name), &["--command", statement]).await.map(drop)
    }

    /// The number that a statement answers.
    pub async fn number(&self, name: &str, statement: &str) -> Result<i64, Failure> {
        Ok(psql(&self.database(name), &["--command", statement]).await?.trim().parse()?)
    }

    /// Runs files of `benches/peers/requests` in a database.
    pub async fn fill(&self, peers: &Path, name: &str, files: &[&str], shape: &Shape) -> Result<(), Failure> {
        for file in files {
            let path = peers.join("requests").join(file).display().to_string();
            let set = |name, value: usize| format!("--set={name}={value}");
            let (centres, rounds, callers) =
                (set("centres", shape.centres), set("rounds", shape.rounds), set("callers", shape.managers));
            psql(&self.database(name), &[&centres, &rounds, &callers, "--file", &path]).await?;
        }
        Ok(())
    }

    async fn administer(&self, statement: &str) -> Result<(), Failure> {
        psql(&self.url, &["--command", statement]).await.map(drop)
    }
}

async fn psql(database: &str, arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new("psql")
        .args([
            "--quiet",
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            "--dbname",
            database,
        ])
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .await?;
    if !output.status.success() {
        return Err(format!("psql {}: {}", arguments.join(" "), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

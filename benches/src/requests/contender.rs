//! Who is measured: each a program that runs for a round, on a fresh copy of its store.

use std::path::PathBuf;
use std::str::FromStr;

use bytes::Bytes;
use care::App;

use super::calls::Call;
use super::server::Server;
use super::{fastify, ours};
use crate::Failure;
use crate::program::{Program, free_address};
use crate::store::{Service, Shape};

/// One of those who are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contender {
    /// The service on the embedded database.
    Sqlite,
    /// Fastify that does the same work.
    Same,
    /// The service on PostgreSQL.
    Postgres,
    /// Fastify that does the least.
    Bare,
}

impl Contender {
    /// All, in the order of a round.
    pub const ALL: [Self; 4] = [Self::Sqlite, Self::Same, Self::Postgres, Self::Bare];

    /// The name on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Same => "same",
            Self::Postgres => "postgres",
            Self::Bare => "fastify",
        }
    }

    /// The name in the result.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "muwakaba, SQLite",
            Self::Same => "same (Fastify)",
            Self::Postgres => "muwakaba, PostgreSQL",
            Self::Bare => "fastify (bare)",
        }
    }

    /// The name of its database, where that is a server's.
    fn database(self) -> String {
        format!("measured_{}", self.word())
    }

    /// Whether its database is a server's.
    pub const fn is_on_server(self) -> bool {
        !matches!(self, Self::Sqlite)
    }
}

impl FromStr for Contender {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        Self::ALL
            .into_iter()
            .find(|one| one.word() == text)
            .ok_or_else(|| format!("nobody is called {text}").into())
    }
}

/// Where everything is that a measurement needs.
#[derive(Debug)]
pub struct Ground {
    /// The program of the service.
    pub binary: PathBuf,
    /// A folder on a disk.
    pub folder: PathBuf,
    /// `benches/peers`.
    pub peers: PathBuf,
    /// The database server.
    pub server: Server,
}

impl Ground {
    fn service(&self, contender: Contender) -> Service {
        let service = Service::embedded(&self.binary, &self.folder.join(contender.word()));
        match contender {
            Contender::Postgres => {
                Service { database: self.server.database(&contender.database()), ..service }
            }
            _ => service,
        }
    }

    /// Fills the store from which each round is copied.
    pub async fn settle(&self, contender: Contender, shape: &Shape) -> Result<(), Failure> {
        if contender.is_on_server() {
            self.server.create(&contender.database()).await?;
        }
        match contender {
            Contender::Sqlite | Contender::Postgres => self.service(contender).settle(shape).await?,
            Contender::Same => {
                self.server.fill(&self.peers, &contender.database(), &["bare.sql", "same.sql"], shape).await?
            }
            Contender::Bare => {
                self.server.fill(&self.peers, &contender.database(), &["bare.sql"], shape).await?
            }
        }
        if contender.is_on_server() {
            self.server.say(&contender.database(), "vacuum analyze").await?;
        }
        Ok(())
    }

    /// Starts it on a fresh copy.
    pub async fn start(&self, contender: Contender) -> Result<Running, Failure> {
        let copy = format!("{}_running", contender.database());
        if contender.is_on_server() {
            self.server.copy(&contender.database(), &copy).await?;
        }
        let database = self.server.database(&copy);
        let (program, app) = match contender {
            Contender::Sqlite | Contender::Postgres => {
                let database = contender.is_on_server().then_some(database);
                let service = self.service(contender).copy(&self.folder.join(&copy), database)?;
                let program = service.start().await?;
                let app = service.open_for(program.address).await?;
                (program, Some(app))
            }
            Contender::Same | Contender::Bare => {
                let work = if contender == Contender::Same { "same" } else { "bare" };
                let address = free_address()?;
                let command = fastify::serve(&self.peers, work, address.port(), &database);
                (Program::start(command, address).await?, None)
            }
        };
        Ok(Running { contender, program, app, copy })
    }

    /// Ends it and removes the copy.
    pub async fn stop(&self, running: Running) -> Result<(), Failure> {
        running.program.stop().await?;
        if let Some(app) = running.app {
            app.db.close().await;
        }
        if running.contender.is_on_server() {
            self.server.drop(&running.copy).await?;
        }
        let folder = self.folder.join(&running.copy);
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        Ok(())
    }
}

/// A program that answers.
pub struct Running {
    /// Which.
    pub contender: Contender,
    /// Its program.
    pub program: Program,
    app: Option<App>,
    copy: String,
}

impl Running {
    /// What it is asked; none if it has no such call.
    pub async fn requests(&self, shape: &Shape, call: Call) -> Result<Option<Vec<Bytes>>, Failure> {
        match &self.app {
            Some(app) => ours::requests(app, shape, call).await.map(Some),
            None => fastify::requests(shape, call, self.contender == Contender::Same),
        }
    }

    /// How many lines its audit log has; none if it keeps none.
    pub async fn audit_lines(&self, server: &Server) -> Result<Option<i64>, Failure> {
        match (&self.app, self.contender) {
            (Some(app), _) => ours::audit_lines(app).await.map(Some),
            (None, Contender::Same) => {
                server.number(&self.copy, "select count(*) from audit").await.map(Some)
            }
            (None, _) => Ok(None),
        }
    }
}

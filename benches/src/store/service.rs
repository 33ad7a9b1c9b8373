//! The service's program and the store it runs on.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use care::App;
use contract::time::Clock;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use super::{Shape, open, open_at, settle};
use crate::Failure;
use crate::client::{Client, request};
use crate::program::{LOOK, PATIENCE, Program, free_address};

/// The file of an embedded database.
const EMBEDDED: &str = "muwakaba.db";

/// A program and its store.
#[derive(Debug, Clone)]
pub struct Service {
    /// The program.
    pub binary: PathBuf,
    /// Where its keys lie, and its data unless they lie on a server.
    pub data: PathBuf,
    /// The URL of its database.
    pub database: String,
}

impl Service {
    /// On the embedded database in this folder.
    pub fn embedded(binary: &Path, data: &Path) -> Self {
        let database = format!("sqlite:{}", data.join(EMBEDDED).display());
        Self { binary: binary.to_owned(), data: data.to_owned(), database }
    }

    /// Makes the schema by the program itself, and fills the store.
    pub async fn settle(&self, shape: &Shape) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.data)?;
        // On the empty store, so that what a first start does once for all is done quickly.
        self.start().await?.stop().await?;
        let app = self.open("http://127.0.0.1").await?;
        settle(&app, shape).await?;
        app.db.close().await;
        Ok(())
    }

    /// Starts the program, without limits for each caller: one address plays everybody here. A program that is too old to know those
    /// settings refuses them, and is started without.
    pub async fn start(&self) -> Result<Program, Failure> {
        let off = [
            ("MUWAKABA_LIMITS_SESSION_REQUESTS", "off"),
            ("MUWAKABA_LIMITS_SOURCE_REQUESTS", "off"),
            ("MUWAKABA_LIMITS_CONNECTIONS_PER_SOURCE", "4096"),
        ];
        match self.start_with(&off).await {
            Ok(program) => Ok(program),
            Err(_) => self.start_with(&[]).await,
        }
    }

    /// Starts it. It is told where everything is and what `settings` say, and never learns what this process was told.
    async fn start_with(&self, settings: &[(&str, &str)]) -> Result<Program, Failure> {
        let address = free_address()?;
        let mut command = Command::new(&self.binary);
        command
            .arg("serve")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("MUWAKABA_LISTEN", address.to_string())
            .env("MUWAKABA_DATA_DIRECTORY", &self.data)
            .env("MUWAKABA_METRICS_LISTEN", "off")
            // What it is compared with writes no line for a request either.
            .env("MUWAKABA_LOG_LEVEL", "warn")
            .env("DATABASE_URL", &self.database)
            .envs(settings.iter().copied())
            .current_dir(&self.data)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let program = Program::start(command, address).await?;
        until_ready(address).await?;
        Ok(program)
    }

    /// Its keys and its database, seen from here. `public_url` is the one that it signs its tokens with.
    pub async fn open(&self, public_url: &str) -> Result<App, Failure> {
        open(&self.data, &self.database, public_url).await
    }

    /// As [`Service::open`], by this clock, for whoever does here what the program does as time passes.
    pub async fn open_by(&self, clock: Arc<dyn Clock>) -> Result<App, Failure> {
        open_at(&self.data, &self.database, "http://127.0.0.1", clock).await
    }

    /// As [`Service::open`], for the program that listens there.
    pub async fn open_for(&self, address: SocketAddr) -> Result<App, Failure> {
        self.open(&format!("http://{address}")).await
    }

    /// Reads the whole of an embedded database, so that the kernel has it in its page cache.
    pub fn read_through(&self) -> Result<(), Failure> {
        std::io::copy(&mut std::fs::File::open(self.data.join(EMBEDDED))?, &mut std::io::sink())?;
        Ok(())
    }

    /// The same program on a copy of its store; of a database server's, the copy is named.
    pub fn copy(&self, to: &Path, database: Option<String>) -> Result<Self, Failure> {
        copy_folder(&self.data, to)?;
        let copy = Self::embedded(&self.binary, to);
        Ok(match database {
            Some(database) => Self { database, ..copy },
            None => copy,
        })
    }
}

/// Waits until the service says that whoever sends it requests may do so.
async fn until_ready(address: SocketAddr) -> Result<(), Failure> {
    let request = request("GET", "/readyz", "", None);
    let ready = async {
        // Whoever is not ready may close the connection with its answer.
        while Client::connect(address).await?.ask(&request).await? != 204 {
            sleep(LOOK).await;
        }
        Ok(())
    };
    timeout(PATIENCE, ready).await.map_err(|_| "a program did not get ready in time")?
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(to)?;
    // The service refuses a folder of keys that others may read.
    std::fs::set_permissions(to, std::fs::metadata(from)?.permissions())?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
            // Written out now, not while something is measured.
            std::fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}

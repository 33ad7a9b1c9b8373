//! Programs that are started, asked and stopped.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::Failure;

/// How long a program may take to start, and to stop.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is tried whether it listens.
pub const LOOK: Duration = Duration::from_millis(10);

/// A program that listens.
pub struct Program {
    /// Where.
    pub address: SocketAddr,
    process: Child,
}

/// An address on which nobody listens.
pub fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

impl Program {
    /// Starts it and waits until it takes connections.
    pub async fn start(mut command: Command, address: SocketAddr) -> Result<Self, Failure> {
        let mut process = command.kill_on_drop(true).spawn()?;
        let listening = async {
            while TcpStream::connect(address).await.is_err() {
                sleep(LOOK).await;
            }
        };
        tokio::select! {
            listening = timeout(PATIENCE, listening) => listening.map_err(|_| "a program did not start in time")?,
            ended = process.wait() => return Err(format!("a program ended before it listened: {}", ended?).into()),
        }
        Ok(Self { address, process })
    }

    /// Its process id.
    pub fn id(&self) -> Result<u32, Failure> {
        self.process.id().ok_or_else(|| "a program has ended".into())
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) -> Result<(), Failure> {
        let id = self.id()?.to_string();
        // The shell's own: Debian has no program of this name unless somebody installed it.
        Command::new("sh").args(["-c", "kill -TERM \"$0\"", &id]).status().await?;
        timeout(PATIENCE, self.process.wait()).await.map_err(|_| "a program did not stop in time")??;
        Ok(())
    }
}

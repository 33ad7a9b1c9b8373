//! Everything that is logged while a test runs: all that our crates say, and what the others say in operation.

use std::{
    io::{self, Write},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};
use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan};

/// Louder than any operator would set it: what is not said at `trace` is said nowhere.
const LEVELS: &str = "info,muwakaba=trace,notifications=trace,db=trace,contract=trace,all=trace";

static LINES: LazyLock<Lines> = LazyLock::new(|| {
    let lines = Lines::default();
    // Other tests that share this process write here, too: what they log must hold no canary either.
    tracing::subscriber::set_global_default(lines.subscriber())
        .expect("no other test of this process takes the logs");
    lines
});

/// The lines so far.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// Of this process, from the first call on.
    pub fn of_this_process() -> Self {
        LINES.clone()
    }

    /// What writes them.
    fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        let writer = self.clone();
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(LEVELS))
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish()
    }

    /// Of what `deed` logs, which nobody else then sees.
    pub fn of(deed: impl FnOnce()) -> Self {
        let lines = Self::default();
        tracing::subscriber::with_default(lines.subscriber(), deed);
        lines
    }

    /// All of them.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

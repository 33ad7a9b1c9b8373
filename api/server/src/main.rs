//! The binary `muwakaba`.

use std::process::ExitCode;

/// What is allocated by one thread is often freed by another here; `docs/decisions/delivery.md` says what this one saves.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    muwakaba::command_line::run()
}

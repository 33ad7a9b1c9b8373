//! The binary `muwakaba-demo`.

use std::process::ExitCode;

/// The same as the service's own, so that what is measured of the demonstration holds for it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    muwakaba_demo::command_line::run()
}

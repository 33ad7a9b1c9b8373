//! The binary `muwakaba`.

use std::process::ExitCode;

fn main() -> ExitCode {
    muwakaba::command_line::run()
}

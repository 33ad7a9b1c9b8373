//! `openapi`.

use super::arguments::Openapi;
use crate::{contract::contract_yaml, outcome::Outcome};
use std::process::ExitCode;

/// Prints the contract, or compares it with a file.
pub fn openapi(command: &Openapi) -> Outcome {
    let text = contract_yaml()?;
    let Some(path) = &command.check else {
        print!("{text}");
        return Ok(ExitCode::SUCCESS);
    };
    let committed = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if committed == text {
        println!("{} is what this program keeps", path.display());
        return Ok(ExitCode::SUCCESS);
    }
    let lines = committed.lines().map(Some).chain(std::iter::repeat(None));
    let first = text.lines().zip(lines).position(|(ours, theirs)| Some(ours) != theirs);
    let line = 1 + first.unwrap_or_else(|| text.lines().count());
    Err(format!(
        "{} differs from line {line} on; write it anew with: muwakaba openapi > {}",
        path.display(),
        path.display()
    )
    .into())
}

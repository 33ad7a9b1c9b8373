//! What was answered and does not stand any more, or never did because of what was done meanwhile. It is kept beside what stands, so that whoever
//! calls reads what somebody said and then took back. Pure, but for its seal.

use super::{answers::Given, asked, store::Row};
use contract::{StaffId, time::Instant};
use kernel::{Kernel, error::Result};
use serde::{Deserialize, Serialize};

/// So many are kept of a check-in, the latest ones.
const KEPT: usize = 20;

/// Answers that do not stand. They do not print.
#[derive(Clone, Serialize, Deserialize)]
pub struct Former {
    /// What was answered.
    pub given: Given,
    /// When, as the device says.
    pub answered_at: Instant,
    /// Who answered for the participant, if not they themself.
    pub answered_by: Option<StaffId>,
    /// Whether they stood once. Those that came too late for it never did.
    pub stood: bool,
    /// Whether they were corrected: something else had been meant.
    #[serde(default)]
    pub corrected: bool,
}

/// All that are kept, the earliest first.
pub fn all(kernel: &Kernel, row: &Row) -> Result<Vec<Former>> {
    match &row.former_answers_sealed {
        Some(sealed) => asked::opened(kernel, row, FIELD, sealed),
        None => Ok(Vec::new()),
    }
}

/// Keeps these as well.
pub fn keep(kernel: &Kernel, row: &mut Row, former: Former) -> Result<()> {
    let mut kept = all(kernel, row)?;
    kept.push(former);
    let too_many = kept.len().saturating_sub(KEPT);
    kept.drain(..too_many);
    row.former_answers_sealed = Some(asked::sealed(kernel, row, FIELD, &kept)?);
    Ok(())
}

const FIELD: &str = "former_answers_sealed";

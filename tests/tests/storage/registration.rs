//! What the sweeps go through of what no feature alone has.

use crate::registry::{Feature, Phones, about, about_nobody};

/// What the sweeps go through.
pub const FEATURE: Feature = Feature {
    file: file!(),
    tables: &[
        about("idempotency", "kept answer to a repeated request", Phones::MACHINERY)
            .unseeded("no list reads it"),
        about_nobody("setting").kept().unseeded("there are few, however many people there are"),
        about_nobody("_sqlx_migrations").kept(),
    ],
    unsung: &[("idempotency.body_sealed", "holds whole answers, with the canaries that are in them")],
    ..Feature::NOTHING
};

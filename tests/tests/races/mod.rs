//! Two commands at the same time on PostgreSQL, where transactions of several people run beside each other. One is held at its
//! n-th statement (`Faults::pause_at`), the other runs beside it, then the first goes on; and what must hold of the data is
//! looked at. On SQLite there is one writer, and nothing of this can happen.
//!
//! `deeds.rs` goes through the commands that features register, one for each operation that changes something and more where an
//! operation does several things; `scene.rs` puts the people back to where they were; `beside.rs` runs two commands side by side; `invariants.rs` says what must
//! hold. `pairs.rs` runs them: a fixed sample with every test run, all of them with `make pairs`.

pub mod beside;
mod deeds;
mod invariants;
pub mod pairs;
mod scene;

pub use deeds::{By, Deed, deed};

//! SQLite, embedded. Statements run where they are asked for, on the thread of the task that holds the connection, so that
//! none of them costs a hand-over between threads.
//!
//! - [`checkpoint`]: how what was committed gets from the log into the database file.
//! - [`engine`]: one connection to the file, and how a statement runs on it.
//! - [`readers`]: the connections that read, each on a snapshot of its own.
//! - [`writer`]: the one connection that writes. It goes from task to task; those who follow each other closely share one
//!   COMMIT, and with it one flush to the disk.

mod checkpoint;
mod engine;
mod group;
mod readers;
mod writer;

pub(crate) use engine::{EachRow, File};
pub(crate) use group::Group;
pub(crate) use readers::{Readers, Snapshot};
pub(crate) use writer::{Lease, Writer};

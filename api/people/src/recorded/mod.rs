//! Carrying out what was recorded on a phone without network, or together with something else: each thing by the command that it is over HTTP, in a
//! transaction of its own, and once, however often it is sent. It is the same for a batch that a phone sends late and for what is sent with a
//! visit. Whatever a feature lets a phone do takes part; this knows none of them.

mod carry_out;
mod mutations;
mod parts;

pub use carry_out::{Mutation, MutationResult, carry_out, refused};

//! Protected fields: what keeps names, phones, notes, e-mails and the programme edition unreadable to whoever
//! gets hold of the database, a backup or a log.
//!
//! A value enters as a privacy type ([`privacy`]), which checks it and refuses to print it. Before it reaches SQL
//! it is sealed ([`seal`]) under the data key of the person it belongs to; that key is stored wrapped under the
//! master key, which lives in a file outside the database ([`keys`]). Destroying the wrapped key erases the
//! person. Opened data keys are remembered for a while ([`vault`]). Two kinds of search survive the sealing:
//! exact match of an e-mail address or a file number by keyed hash ([`lookup`]), and search by name in an index that exists only in
//! the memory of a running node (the feature of participants).

pub mod keys;
pub mod lookup;
pub mod privacy;
pub mod random;
pub mod seal;
pub mod vault;
pub mod visible;

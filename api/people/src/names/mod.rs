//! Names, as far as they can be searched: an index that exists only in the memory of a running node. What brings it up to date, and whose
//! names somebody may find, is the feature of participants' business.

pub mod index;
pub mod known;
pub mod same;
mod text;

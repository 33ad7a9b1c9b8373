//! Wrong input, made from the contract itself: whatever is wrong with a body or a parameter, the answer is a problem that
//! names the place, and nothing has changed.

mod bodies;
mod contents;
mod faults;
mod keys;
mod parameters;
mod tolerance;
mod versions;
mod words;

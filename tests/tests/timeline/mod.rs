//! The timeline of a participant. The sweeps go through it as one of the lists of a file.

mod reading;

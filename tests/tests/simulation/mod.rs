//! The simulation itself ([`muwakaba_tests::simulation`]), small enough for every run, and proof that each of its laws can be broken.

mod forged;
mod runs;

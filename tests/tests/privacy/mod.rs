//! Personal text goes nowhere but to those who may read it.

//! The real core in worlds that lie, lose, delay and die, from one seed.

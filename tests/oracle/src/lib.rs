//! A second judge of decisions, written from the design and not from the code.

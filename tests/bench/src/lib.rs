//! Measures what the design promises: cold start, the way from verdict to change, memory, size, decisions, fleets.

//! The pure decision by instructions: what a noisy machine does not change.

#![allow(missing_docs, reason = "the macros make public items")]

use std::hint::black_box;

use bench::decisions::Estate;
use gungraun::{library_benchmark, library_benchmark_group, main};

#[library_benchmark]
#[bench::calm(Estate::calm())]
#[bench::lost(Estate::lost())]
fn decide(estate: Estate) -> usize {
    black_box(&estate).decide()
}

#[library_benchmark]
#[bench::lost(Estate::lost())]
fn judge(estate: Estate) -> usize {
    black_box(&estate).judge()
}

library_benchmark_group!(name = decisions, benchmarks = [decide, judge]);
main!(library_benchmark_groups = decisions);

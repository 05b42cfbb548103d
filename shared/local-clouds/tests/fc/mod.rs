//! The local Function Compute, with a function that is this test binary itself: see `process`.

mod asynchronous;
mod calls;
mod env;
mod http;
mod lifecycle;
mod process;

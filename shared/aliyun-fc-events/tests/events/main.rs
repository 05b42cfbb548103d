//! Events as Alibaba Cloud documents them, and documents that only look like events.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod oss;
mod timer;
mod trigger;

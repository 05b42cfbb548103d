//! Runtime for Rust functions on Aliyun Function Compute custom runtimes.

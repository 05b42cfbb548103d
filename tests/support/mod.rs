//! What the suites share: the clouds with the function in them, the programs under test, servers that stand in for others, sample data.
//!
//! | module | what it holds |
//! |---|---|
//! | `callback_receiver` | a server that records callbacks |
//! | `command_line` | runs `oss2youku` and captures its output |
//! | `console` | a running console, and a browser that has opened it |
//! | `dev` | a running `oss2youku dev` |
//! | `dev_terminal` | the same without `--json`, as a person reads it |
//! | `dialogue` | questions and answers on a pseudo terminal |
//! | `env` | the local clouds with the function in them |
//! | `event_outcome` | how a delivered event ended |
//! | `golden` | comparison with golden files |
//! | `job_control` | a program that is stopped, continued and ended on a pseudo terminal |
//! | `ledger_bucket` | the ledger in a bucket of the local OSS |
//! | `lines` | what a running program prints |
//! | `log_lines` | the lines of a program's log, and the trace that they name |
//! | `moto` | moto, an S3 that nobody here wrote |
//! | `moto_roles` | roles in moto, whose policies it then enforces |
//! | `paths` | programs, tools and files of the workspace |
//! | `patience` | waits that end |
//! | `port` | free ports |
//! | `process` | memory, CPU time and rank of a process |
//! | `s3` | an S3 server by another author |
//! | `sample` | bytes, events and numbers that depend on a seed |
//! | `script` | scripts that stand in for programs |
//! | `server` | the servers around the function |
//! | `slash_keys` | an S3 whose keys may begin with slashes |
//! | `store` | buckets, as their owner uses them |
//! | `terminal` | the program on a terminal, and what it shows there |

pub(crate) mod callback_receiver;
pub(crate) mod command_line;
pub(crate) mod console;
pub(crate) mod dev;
pub(crate) mod dev_terminal;
pub(crate) mod dialogue;
mod env;
mod event_outcome;
pub(crate) mod golden;
pub(crate) mod job_control;
pub(crate) mod ledger_bucket;
mod lines;
pub(crate) mod log_lines;
pub(crate) mod moto;
pub(crate) mod moto_roles;
mod paths;
mod patience;
pub(crate) mod port;
pub(crate) mod process;
pub(crate) mod s3;
mod sample;
mod script;
pub(crate) mod server;
mod slash_keys;
pub(crate) mod store;
pub(crate) mod terminal;

pub(crate) use env::{Setup, TestEnv, serve_http};
pub(crate) use event_outcome::{Delivery, assert_one_video};
pub(crate) use paths::{binary, client_script, tools, workspace};
pub(crate) use patience::{PATIENCE, end, run_to_end, wait_fired, within};
pub(crate) use sample::{MIB, add_fault, md5_hex, oss_event, random, sample_bytes};
pub(crate) use script::write_script;

//! The console: a local page that shows every upload, why it stands where it stands, and the one button that helps.
//!
//! One process on this machine serves it, to its own user alone. The page is plain HTML, CSS and JavaScript, embedded in the program; it
//! speaks to `http-api`'s routes below `/api`, and to a few of its own below `/console`.
//!
//! | module | its job |
//! |---|---|
//! | `server`, `shared` | [`Console`]: the routes on a listener, until it is dropped, and what they share |
//! | `access` | who is let in: the token's exchange for a cookie, `Host`, `Origin` |
//! | `headers` | what every response says to the browser, such as the content security policy |
//! | `assets`, `page` | the page's files, with their ETags |
//! | `api` | `http-api`'s routes for the owner of the process |
//! | `info`, `list`, `details`, `events`, `doctor`, `health`, `robots`, `limits`, `keys`, `plan` | one route each |
//! | `files` | dropped files: the [`Spool`] that receives them, and their uploads |
//! | `actions` | what a person may do with an upload |
//! | `rows` | an upload as a row: its state in plain words, the table of all rows, filters and pages |
//! | `reader`, `watching` | the one reader of the ledger, however many pages are open, while one is |
//! | [`Backend`], `function` | a ledger, or a deployed function in its place: polled, and its HTTP API passed on |
//! | [`DevClouds`], `faults`, `video` | the local clouds of `oss2youku dev`: they fail on purpose, and their videos are played |
//! | [`Advisor`], [`LocalUploads`], [`Language`] | what only the command line can say and do, in which language |
//! | `metrics` | numbers for Prometheus, on a listener of its own |
//! | `response`, `query` | errors as JSON; the query of a request |
//!
//! | request | answer |
//! |---|---|
//! | `GET /?token=` | exchanges the token that the command printed for a cookie |
//! | `GET /`, `GET /assets/{name}` | the page |
//! | `/api/...` | the [HTTP API](http_api), with every right |
//! | `GET /console/info` | version, language, the ledger's kind and place, accounts |
//! | `GET /console/uploads` | rows, filtered and paged, with the counts of each state |
//! | `GET /console/uploads/{id}` | one upload with all that `oss2youku explain` says of it |
//! | `GET /console/events` | server-sent events: which rows have changed |
//! | `GET /console/doctor` | what `oss2youku doctor` finds |
//! | `GET /console/health` | how long each token lasts, and when the last sweep ended |
//! | `GET /console/robots` | what the group robots of the settings would be sent, and how their chats show it |
//! | `GET /console/limits` | Youku's limits, by which the form counts |
//! | `GET /console/keys?rule=&prefix=&after=` | the rules, and the videos below the place of one of them |
//! | `POST /console/plan` | what an upload would send, as `upload --dry-run` says it |
//! | `GET`, `POST /console/files` | the dropped files; makes room for one, or finds the part of it that is there |
//! | `PUT /console/files/{id}?offset=`, `DELETE` | receives a file's bytes from there on; removes it |
//! | `POST /console/files/{id}/upload` | uploads it |
//! | `GET`, `POST /console/faults`; `GET /console/videos/{id}` | only in `dev`: switches faults; plays a video |
//! | `GET /metrics` | on its own listener, to every program of this machine: numbers for Prometheus |
//!
//! Written here although libraries offer parts of it:
//!
//! * Access: a session store such as tower-sessions keeps sessions of many users; here there is one, whose secret lives as long as the
//!   process. The check of `Host` and `Origin` is a comparison with the listener's own address, which no middleware knows.
//! * Assets: a dozen files that are known when the program is built. rust-embed and tower-http's `ServeDir` would read them at run time, or
//!   bring a macro crate for one table.
//! * The reader: nothing else knows the ledger.

#![cfg_attr(test, expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking"))]

mod access;
mod actions;
mod advisor;
mod again;
mod api;
mod assets;
mod backend;
mod details;
mod dev_clouds;
mod doctor;
mod events;
mod faults;
mod files;
mod function;
mod headers;
mod health;
mod info;
mod keys;
mod language;
mod limits;
mod list;
mod local_uploads;
mod metrics;
mod page;
mod plan;
mod query;
mod reader;
mod response;
mod robots;
mod rows;
mod server;
mod shared;
#[cfg(test)]
mod tests;
mod video;
mod watching;

pub use advisor::{Advisor, Explanation, Finding, Obstacle};
pub use backend::Backend;
pub use dev_clouds::{DevClouds, Fault, FaultWords};
pub use files::{Spool, SpoolError};
pub use function::Function;
pub use language::Language;
pub use local_uploads::{
    FileProgress, LocalProgress, LocalUploads, Prospect, ReportProgress, UploadFailure, UploadForm,
    UploadPlan, UploadSource,
};
pub use server::Console;
pub use shared::ConsoleSettings;

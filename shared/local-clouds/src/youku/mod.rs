//! A local Youku: API, slice server, and the OSS bucket that OSS mode uploads into.
//!
//! It checks what the real one checks: tokens and their ends, the metadata limits of Youku's newest page, the hash of each
//! slice, size and MD5 of what was really stored before a commit passes. What Youku's pages leave open is a field of
//! [`Switches`].
//!
//! Operations for fault rules on the API's address: `create`, `sts`, `commit`, `cancel`, `show`, `refresh`, `create_file`,
//! `new_slice`, `upload_slice`, `check`. Rules for the bucket (`UploadPart`, ...) are posted to the bucket's own address.
//!
//! | endpoint | |
//! |---|---|
//! | `GET /_sandbox` | the addresses: `{"api", "bucket"}` |
//! | `GET /_sandbox/videos` | committed videos: an array of [`VideoView`] |
//! | `GET /_sandbox/videos/{id}/content` | a video's bytes |
//! | `POST /_sandbox/videos/{id}/state` | what `show` says of a committed video from now on: `{"state": "fail"}` (any state, e.g. `blocked`); `"gone"` = it knows the id no more; null = what the switches say |
//! | `GET /_sandbox/received` | bytes taken in per upload: an array of [`ReceivedView`] |
//! | `GET /_sandbox/sessions` | all upload sessions: an array of [`SessionView`] |
//! | `GET`, `POST /_sandbox/switches` | [`Switches`]; a POST names only what changes |
//! | | `{"discard": true}` hashes the bytes of OSS mode and throws them away, for measurements: see [`Switches::discard`] |
//! | `POST /_sandbox/clock` | `{"ahead_seconds": 7200}` (negative: behind): how wrong the clock of API and bucket is; see [`YoukuServer::set_clock_ahead`] |
//! | `POST /_sandbox/expire` | `{"what":"access_token","client_id"}`, `{"what":"upload_token","video_id"}` or `{"what":"sts","video_id"}` |
//!
//! Error codes: those that Youku's pages and clients report (1001, 1005, 1008, 1009, 120010223, 120010225); the rest have
//! no published code and carry numbers of this server's own, e.g. 1017 for the hourly limit and 120010101 for a parameter.

mod ahead;
mod api;
mod cloud;
mod commit;
mod config;
mod disk;
mod error;
mod inspect;
mod metadata;
mod params;
mod server;
mod session;
mod slice_server;
mod slices;
mod switches;
#[cfg(test)]
mod tests;
mod tokens;
mod video;

pub use config::{Account, YoukuConfig};
pub use metadata::Mode;
pub use server::YoukuServer;
pub use session::SessionState;
pub use switches::{CancelAfterCommit, CommitMd5Error, ErrorForm, SecondCommit, Switches};
pub use tokens::TokenPair;
pub use video::{ReceivedView, SessionView, VideoView};

#![doc = include_str!("README.md")]

mod api;
mod change;
pub(crate) mod config;
mod disk;
mod error;
mod file_hash;
mod follow_bucket;
mod hash_ahead;
mod host;
mod inspect;
mod json;
mod metadata;
mod metadata_rules;
mod operation;
mod params;
mod review;
pub(crate) mod server;
mod service;
mod session;
mod session_state;
mod slice_server;
mod slices;
mod state;
mod switches;
mod tokens;
mod video;
mod views;

pub use change::ChangeView;
pub use config::{Account, YoukuConfig};
pub use host::CallHost;
pub use metadata::Mode;
pub use server::YoukuServer;
pub use session_state::SessionState;
pub use switches::{
    CancelAfterCommit, CommitMd5Error, EmptyField, ErrorForm, ExpiredSts, OverLimit, SecondCommit, SinglePut,
    Switches, WebUpload,
};
pub use tokens::TokenPair;
pub use views::{ReceivedView, SessionView, VideoView};

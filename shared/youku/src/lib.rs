//! Youku's upload API as typed calls: token refresh, create in both modes, STS credentials, slices, commit, cancel and show.
//!
//! A [`Client`] talks to the API host. In OSS mode it hands out a [`StsGrant`] and the bytes go to Youku's bucket by any OSS client;
//! in slice mode a [`SliceServer`] takes them. Nothing here retries: every [`Error`] carries a [`Verdict`] for the caller's own
//! retry loop.
//!
//! Tokens travel in form bodies. Only where Youku documents a GET do they stand in a query, and no URL is ever logged or kept in an error.

mod answer;
mod call;
mod client;
mod config;
mod error;
mod refusal;
mod slices;
#[cfg(test)]
mod testing;
mod types;
mod validate;
mod video;

pub use client::Client;
pub use config::{Config, DEFAULT_API, DEFAULT_OLD_API};
pub use error::{Error, ErrorKind, Verdict};
pub use slices::{MAX_SLICE_LENGTH_KIB, SliceServer};
pub use types::{
    Check, CheckStatus, OssSession, Slice, SliceSession, StsGrant, TokenPair, VideoInfo, VideoState,
    watch_page,
};
pub use validate::Invalid;
pub use video::{CATEGORIES, CONTAINERS, CopyrightType, NewVideo, PublicType};

//! Youku's upload API: its types and limits, and with the feature `client` its calls.
//!
//! | module | its job |
//! |---|---|
//! | `types` | what goes to Youku and comes back: videos, sessions, credentials, slices, states, tokens, [`Md5`] |
//! | `new_video` | [`NewVideo`], a video that keeps to Youku's limits: what the calls to create take |
//! | `validate` | Youku's limits for a video |
//! | `client` | the calls to the API host: token refresh, create in both modes, STS credentials, commit, cancel |
//! | `videos` | the calls about videos that are there: show, show_batch, by_me, update, destroy |
//! | `slices` | the calls to a slice server |
//! | `hosts` | on which of Youku's two hosts a call lives |
//! | `config` | where to call, and as which application and account |
//! | `error` | the kinds of failure |
//! | `http` | one call: `operation`, `form`, `transport`, `request`, `response`, `decode`, and `api_error`, what Youku's refusals mean |
//!
//! A `Client` talks to the API host. In OSS mode it hands out [`UploadCredentials`] and the bytes go to Youku's bucket by any OSS client;
//! in slice mode a `SliceServer` takes them. Nothing here retries: every error carries advice for the caller's own retry loop.
//!
//! Tokens travel in form bodies. Only where Youku documents a GET do they stand in a query, and no URL is ever logged or kept in an error.

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod config;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "client")]
mod hosts;
#[cfg(feature = "client")]
mod http;
mod new_video;
#[cfg(feature = "client")]
mod slices;
#[cfg(all(test, feature = "client"))]
mod testing;
mod types;
mod validate;
#[cfg(feature = "client")]
mod videos;

#[cfg(feature = "client")]
pub use self::{
    client::Client,
    config::{Config, DEFAULT_API, DEFAULT_OLD_API},
    error::{Details, Error, ErrorKind},
    hosts::{CallUrls, FoundHost, HeldHost, HostedCall},
    http::transport::{AnswerBody, SendError, Transport},
    slices::SliceServer,
};
#[cfg(feature = "client")]
pub use ::error::RetryAdvice;
pub use new_video::NewVideo;
pub use types::{
    CATEGORIES, CONTAINERS, Check, CheckStatus, CopyrightType, FieldKind, Found, Invalid, LIMITS, Limits,
    MAX_SLICE_LENGTH_KIB, Md5, NextSlice, OssSession, OwnVideos, PublicType, Range, Slice, SliceSession,
    TAG_SEPARATORS, TITLE_CHARACTERS, TokenPair, UploadCredentials, UploadTarget, VideoEdit, VideoInfo,
    VideoMetadata, VideoState, clean_description, clean_tags, clean_title, split_tags, watch_page,
    with_unix_line_ends,
};

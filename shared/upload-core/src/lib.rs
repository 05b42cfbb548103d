//! The domain of oss2youku: jobs, metadata rules, transfer and outcome.
//!
//! The core defines [ports](Source) and opens no socket: `app` implements them with the leaf crates, tests implement them in
//! memory. Bytes stream from [`Source`] to [`Bucket`] or [`SliceServer`] once, in constant memory.
//!
//! What is ours here although libraries offer something near it: the retry loop ([`RetrySettings`]), because its bound is time without
//! progress of a whole upload rather than of one call; its spacing is `backon`'s.
#![cfg_attr(test, expect(clippy::expect_used, reason = "a test fails by panicking"))]

mod arrival;
mod automatic;
mod beside;
mod callback;
mod cancel;
mod commit;
mod discover;
pub mod document;
mod ending;
mod error;
mod hand;
mod held_back;
mod job;
pub mod ledger;
mod merge;
pub mod metadata;
mod notes;
mod notify;
mod object;
mod opening;
mod outcome;
mod patience;
mod ports;
mod progress;
mod reopen;
pub mod rules;
mod run;
mod second_run;
mod sentence;
mod sweep;
#[cfg(test)]
mod tests;
pub mod tokens;
mod transfer;
mod uploader;
mod wall;

pub use arrival::ArrivalOutcome;
pub use automatic::{Decision, IntakePolicy};
pub use callback::{Callback, DeliveryResult, Notifier, VideoEvent};
pub use cancel::cancel;
pub use discover::{Bounds, Discovery, DiscoveryReport, FoundUpload, ScanError, Since, StopReason, discover};
pub use error::{Error, ErrorKind, RetryAdvice};
pub use job::{Job, Mode, UploadId};
pub use merge::Terms;
pub use notify::replay;
pub use object::{Location, Md5, Object, ObjectKind, Provider, StatedMd5};
pub use outcome::{Outcome, OutcomeData};
pub use patience::RetryPolicy;
pub use ports::{
    Bucket, BucketSession, ByteStream, CompletedObject, MultipartId, PartReceipt, Slice, SliceCheck,
    SliceServer, SliceSession, Source, SourceEntry, SourcePage, UploadCredentials, Video, VideoState, Youku,
};
pub use progress::{Progress, Stage};
pub use run::RunContext;
pub use sweep::{SweepReport, sweep, sweep_with};
pub use transfer::{Part, Plan, TransferSettings};
pub use uploader::{PublishedVideo, Uploader, head_object};

//! The domain of oss2youku: jobs, metadata rules, transfer and outcome.
//!
//! | module | its job |
//! |---|---|
//! | `model` | objects, jobs, upload ids, [`metadata`], progress: what everything else speaks about |
//! | `ports` | what the core asks of the world: source, Youku, its bucket and its slice server |
//! | `intake` | whether an object is published without being asked for, by which [rule](rules), with which metadata |
//! | `upload` | the life of one upload: who may run it, one attempt from its recorded state, how it ends |
//! | `transfer` | the bytes from source to target: parts or slices, digests, fresh credentials, concurrency |
//! | [`ledger`] | the append-only record of every upload: steps, leases, open marks |
//! | `sweep` | resumes open uploads and scans buckets for objects whose event was missed |
//! | `notices` | tells group robots what became of uploads |
//! | `callback` | delivers outcomes and later events to their receivers |
//! | [`access_token`] | which access token of an account is used, and its refresh |
//! | `retry`, `retry_watch` | when a failing call is tried again, when it is given up, and who may watch that |
//! | `clock` | the port to this machine's wall clock, and the operating system's |
//! | `error` | [`Error`], its kinds and the sentence of each |
//!
//! The core defines [ports](Source) and opens no socket: `app` implements them with the leaf crates, tests implement them in
//! memory. Bytes stream from [`Source`] to [`Bucket`] or [`SliceServer`] once, in constant memory.
//!
//! What is ours here although libraries offer something near it: the retry loop ([`RetryPolicy`]), because its bound is time without
//! progress of a whole upload rather than of one call; its spacing is `backon`'s.
#![cfg_attr(test, expect(clippy::expect_used, reason = "a test fails by panicking"))]

pub mod access_token;
mod callback;
mod clock;
mod error;
mod intake;
pub mod ledger;
mod model;
mod notices;
mod ports;
mod retry;
mod retry_watch;
mod sweep;
#[cfg(test)]
mod tests;
mod transfer;
mod upload;

pub use crate::error::{ClaimRefusal, Error, ErrorDetails, ErrorKind, RetryAdvice, UploadError};
pub use callback::notifier::{Callback, DeliveryResult, Notifier, VideoEvent};
pub use callback::replay::replay;
pub use clock::{Clock, SystemClock};
pub use intake::merge::Terms;
pub use intake::policy::{Decision, IntakePolicy};
pub use intake::rules;
pub use media_probe::{Language, Report, Track, TrackKind};
pub use model::job::{Entrypoint, Job, Mode};
pub use model::media::{Media, PreflightFinding, PreflightReport};
pub use model::metadata;
pub use model::notice_event::NoticeEvent;
pub use model::notice_subscriber::NoticeSubscriber;
pub use model::object::{Location, Object, ObjectKind, Provider, StatedMd5};
pub use model::preflight::{Preflight, VideoLimits};
pub use model::progress::{Progress, Stage};
pub use model::publication::{Hiding, ManagePolicy, Publication};
pub use model::timestamp::Timestamp;
pub use model::trace_context::{TraceContext, TraceId};
pub use model::upload_id::UploadId;
pub use model::zone::{ZONE, Zone};
pub use notices::{
    delivery_time::DeliveryTime,
    drain::{NoticeDelivery, deliver_notices, forget_robots},
    messenger::{Messenger, MessengerRefusal, NoticeDigest},
    tokens::tell_of_token,
    video_watch::watch_for_robots,
};
pub use ports::{
    Bucket, ByteStream, Check, CheckStatus, CompletedObject, MultipartId, NewVideo, OssSession, OwnVideos,
    PartReceipt, Slice, SliceServer, SliceSession, Source, SourceEntry, SourcePage, UploadCredentials,
    UploadTarget, VideoEdit, VideoInfo, VideoState, Youku,
};
pub use retry::RetryPolicy;
pub use retry_watch::{RetryWatch, Retrying};
pub use sweep::age::{ScanAge, scan_age};
pub use sweep::discover::discover;
pub use sweep::discovery::{
    Bounds, Discovery, DiscoveryReport, FoundUpload, PlannedUpload, ScanError, Since, StopReason,
};
pub use sweep::due_videos::DueVideos;
pub use sweep::preview::{DueAction, DueUpload, SweepPreview, preview_sweep};
pub use sweep::report::SweepReport;
pub use sweep::run::{sweep, sweep_with};
pub use sweep::watch::{Watching, watch_videos};
pub use transfer::{Part, Plan, RefusedShortcuts, Shortcuts, TransferSettings};
pub use upload::cancel::cancel;
pub use upload::change::{Changed, SidecarResult, VideoChange};
pub use upload::follow_up::FollowUp;
pub use upload::head_object::head_object;
pub use upload::outcome::{Outcome, OutcomeData};
pub use upload::preflight::probe_object;
pub use upload::published_video::PublishedVideo;
pub use upload::run_context::RunContext;
pub use upload::same_content::ArrivalOutcome;
pub use upload::trace::{JoinTrace, join_traces_by};
pub use upload::uploader::Uploader;
pub use youku::{Md5, watch_page};

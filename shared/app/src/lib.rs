//! The application that every entrypoint calls: settings, secrets, logging, and the ports of `upload-core` over the real clients.
//!
//! | module | its job |
//! |---|---|
//! | `settings` | the strict tree of settings: file, then environment |
//! | `tasks` | what a caller asks in JSON, as a job |
//! | `adapters` | the core's ports over the crates that open sockets and files; [`ledger`] is where the ledger is kept |
//! | `application` | [`App`]: what one process keeps, and how it reaches accounts, objects and the ledger |
//! | `usecases` | what entrypoints ask of [`App`]: handle an event, run a task, sweep, list, and a person's requests |
//! | `traces` | the traces that runs belong to and, with the feature `otel`, their export |
//! | [`startup`], `logging`, `arguments` | the start of a function's process, and what its program says of itself |
//!
//! ```no_run
//! # async fn handle(job: upload_core::Job) -> Result<(), upload_core::Error> {
//! let app = app::App::from_settings(app::Settings::load()?)?;
//! let result = app.handle_object_created(&job.location, Some(5), None, &Default::default()).await?;
//! # Ok(()) }
//! ```
//!
//! Written here although libraries offer it: the overlay of the environment over the settings file (60 lines), because lists of
//! tables in variables and errors that name the variable are what operators of functions need.
#![cfg_attr(test, expect(clippy::expect_used, reason = "a test fails by panicking"))]

mod adapters;
mod application;
mod arguments;
mod logging;
mod settings;
pub mod startup;
mod tasks;
mod traces;
mod usecases;

pub use ::error::ReadError;
pub use adapters::{
    cause::{Cause, find_cause},
    http_clients::{http_client, store_client},
    ledger::{self, LedgerBucket, Readable, random_seal_key},
    response_body::read_response,
    robots::sample_digest,
};
pub use application::App;
pub use arguments::Program;
pub use chat_robots as robots;
pub use logging::{start_logging, start_without_log};
pub use object_storage as storage;
pub use object_storage::Credentials;
pub use settings::{
    AccountSettings, AllowedHost, BasePath, BearerToken, CONFIG_VARIABLE, CallbackFields, HttpSettings,
    LedgerFields, LegacyAccounts, LegacySettings, LogLevel, LogSettings, ManageSettings, Md5Requirement,
    QuietHours, ReservedSettings, Right, Rights, RobotFields, RobotKind, RobotLanguage, Settings,
    SourceAddressing, SourcePlace, SourceSettings, SweepFields, TargetSignature, TokenHash, TransferFields,
    YoukuSettings,
};
pub use tasks::{CallerAccount, Task, UnverifiedToken, object_location, requested_key};
pub use traces::{NotExported, begin_trace, flush_traces};
pub use upload_core as core;
pub use usecases::{
    CallPlace, CallbackStatus, Continuation, HolderStatus, LedgerHealth, ListError, ListQuery, ListState,
    ListedUpload, ObjectExplanation, ObjectOutcome, ObjectResult, ObjectVerdict, PageToken, RobotPreview,
    RobotStatus, RobotTest, StepStatus, SweepOptions, TokenChain, TokenHealth, UploadDetails, UploadList,
    UploadStatus, VideoCalls, VideoList, VideoRequest, VideoStatus, WaitingStatus, report_missing_bucket,
};
pub use youku;

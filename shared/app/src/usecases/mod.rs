//! What entrypoints ask of the application.
//!
//! A use case returns a boxed future: an `async fn` would be compiled, with all of the core in it, in each adapter that awaits it.

mod accounts;
mod acknowledgment;
mod admin;
mod callback_status;
mod deadline;
mod event_delays;
mod handle_object_created;
mod ledger_checks;
mod ledger_health;
mod list;
mod missing_bucket;
mod object_result;
mod page_token;
mod rehearsal;
mod rehearsed_facts;
mod robot_previews;
mod robots;
mod run_sweep;
mod run_task;
mod status;
mod sweep;
mod token_owner;
mod upload_list;
mod upload_object;
mod upload_status;
mod video_calls;
mod videos;

pub use accounts::TokenChain;
pub use admin::{Continuation, ObjectExplanation, ObjectVerdict, UploadDetails};
pub use callback_status::CallbackStatus;
pub use ledger_health::{LedgerHealth, TokenHealth};
pub use missing_bucket::report_missing_bucket;
pub use object_result::ObjectResult;
pub use page_token::{ListState, PageToken};
pub use robot_previews::RobotPreview;
pub use robots::{RobotStatus, RobotTest};
pub use sweep::SweepOptions;
pub use upload_list::{ListError, ListQuery, ListedUpload, UploadList};
pub use upload_object::ObjectOutcome;
pub use upload_status::{HolderStatus, StepStatus, UploadStatus, WaitingStatus};
pub use video_calls::{CallPlace, VideoCalls};
pub use videos::{VideoList, VideoRequest, VideoStatus};

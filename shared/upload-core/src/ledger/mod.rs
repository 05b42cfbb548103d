//! The ledger: the append-only record of every upload, kept away from the machine.
//!
//! To append a step is to create the entry with the next number, which succeeds for one holder only. That makes
//! the steps of two holders a single sequence, whatever their clocks say and however late one of them wakes. The
//! [`Lease`] merely keeps them from working at the same time. No work continues without the ledger: if the store
//! fails, the work stops.
//!
//! | key | content | deleted |
//! |---|---|---|
//! | `ledger/{upload id}/{sequence}.json` | steps | never by this program: they answer every later event for the same object |
//! | `lease/{upload id}/{epoch}` | the newest lease | older ones by the next holder; the newest stays |
//! | `open/{upload id}...` | a mark for each upload that is not settled; the key states when it is due | by the holder that settles it |
//! | `recent/{end, counted down}-{upload id}` | how an upload ended, for lists | after 30 days, by the sweep |
//! | `content/{key and account, hashed}` | what was last published of a key | never; overwritten |
//! | `pause/{client id, hashed}` | until when Youku is not called for the client | never; overwritten |
//! | `cursor/{name}` | where a sweep continues, and other small notes | never |
//! | `refresh/{account}/{chain}/{n}` | the claim to refresh an account's access token, and how it ended | those below the last but one, once the newest pair has served a call |
//! | `token/{account}/{chain}/{n}` | the pair of tokens that claim `n` brought, sealed | the same; those of an earlier refresh token of the settings stay |
//! | `origin/{account}/{token, hashed}` | how the account obtained a token that it has or had | never |
//! | `user/{token, hashed}` | the token's owner as stated by Youku | never |
//! | `notice/{robot}/{event}...` | what a group robot is still to be told | once told; after three days where it accepts nothing |
//! | `digest/{robot}/{n}` | the claim to send a robot's `n`th message, and how that ended | all but the newest, by the next holder |
//! | `watch/{id}.{n}` | a published video whose review goes to robots | once decided, or after four days |
//! | `trial/{nonce}` | nothing: tests whether the store can keep a ledger | at once |
//! | `birth` | nothing; its time of writing counts | never |
//!
//! An upload is settled when its callback is done or, without one, when it is committed or failed; a cancelled
//! one notifies nobody. Entries hold no secret that is not [sealed](Seal).

mod cancel;
mod chain;
mod change;
mod checks;
mod claim_mode;
mod claims;
mod codec;
mod digest_claims;
mod errors;
mod failure;
mod finished_uploads;
mod handle;
mod key_parts;
mod keys;
mod lease;
mod lease_record;
mod lease_view;
mod leased_upload;
mod mark_key;
mod mark_pauses;
mod mark_recovery;
mod mark_updates;
mod marks;
mod notice;
mod notice_key;
mod notices;
mod observed_lease;
mod open_mark;
mod open_uploads;
mod pending_callback;
mod published_content;
mod queries;
mod queue_place;
mod rate_limit;
mod record;
mod refresh_claim;
mod rehearsed;
mod request;
mod seal;
mod secrets;
mod self_test;
mod state;
mod step;
mod store;
mod stored_metadata;
#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
pub(crate) mod tests;
mod token_origin;
mod token_pair;
mod token_reads;
mod token_records;
mod video_changes;
mod watched_videos;

pub use crate::model::timestamp::Timestamp;
pub use change::{ChangeOrigin, Scheduling, Update};
pub use claims::Claim;
pub use digest_claims::StoredRefusal;
pub(crate) use digest_claims::{DigestClaim, LastDigest};
pub use failure::Failure;
pub use finished_uploads::{FinishedKeys, FinishedPage, FinishedUpload};
pub use handle::{Ledger, LedgerSettings};
pub use key_parts::{FinishedKey, KeyedHash, TokenChain};
pub use lease::Lease;
pub use lease_record::{UploadedPart, UploadedParts};
pub use lease_view::LeaseView;
pub use leased_upload::LeasedUpload;
pub(crate) use mark_pauses::needs_operator;
pub(crate) use mark_recovery::MarkResult;
pub use notice::Notice;
pub(crate) use notice_key::NoticeName;
pub use observed_lease::Holder;
pub use open_mark::{OpenMark, ScheduledVideo};
pub use open_uploads::{OpenPage, OpenUpload};
pub use pending_callback::{PendingCallback, PendingMessage};
pub use published_content::PublishedContent;
pub use queries::StoreTimes;
pub(crate) use queue_place::QueuePlace;
pub use record::Record;
pub use refresh_claim::RefreshClaim;
pub use rehearsed::RehearsedFact;
pub use request::{StoredRequest, StoredVersion, UploadRequest};
pub use seal::{Seal, Sealed};
pub use secrets::OpenedSession;
pub use state::{ActiveState, EDGES, Edge, End, InvalidTransition, State};
pub use step::{Entry, Reopening, Session, Step, StepKind, Target, Transferred, WaitReason, Waiting};
pub use store::{Created, LedgerStore, ListedKey, Page, Stored};
pub use stored_metadata::StoredMetadata;
pub use token_origin::TokenOrigin;
pub use token_pair::{RefreshState, TokenPair, Tokens};
pub use token_records::RefreshEnd;
pub use video_changes::PendingPublication;
pub(crate) use video_changes::is_audience;
pub(crate) use watched_videos::WatchedVideo;

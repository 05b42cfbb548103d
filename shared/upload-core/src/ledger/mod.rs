//! The ledger: the append-only record of every upload, kept away from the machine.
//!
//! Appending a step is creating the entry with the next number, which succeeds for one holder only: that makes two holders'
//! steps a single sequence, whatever their clocks say and however late one of them wakes. The [`Lease`] merely keeps
//! them from working at the same time. Nothing goes on without the ledger: where the store fails, the work stops.
//!
//! | key | content | deleted |
//! |---|---|---|
//! | `ledger/{upload id}/{sequence}.json` | steps | never by this program: they answer every later event for the same object |
//! | `lease/{upload id}/{epoch}` | the newest lease | older ones by the next holder; the newest stays |
//! | `open/{upload id}...` | a mark on each upload that is not at rest; the key says when it is due | by the holder that brings it to rest |
//! | `recent/{end, counted down}-{upload id}` | how an upload ended, for lists | after 30 days, by the sweep |
//! | `content/{key and account, hashed}` | what was last published of a key | never; written over |
//! | `pause/{client id, hashed}` | until when Youku is not called for the client | never; written over |
//! | `cursor/{name}` | where a sweep goes on | never |
//! | `refresh/{account}/{lineage}/{n}` | the claim to renew an account's access token, and how it ended | those below the last but one, once the newest pair has served a call |
//! | `token/{account}/{lineage}/{n}` | the pair of tokens that claim `n` brought, sealed | likewise; those of an earlier refresh token of the settings stay |
//! | `origin/{account}/{token, hashed}` | how the account came by a token that it has or had | never |
//! | `user/{token, hashed}` | what Youku said when it was asked whose the token is | never |
//! | `trial/{nonce}` | nothing: whether the store keeps a ledger is tried out | at once |
//! | `birth` | nothing; its time of writing counts | never |
//!
//! An upload comes to rest when its callback is done, or, without one, when it is committed or failed; a cancelled one has nobody to tell.
//! Entries hold no secret that is not [sealed](Seal).

mod cancel;
mod chain;
mod checks;
mod claims;
mod codec;
mod errors;
mod finished_uploads;
mod handle;
mod key_parts;
mod keys;
mod lease;
mod leased_upload;
mod mark_key;
mod mark_pauses;
mod marks;
mod open_uploads;
mod published_content;
mod queries;
mod rate_limit;
mod record;
mod request;
mod seal;
mod secrets;
mod self_test;
mod state;
mod step;
mod store;
#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
pub(crate) mod tests;
mod timestamp;
mod token_chain;
mod token_origin;

pub use claims::Claim;
pub use finished_uploads::{FinishedPage, FinishedUpload};
pub use handle::{Ledger, LedgerSettings};
pub use key_parts::{FinishedKey, KeyedHash, TokenChain};
pub use lease::{Holder, Lease, UploadedPart, UploadedParts};
pub use leased_upload::LeasedUpload;
pub(crate) use mark_pauses::{MarkResult, is_lacking_means};
pub use open_uploads::{OpenMark, OpenPage, OpenUpload};
pub use published_content::PublishedContent;
pub use queries::StoreTimes;
pub use record::Record;
pub use request::{StoredMetadata, StoredRequest, StoredVersion, UploadRequest};
pub use seal::{Seal, Sealed};
pub use secrets::OpenedSession;
pub use state::{ActiveState, EDGES, Edge, End, InvalidTransition, State};
pub use step::{
    Entry, Failure, Reopening, Session, Step, StepKind, Target, Transferred, WaitReason, Waiting,
};
pub use store::{Created, LedgerStore, ListedKey, Page, Stored};
pub use timestamp::Timestamp;
pub use token_chain::{Refresh, RefreshClaim, RefreshEnd, TokenPair, Tokens};
pub use token_origin::TokenOrigin;

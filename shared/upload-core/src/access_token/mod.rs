//! The access token of an account: which one to use, and when and how it is renewed.
//!
//! The newest pair in the ledger is used, else the one of the settings. It is renewed when a quarter of its life is left by the store's
//! clock, and when Youku refuses it: then the ledger is read first, since another process may have renewed it already. A refresh
//! token works once, so a refresh is claimed in the ledger before Youku is asked and never tried again where its answer was lost: then
//! the access token goes on being used until Youku refuses it, and a person must authorise the account anew.

mod access_tokens;
mod cache;
mod refresh_attempt;
mod refresher;
mod shared;
mod state;

#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
pub(crate) mod tests;

pub use access_tokens::AccessTokens;
pub use refresher::{CallFailed, FreshTokens, RefreshFailed, Refresher};
pub use state::{ReauthorizeReason, TokenState};

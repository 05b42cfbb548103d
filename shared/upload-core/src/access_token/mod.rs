//! The access token of an account: which one to use, and when and how to refresh it.
//!
//! The newest pair in the ledger is used, else the pair of the settings. It is refreshed when a quarter of its
//! life is left by the store's clock, and when Youku refuses it. In the second case the ledger is read first,
//! since another process may have refreshed it already. A refresh token works once, so a refresh is claimed in
//! the ledger before Youku is asked, and is never retried if its response was lost: the access token then stays
//! in use until Youku refuses it, and a person must authorize the account again.

mod access_tokens;
mod cache;
mod refresh_attempt;
mod refresher;
mod shared;
mod state;
mod under_way;

#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
pub(crate) mod tests;

pub use access_tokens::AccessTokens;
pub use refresher::{CallError, FreshTokens, RefreshError, Refresher};
pub use state::{ReauthorizeReason, TokenState};
pub use under_way::settle_refreshes;

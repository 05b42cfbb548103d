//! Access tokens over a ledger in memory, under a paused clock: whatever dies or fails in between, one valid pair or `reauthorize`.

pub(crate) mod authority;
mod calls;
mod crashes;
mod env;
mod failures;
mod ledger;
mod races;
mod twins;

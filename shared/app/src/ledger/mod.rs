//! Where the ledger is kept, and how its secrets are sealed.

mod clock;
mod error;
mod open;
mod seal;
mod store;

pub(crate) use open::LedgerPlace;
pub use seal::{AesSeal, random_seal_key};
pub use store::StoreLedger;

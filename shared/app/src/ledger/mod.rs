//! Where the ledger is kept, and how its secrets are sealed.

mod bucket;
mod clock;
mod error;
mod open;
mod seal;
mod store;
#[cfg(test)]
mod testing;

pub use bucket::{LedgerBucket, Readable};
pub(crate) use open::LedgerLocation;
pub use seal::{AesSeal, random_seal_key};
pub use store::StoreLedger;

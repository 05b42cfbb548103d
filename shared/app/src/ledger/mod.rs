//! Where the ledger is kept, and how its secrets are sealed.

mod clock;
mod error;
mod seal;
mod store;

pub use seal::AesSeal;
pub use store::StoreLedger;

//! Where the ledger is kept, and how its secrets are sealed.

mod aes_seal;
mod bucket;
mod error;
mod folder_clock;
mod key_file;
mod location;
mod no_key;
mod parse_location;
mod seal_key;
mod store;

pub use aes_seal::{AesSeal, random_seal_key};
pub use bucket::{LedgerBucket, Readable};
pub use parse_location::{check_location, overlaps_rule};
pub use store::StoreLedger;

pub(crate) use location::LedgerLocation;

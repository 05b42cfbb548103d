//! The one reader of the ledger, however many pages are open.
//!
//! Open marks are listed every few seconds while a page is open. A claim, a pause and an end change the marks of an upload, so only those
//! whose marks changed are read again; and those in progress, whose leases and records change without it. How uploads ended is read once, and
//! then only what is new at the head of the list. At rest that is one list every two seconds and another every four.

mod finished;
mod inspect;
mod ledger_reader;
mod open;
mod rate;

pub(crate) use ledger_reader::{LedgerReader, OpenLedger};

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod events;
mod generated;
mod multipart;
mod objects;
mod policies;
mod rig;
mod state;
mod switches;
mod types;

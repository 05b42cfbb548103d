#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod events;
mod multipart;
mod objects;
mod rig;
mod state;

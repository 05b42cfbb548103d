//! Changes to a video that is there: made once that shows, never forgotten, and nothing public before its hour.

mod crashes;
mod edits;
pub(super) mod env;
mod hours;
mod many_hours;
mod sidecars;

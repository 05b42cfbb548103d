//! Group robots: the core's messenger port over `chat-robots` and the guarded client of callbacks.

mod advice;
mod chat_robot;
mod digest;
mod sample;

pub(crate) use chat_robot::ChatRobot;
pub use sample::sample_digest;

//! Changing uploads that somebody asked for: retry, cancel, replay the callback.

mod cancel;
mod refusal;
mod replay_callback;
mod retry;

pub(crate) use cancel::cancel_upload;
pub(crate) use refusal::refuse;
pub(crate) use replay_callback::replay_callback;
pub(crate) use retry::retry_upload;

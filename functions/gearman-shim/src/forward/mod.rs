//! The function's side: each job becomes HTTP calls, and a response becomes the job's reply.

pub(crate) mod call_result;
pub(crate) mod function_client;
pub(crate) mod function_gate;
pub(crate) mod function_trial;
pub(crate) mod handler;
pub(crate) mod payload;
pub(crate) mod progress;
pub(crate) mod reply;
pub(crate) mod trace_parent;

#[cfg(test)]
mod testing;

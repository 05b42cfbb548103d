//! The Gearman side: packets, connections, jobs. Knows nothing of the function.

pub(crate) mod codec;
pub(crate) mod connection;
pub(crate) mod context;
pub(crate) mod handler;
pub(crate) mod job;
pub(crate) mod packet;
pub(crate) mod running_job;
pub(crate) mod server;
pub(crate) mod session;
pub(crate) mod tls;
pub(crate) mod worker;
pub(crate) mod writer;

#[cfg(test)]
mod testing;

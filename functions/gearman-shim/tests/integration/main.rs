//! What the crate shows to others: the program's flags, addresses of gearmands, jobs in logs.

mod command_line;
mod job;
mod server;

//! The local OSS, called without a socket.

mod env;
mod events;
mod generated;
mod multipart;
mod objects;
mod policies;
mod signing;
mod state;
mod switches;
mod types;

//! The slice server.

mod body;
mod calls;

//! The three local clouds wired together: a file put into the bucket calls the function.

mod config;
mod forward;
mod local_clouds;
mod role;

pub use config::{CloudsConfig, Endpoints};
pub use local_clouds::LocalClouds;

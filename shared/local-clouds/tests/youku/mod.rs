//! The local Youku as a client meets it.

mod api;
mod env;
mod management;
mod oss_mode;
mod review;
mod slice_mode;
mod switches;

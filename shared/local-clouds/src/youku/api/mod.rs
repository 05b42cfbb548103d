//! The calls of the API, one file each.

mod authorize;
mod by_me;
mod cancel;
mod commit;
mod create;
mod destroy;
mod measure;
mod refresh;
mod show;
mod show_batch;
mod sts;
mod update;

//! The calls of the API, one file each.

mod authorize;
mod cancel;
mod commit;
mod create;
mod measure;
mod refresh;
mod show;
mod sts;

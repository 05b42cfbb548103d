//! Videos that are there: shown, changed, hidden, made public at an hour.

mod change;
mod list;
mod request;
mod show;
mod status;

pub use list::VideoList;
pub use request::VideoRequest;
pub use status::VideoStatus;

//! The one shape of an error in this workspace, and what a client needs to make one of an answer.
//!
//! | module | its job |
//! |---|---|
//! | `kind` | [`ErrorKind`] and [`Details`]: what a crate brings of its own |
//! | `advice` | [`RetryAdvice`]: whether trying again helps |
//! | `error` | [`Error`]: kind, advice, operation, message, context, details, source |
//! | `text` | how an [`Error`] is written: one line for people, a long one for the log |
//! | `retry_after` | [`retry_after`]: the `Retry-After` header in both of its forms |
//! | `body` | [`read_body`] and [`discard_body`]: a body within a limit |
//! | `byte_order_mark` | [`strip_byte_order_mark`]: a document without the mark that it may begin with |
//! | `decode` | [`deserialize`]: reading a document, with the path of what does not fit |
//! | `serde_message` | [`describe_mismatch`] and [`without_value`]: serde's messages without the value that they quote |
//!
//! `serde_path_to_error` finds the paths. It is compiled again for each kind, type and step of a path: with it the program of Function
//! Compute has 5,481,496 bytes, with a tree of our own that knew its places it had 5,428,440, of the 5,767,168 that it may have.
//!
//! A crate names its kinds, implements [`ErrorKind`] for them and calls its error `Error<Kind, Details>`:
//!
//! ```
//! use error::{ErrorKind as _, RetryAdvice};
//!
//! #[derive(Debug, Clone, Copy, PartialEq, Eq)]
//! enum Kind {
//!     Missing,
//!     Busy,
//! }
//!
//! impl error::ErrorKind for Kind {
//!     fn code(self) -> &'static str {
//!         match self {
//!             Self::Missing => "missing",
//!             Self::Busy => "busy",
//!         }
//!     }
//!
//!     fn sentence(self) -> &'static str {
//!         match self {
//!             Self::Missing => "there is no such film",
//!             Self::Busy => "the archive is busy",
//!         }
//!     }
//!
//!     fn advice(self) -> RetryAdvice {
//!         if self == Self::Busy { RetryAdvice::RETRY } else { RetryAdvice::Permanent }
//!     }
//! }
//!
//! type Error = error::Error<Kind>;
//!
//! let error = Error::from_kind(Kind::Missing, "open").with_context("film", "a.mp4");
//! assert_eq!(error.to_string(), "there is no such film (film: a.mp4)");
//! assert_eq!(format!("{error:?}"), "missing in open [permanent]: there is no such film; film=a.mp4");
//! assert!(Error::from_kind(Kind::Busy, "open").is_retryable());
//! ```

mod advice;
mod body;
mod byte_order_mark;
mod decode;
mod error;
mod kind;
mod retry_after;
mod serde_message;
mod text;

pub use advice::RetryAdvice;
pub use body::{ReadError, discard_body, read_body};
pub use byte_order_mark::strip_byte_order_mark;
pub use decode::{DecodeError, deserialize};
pub use error::{BoxError, Error};
pub use kind::{Details, ErrorKind, Fact, Form};
pub use retry_after::retry_after;
pub use serde_message::{describe_mismatch, without_value};

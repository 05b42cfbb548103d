//! Rules: which objects are uploaded without being requested, and how.

mod admission;
mod extensions;
mod rule;
mod rule_set;
mod sidecar;

pub use super::junk::is_junk;
pub use admission::{Admission, SkipReason, admit};
pub use extensions::VIDEO_EXTENSIONS;
pub use rule::{Rule, RuleError};
pub use rule_set::Rules;
pub use sidecar::{SIDECAR_SUFFIX, Sidecar, sidecar_key};

//! Rules: which objects are uploaded without being requested, and how.

mod admission;
mod daily_hour;
mod extensions;
mod rule;
mod rule_set;
mod sidecar;

pub use super::junk::is_junk;
pub use admission::{Admission, SkipReason, admit};
pub use daily_hour::DailyHour;
pub use extensions::VIDEO_EXTENSIONS;
pub use rule::{Rule, RuleError};
pub use rule_set::Rules;
pub(crate) use sidecar::sidecar_digest;
pub use sidecar::{SIDECAR_SUFFIX, Sidecar, sidecar_key};

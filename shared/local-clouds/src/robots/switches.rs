//! What the vendors' pages leave open, and what tests switch off.

use serde::{Deserialize, Serialize};

/// Questions without an answer, one field each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switches {
    /// Messages are counted and limited.
    pub limits: bool,
    /// DingTalk says in Chinese which guard refused, as logs of 2022 to 2024 have it; else in English, as documented. Of signature and keyword alone
    /// the Chinese is known.
    pub chinese_guards: bool,
    /// Feishu refuses everything in the first ten seconds of each full and half hour, as its page warns.
    pub busy_half_hours: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { limits: true, chinese_guards: false, busy_half_hours: false }
    }
}

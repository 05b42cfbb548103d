//! Faults and link of one server, in one handle.

use crate::control::link::Link;
use crate::faults::registry::Faults;

/// Faults and link of one server. Cheap to clone; clones share their state.
#[derive(Clone, Debug, Default)]
pub struct Control {
    /// The scripted faults.
    pub faults: Faults,
    /// Latency and rates.
    pub link: Link,
}

impl Control {
    /// No faults, an unlimited link.
    pub fn new() -> Self {
        Self::default()
    }

    /// No faults, and a link that may be shared with other servers: their rates then count together.
    pub fn with_link(link: Link) -> Self {
        Self { faults: Faults::default(), link }
    }
}

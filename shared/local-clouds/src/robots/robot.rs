//! One robot and what it has counted.

use crate::robots::config::RobotConfig;
use crate::robots::rate::RateCounter;

#[derive(Debug)]
pub(crate) struct Robot {
    pub(crate) config: RobotConfig,
    pub(crate) rate: RateCounter,
}

impl Robot {
    pub(crate) fn new(config: RobotConfig) -> Self {
        Self { config, rate: RateCounter::default() }
    }
}

//! The documented ranges of a function's settings.

use std::io;

use crate::fc::config::function::FunctionConfig;

impl FunctionConfig {
    /// Checks the documented ranges.
    pub(crate) fn validate(&self) -> io::Result<()> {
        let env_size: usize = self.env.iter().map(|(name, value)| name.len() + value.len()).sum();
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let rules = [
            (
                self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(word),
                "its name does not fit",
            ),
            (self.command.is_empty(), "it has no start command"),
            (self.timeout.is_zero() || self.timeout.as_secs() > 86_400, "timeout: up to 86400 s"),
            (
                !(128..=32_768).contains(&self.memory_mb) || !self.memory_mb.is_multiple_of(64),
                "memory_mb: 128 to 32768 by 64",
            ),
            (!(1..=200).contains(&self.instance_concurrency), "instance_concurrency: 1 to 200"),
            (self.max_instances == 0, "max_instances: at least 1"),
            (
                self.env.keys().any(|name| name.starts_with("FC_")),
                "env: names beginning with FC_ are reserved",
            ),
            (env_size > 4096, "env: at most 4096 bytes together"),
            (self.initializer.is_some_and(|limit| limit.as_secs() > 300), "initializer: up to 300 s"),
            (self.pre_stop.is_some_and(|limit| limit.as_secs() > 90), "pre_stop: up to 90 s"),
            (self.async_config.retries > 8, "async_config.retries: 0 to 8"),
            (self.async_config.max_age.as_secs() > 604_800, "async_config.max_age: up to 604800 s"),
            (
                self.timer.as_ref().is_some_and(|timer| timer.interval.is_zero()),
                "timer.interval: more than nothing",
            ),
        ];
        match rules.iter().find(|(broken, _)| *broken) {
            Some((_, why)) => {
                Err(io::Error::new(io::ErrorKind::InvalidInput, format!("function {:?}: {why}", self.name)))
            }
            None => Ok(()),
        }
    }
}

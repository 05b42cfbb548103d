//! The query's parameters.

use crate::oss::decode::percent_decode;
use crate::oss::error::{OssError, Result};

/// The query's parameters, decoded, in the order received.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Parses a query. A plus sign is a space: the older Python client encodes spaces so.
    pub(crate) fn parse(raw: &str) -> Result<Self> {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((percent_decode(&name.replace('+', " "))?, percent_decode(&value.replace('+', " "))?))
        });
        pairs.collect::<Result<_>>().map(Self)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A whole number, or the default if absent.
    pub(crate) fn number(&self, name: &str, default: usize) -> Result<usize> {
        match self.get(name) {
            None | Some("") => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| OssError::invalid_argument(format!("{name} must be a whole number."))),
        }
    }
}

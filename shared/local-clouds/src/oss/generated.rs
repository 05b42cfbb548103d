//! Objects whose content is computed at each read: what a caller asks for.

use std::collections::BTreeMap;

use serde::Deserialize;

/// An object whose content is computed at each read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generated {
    /// Bytes.
    pub size: u64,
    /// Different seeds give different contents.
    #[serde(default)]
    pub seed: u64,
    /// Whether its MD5 is known.
    #[serde(default)]
    pub md5: GeneratedMd5,
    /// User metadata: names without `x-oss-meta-`.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// Whether a generated object has a Content-MD5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GeneratedMd5 {
    /// None, as for an object completed from parts.
    #[default]
    None,
    /// Computed when the object is made: a pass over all its bytes.
    Computed,
}

//! Who signs: the caller's choice, the keys it leads to, and how long they are kept.

pub(crate) mod credential_cache;
pub(crate) mod loader;
pub(crate) mod signing_keys;
pub(crate) mod source;
pub(crate) mod world;

use bytes::Bytes;

/// A payload or a response as it is, without JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Raw(pub Bytes);

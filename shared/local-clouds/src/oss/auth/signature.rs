//! What a request says about its signer, and what was signed.

/// What a request says about its signer, and what was signed.
pub(crate) struct PresentedSignature {
    pub(crate) key_id: String,
    pub(crate) token: Option<String>,
    pub(crate) signature: String,
    pub(crate) string_to_sign: Vec<u8>,
    /// V4 signs its hash; shown on a mismatch.
    pub(crate) canonical_request: Option<Vec<u8>>,
    pub(crate) scheme: Scheme,
}

pub(crate) enum Scheme {
    V1,
    V4 {
        date: String,
        region: String,
    },
    /// That of Amazon S3.
    SigV4 {
        date: String,
        region: String,
    },
}

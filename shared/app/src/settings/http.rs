//! Who may use the HTTP API.

use super::{
    base_path::BasePath, bearer_token::BearerToken, rights::Rights, source_place::SourcePlace, text,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::Choice;

/// Who may use the HTTP API. With neither tokens nor trust in the gateway nobody may.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpSettings {
    /// SHA-256 of each accepted bearer token, in hexadecimal, as `printf %s TOKEN | sha256sum` prints it
    /// (`OSS2YOUKU_HTTP__TOKENS=["..."]`). A plain hash may `submit` and `read`; a table names what its token may:
    /// `{ sha256 = "...", rights = ["submit", "read", "manage"] }`.
    pub tokens: Vec<BearerToken>,
    /// Places whose objects tasks may publish that come by HTTP, from a queue or through Gearman: `oss://bucket/prefix`,
    /// `s3://bucket/prefix` (`OSS2YOUKU_HTTP__SOURCES=["..."]`). Default: the rules' places and `legacy.bucket`; any where there is neither.
    #[serde(deserialize_with = "deserialize_places")]
    pub sources: Option<Vec<SourcePlace>>,
    /// Lets in every caller: the gateway in front checks their signatures itself (`authType: function`)
    /// (`OSS2YOUKU_HTTP__TRUST_GATEWAY`). Default `false`.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub trust_gateway: bool,
    /// Most KiB of a request's body, 1 to 4095 (`OSS2YOUKU_HTTP__BODY_LIMIT_KIB`). Default 64.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub body_limit_kib: u16,
    /// The path that a gateway puts before the API's own: with `/video` the API is at `/video/uploads`, and at `/uploads` as well
    /// (`OSS2YOUKU_HTTP__BASE_PATH`). It begins with none of the API's own paths. Default: none.
    pub base_path: BasePath,
    /// Passes responses on while they are being made, as the URL of a Lambda function does whose `InvokeMode` is `RESPONSE_STREAM`: no event
    /// tells its mode (`OSS2YOUKU_HTTP__STREAM_RESPONSES`). Other senders of requests, and Function Compute, are not concerned. Default
    /// `false`.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub stream_responses: bool,
    /// Answers `GET /probe`, by which `oss2youku rehearse --function-url` sees what the platform does, to tokens with the right `manage`
    /// (`OSS2YOUKU_HTTP__PROBE`). Default `false`.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub probe: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            tokens: Vec::new(),
            sources: None,
            trust_gateway: false,
            body_limit_kib: 64,
            base_path: BasePath::default(),
            stream_responses: false,
            probe: false,
        }
    }
}

impl HttpSettings {
    /// Whether the settings can let in anybody at all.
    #[must_use]
    pub fn is_open_to_any(&self) -> bool {
        self.trust_gateway || !self.tokens.is_empty()
    }

    /// What the bearer of this token may do; `None` unless it is one of the accepted tokens. The time it takes does not tell which.
    #[must_use]
    pub fn rights_of(&self, token: &str) -> Option<Rights> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        let (found, rights) =
            self.tokens.iter().fold((Choice::from(0), Rights::NONE), |(found, rights), one| {
                let (matches, granted) = one.rights_of(&hash);
                (found | matches, if matches.into() { rights.and(granted) } else { rights })
            });
        bool::from(found).then_some(rights)
    }

    /// A name for the bearer of this token in the ledger: the first 8 digits of the token's hash, as the settings have it; `None` unless it
    /// is one of the accepted tokens.
    #[must_use]
    pub fn name_of(&self, token: &str) -> Option<String> {
        self.rights_of(token)?;
        let hash: [u8; 32] = Sha256::digest(token).into();
        Some(hash.iter().take(4).fold("token ".to_owned(), |name, byte| format!("{name}{byte:02x}")))
    }

    /// Checks the ranges of the numbers.
    ///
    /// # Errors
    /// Names the field that is out of its range.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.body_limit_kib {
            1..=4095 => Ok(()),
            other => Err(format!("http.body_limit_kib must be 1 to 4095, not {other}")),
        }
    }
}

/// Reads the list. An empty one counts as set: tasks may then ask for nothing.
fn deserialize_places<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<Vec<SourcePlace>>, D::Error> {
    Vec::deserialize(from).map(Some)
}

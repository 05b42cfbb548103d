//! Youku's hosts, how requests to its bucket are signed, and what it takes.

use super::text;
use object_storage::SignatureVersion;
use serde::Deserialize;
use upload_core::Shortcuts;
use youku::CallUrls;

/// Youku's hosts, and what it takes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct YoukuSettings {
    /// The API's base URL (`OSS2YOUKU_YOUKU__API`). Default: Youku's own.
    pub api: Option<String>,
    /// The older API's base URL, for what the newer one does not have: whose an access token is (`OSS2YOUKU_YOUKU__OLD_API`). Default: Youku's
    /// own, or `/v2` below `youku.api` where that is set.
    pub old_api: Option<String>,
    /// Base URLs of single calls about videos (`[youku.call_urls]`).
    pub call_urls: CallUrlSettings,
    /// Calls an hour that Youku takes of the application, 10 to 1,000,000 (`OSS2YOUKU_YOUKU__CALLS_PER_HOUR`): asking what became of videos
    /// takes a tenth of them at most. Default 1,000, as Youku grants an ordinary application.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub calls_per_hour: u32,
    /// `host` or `host:port` in place of every upload server that Youku names (`OSS2YOUKU_YOUKU__UPLOAD_SERVER`).
    pub upload_server: Option<String>,
    /// Region to sign for where Youku's bucket has an endpoint that does not tell it (`OSS2YOUKU_YOUKU__BUCKET_REGION`).
    pub bucket_region: Option<String>,
    /// How requests to Youku's bucket are signed: `auto` (V4, and V1 where the bucket refuses it), `v4` or `v1`
    /// (`OSS2YOUKU_YOUKU__SIGNATURE`). Default `auto`.
    pub signature: TargetSignature,
    /// Whether a session needs the file's MD5 (`OSS2YOUKU_YOUKU__MD5`): `required`, or `web` (a session of Youku's web form states none where
    /// the MD5 is unknown and the source states a CRC-64, so that the object is not read once for its MD5 alone). Default `required`: Youku
    /// documents the web form for its own page only.
    pub md5: Md5Requirement,
    /// Send objects that fit in one part with one PutObject in place of a multipart upload (`OSS2YOUKU_YOUKU__SINGLE_PUT`). Default false:
    /// what Youku's commit says to it is not known.
    #[serde(deserialize_with = "text::deserialize_value")]
    pub single_put: bool,
    /// Seconds that the longest video plays which Youku takes from you, at least 1: the preflight warns of a longer one (`too_long`)
    /// (`OSS2YOUKU_YOUKU__MAX_DURATION_SECONDS`). Default: no limit, since Youku's pages state none.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub max_duration_seconds: Option<u64>,
    /// MiB of the largest file that Youku takes from you, at least 1: the preflight warns of a larger one (`too_large`)
    /// (`OSS2YOUKU_YOUKU__MAX_SIZE_MIB`). Default: no limit, since Youku's pages state none for its API.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub max_size_mib: Option<u64>,
}

/// Calls an hour of an ordinary application (Youku sheet, errors).
const CALLS_PER_HOUR: u32 = 1_000;

impl Default for YoukuSettings {
    fn default() -> Self {
        Self {
            api: None,
            old_api: None,
            call_urls: CallUrlSettings::default(),
            calls_per_hour: CALLS_PER_HOUR,
            upload_server: None,
            bucket_region: None,
            signature: TargetSignature::default(),
            md5: Md5Requirement::default(),
            single_put: false,
            max_duration_seconds: None,
            max_size_mib: None,
        }
    }
}

/// Base URLs of single calls about videos, for those that are known to live elsewhere. Without one a call goes to `youku.api`, and to
/// `youku.old_api` where the former answers 404 without an error of Youku's own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallUrlSettings {
    /// Of `videos/show` (`OSS2YOUKU_YOUKU__CALL_URLS__SHOW`).
    pub show: Option<String>,
    /// Of `videos/show_batch` (`OSS2YOUKU_YOUKU__CALL_URLS__SHOW_BATCH`).
    pub show_batch: Option<String>,
    /// Of `videos/by_me` (`OSS2YOUKU_YOUKU__CALL_URLS__BY_ME`).
    pub by_me: Option<String>,
    /// Of `videos/update` (`OSS2YOUKU_YOUKU__CALL_URLS__UPDATE`).
    pub update: Option<String>,
}

impl CallUrlSettings {
    /// As the client takes them.
    pub(crate) fn to_call_urls(&self) -> CallUrls {
        let Self { show, show_batch, by_me, update } = self.clone();
        CallUrls { show, show_batch, by_me, update, destroy: None }
    }
}

impl YoukuSettings {
    /// Checks the range of the number.
    ///
    /// # Errors
    /// Names the field and its range.
    pub(super) fn check(&self) -> Result<(), String> {
        if !(10..=1_000_000).contains(&self.calls_per_hour) {
            return Err(format!("youku.calls_per_hour must be 10 to 1000000, not {}", self.calls_per_hour));
        }
        let CallUrlSettings { show, show_batch, by_me, update } = &self.call_urls;
        for (call, url) in [("show", show), ("show_batch", show_batch), ("by_me", by_me), ("update", update)]
        {
            let is_url = |url: &String| {
                let rest = url.strip_prefix("https://").or(url.strip_prefix("http://"));
                rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
            };
            if url.as_ref().is_some_and(|url| !is_url(url)) {
                return Err(format!(
                    "youku.call_urls.{call} must be a URL such as https://openapi.youku.com/v2"
                ));
            }
        }
        Ok(())
    }

    /// Which shorter ways Youku is asked for.
    pub(crate) fn to_shortcuts(&self) -> Shortcuts {
        Shortcuts { without_md5: self.md5 == Md5Requirement::Web, single_put: self.single_put }
    }
}

/// Whether a session needs the file's MD5.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words are the documentation")]
pub enum Md5Requirement {
    #[default]
    Required,
    Web,
}

/// How requests to Youku's bucket are signed.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words are the documentation")]
pub enum TargetSignature {
    #[default]
    Auto,
    V4,
    V1,
}

impl From<TargetSignature> for SignatureVersion {
    fn from(signature: TargetSignature) -> Self {
        match signature {
            TargetSignature::Auto => Self::Auto,
            TargetSignature::V4 => Self::V4,
            TargetSignature::V1 => Self::V1,
        }
    }
}

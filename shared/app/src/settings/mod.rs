//! Settings: one strict tree. A file is overlaid by the environment, the environment by flags.
//!
//! The variable of a field is `OSS2YOUKU_` and its path in capitals, levels parted by two underscores:
//! `youku.api` is `OSS2YOUKU_YOUKU__API`. A list or table is given as TOML: `OSS2YOUKU_RULES=[{bucket="b",...}]`.

mod callback;
mod http;
mod ledger;
mod load;
mod rights;
#[cfg(test)]
mod sample;
mod sources;
mod text;

pub use callback::{AllowedHost, CallbackFields};
pub use http::{HttpSettings, LegacyAccounts, LegacySettings};
pub use ledger::{LedgerFields, SweepFields};
pub use load::CONFIG_VARIABLE;
pub use rights::{BearerToken, Right, Rights, TokenHash};
pub use sources::SourcePlace;

pub(crate) use sources::place;

use crate::Credentials;
use object_storage::{Addressing, SignatureVersion};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::{collections::BTreeMap, time::Duration};
use upload_core::{Mode, Provider, TransferSettings, rules::Rules};

/// Everything that can be set.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Stops every automatic upload (`OSS2YOUKU_PAUSED`). Default `false`.
    #[serde(deserialize_with = "text::or_value")]
    pub paused: bool,
    /// Youku's hosts.
    pub youku: YoukuSettings,
    /// Accounts at Youku by name; rules and tasks name them (`OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN`, ...).
    pub accounts: BTreeMap<String, AccountSettings>,
    /// Where objects are read.
    pub source: SourceSettings,
    /// How bytes are moved.
    pub transfer: TransferFields,
    /// Which objects are uploaded by themselves, and as what (`OSS2YOUKU_RULES`). Without a matching rule none is.
    pub rules: Rules,
    /// Where the record of every upload is kept.
    pub ledger: LedgerFields,
    /// How what is open is finished.
    pub sweep: SweepFields,
    /// What the product itself writes beside objects; never uploaded.
    pub reserved: Reserved,
    /// Who may use the HTTP door.
    pub http: HttpSettings,
    /// How callbacks are signed and what they may reach.
    pub callback: CallbackFields,
    /// How legacy tasks are read.
    pub legacy: LegacySettings,
    /// What is logged.
    pub log: LogSettings,
}

/// Key prefixes that are never uploaded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reserved {
    /// `OSS2YOUKU_RESERVED__PREFIXES`. Default `["oss2youku/"]`.
    pub prefixes: Vec<String>,
}

impl Default for Reserved {
    fn default() -> Self {
        Self { prefixes: vec!["oss2youku/".into()] }
    }
}

/// Youku's hosts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct YoukuSettings {
    /// The API's base URL (`OSS2YOUKU_YOUKU__API`). Default: Youku's own.
    pub api: Option<String>,
    /// The older API's base URL, for what the newer one does not have: whose an access token is (`OSS2YOUKU_YOUKU__OLD_API`). Default: Youku's
    /// own, or `/v2` below `youku.api` where that is set.
    pub old_api: Option<String>,
    /// `host` or `host:port` in place of every upload server that Youku names (`OSS2YOUKU_YOUKU__UPLOAD_SERVER`).
    pub upload_server: Option<String>,
    /// Region to sign for where Youku's bucket has an endpoint that does not tell it (`OSS2YOUKU_YOUKU__BUCKET_REGION`).
    pub bucket_region: Option<String>,
    /// How requests to Youku's bucket are signed: `auto` (V4, and V1 where the bucket refuses it), `v4` or `v1`
    /// (`OSS2YOUKU_YOUKU__SIGNATURE`). Default `auto`.
    pub signature: TargetSignature,
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

/// One account at Youku.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// The application's id.
    pub client_id: String,
    /// The application's secret; Youku's page does not ask for it.
    #[serde(default)]
    pub client_secret: Option<SecretString>,
    /// The account's access token; lives about a month.
    pub access_token: SecretString,
    /// What came with it, good for one refresh: with it the access token is renewed by itself, and the pairs that follow are kept in the
    /// ledger. Both are read once, until other ones stand here. Without it the access token is used until Youku refuses it.
    #[serde(default)]
    pub refresh_token: Option<SecretString>,
}

/// Where objects are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceSettings {
    /// What kind of store the rules' buckets are in: `oss`, `s3` or `folder`; the sweep lists them (`OSS2YOUKU_SOURCE__PROVIDER`). Default:
    /// `s3` where `AWS_LAMBDA_FUNCTION_NAME` says that this is a function there, else `oss`.
    pub provider: Provider,
    /// OSS endpoint, with or without a scheme (`OSS2YOUKU_SOURCE__ENDPOINT`). Default: that of the bucket's region.
    pub endpoint: Option<String>,
    /// OSS or S3 region, e.g. `cn-hangzhou` (`OSS2YOUKU_SOURCE__REGION`). Default: the event's, else the endpoint's, or of S3
    /// `AWS_REGION`.
    pub region: Option<String>,
    /// Whether a default endpoint is the region's `-internal` one, free of traffic fees (`OSS2YOUKU_SOURCE__INTERNAL`).
    /// Default: `true` where `FC_FUNCTION_NAME` says that this is a function.
    #[serde(deserialize_with = "text::or_value")]
    pub internal: bool,
    /// Where the bucket's name stands: `auto`, `virtual-host`, `path` or `custom-domain` (`OSS2YOUKU_SOURCE__ADDRESSING`).
    pub addressing: SourceAddressing,
    /// Sign OSS requests with V1, which some private gateways want (`OSS2YOUKU_SOURCE__SIGNATURE_V1`). Default `false`.
    #[serde(deserialize_with = "text::or_value")]
    pub signature_v1: bool,
    /// OSS key (`OSS2YOUKU_SOURCE__ACCESS_KEY_ID`). Default: what the platform provides with a call, else `ALIBABA_CLOUD_...`,
    /// role or OIDC.
    pub access_key_id: Option<String>,
    /// Its secret (`OSS2YOUKU_SOURCE__ACCESS_KEY_SECRET`).
    pub access_key_secret: Option<SecretString>,
    /// S3 endpoint (`OSS2YOUKU_SOURCE__S3_ENDPOINT`). Default: the region's.
    pub s3_endpoint: Option<String>,
}

impl Default for SourceSettings {
    fn default() -> Self {
        let on_lambda = std::env::var_os("AWS_LAMBDA_FUNCTION_NAME").is_some();
        Self {
            provider: if on_lambda { Provider::S3 } else { Provider::Oss },
            endpoint: None,
            region: None,
            internal: std::env::var_os("FC_FUNCTION_NAME").is_some(),
            addressing: SourceAddressing::Auto,
            signature_v1: false,
            access_key_id: None,
            access_key_secret: None,
            s3_endpoint: None,
        }
    }
}

impl SourceSettings {
    /// The key of these settings, where there is one.
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        Some(Credentials::Static {
            access_key_id: self.access_key_id.clone()?,
            access_key_secret: self.access_key_secret.as_ref()?.expose_secret().into(),
            security_token: None,
        })
    }

    /// Half a key is a slip, not a wish for another key.
    fn check(&self) -> Result<(), &'static str> {
        match (&self.access_key_id, &self.access_key_secret) {
            (Some(_), None) => Err("source.access_key_id is set and source.access_key_secret is missing"),
            (None, Some(_)) => Err("source.access_key_secret is set and source.access_key_id is missing"),
            _ => Ok(()),
        }
    }
}

/// Where the bucket's name stands in a request.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words are the documentation")]
pub enum SourceAddressing {
    #[default]
    Auto,
    VirtualHost,
    Path,
    CustomDomain,
}

impl From<SourceAddressing> for Addressing {
    fn from(addressing: SourceAddressing) -> Self {
        match addressing {
            SourceAddressing::Auto => Self::Auto,
            SourceAddressing::VirtualHost => Self::VirtualHost,
            SourceAddressing::Path => Self::Path,
            SourceAddressing::CustomDomain => Self::CustomDomain,
        }
    }
}

/// How bytes are moved. Every default is the measured one of [`TransferSettings`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransferFields {
    /// Youku's protocol where neither task nor rule names one: `oss` or `slice` (`OSS2YOUKU_TRANSFER__MODE`). Default `oss`.
    pub mode: Mode,
    /// MiB of a part in OSS mode, 1 to 5120 (`OSS2YOUKU_TRANSFER__PART_MIB`). Default 8; more where an object would have
    /// over 2,048 of them.
    #[serde(deserialize_with = "text::or_some")]
    pub part_mib: Option<u64>,
    /// Parts moving at once in OSS mode, 1 to 64 (`OSS2YOUKU_TRANSFER__IN_FLIGHT`). Default 8, and up to 24 where more of them move
    /// more bytes; a number that is set is kept to.
    #[serde(deserialize_with = "text::or_some")]
    pub in_flight: Option<usize>,
    /// KiB of a slice, 1 to 10240 (`OSS2YOUKU_TRANSFER__SLICE_KIB`). Default 1024.
    #[serde(deserialize_with = "text::or_some")]
    pub slice_kib: Option<u32>,
    /// Workers in slice mode, 1 to 64 (`OSS2YOUKU_TRANSFER__SLICE_WORKERS`). Default 8.
    #[serde(deserialize_with = "text::or_some")]
    pub slice_workers: Option<usize>,
    /// Seconds without a byte after which a call is tried anew (`OSS2YOUKU_TRANSFER__STALL_SECONDS`). Default 60 for a part on its way,
    /// 30 for any other call of a bucket. Calls of Youku's API end after 30 seconds.
    #[serde(deserialize_with = "text::or_some")]
    pub stall_seconds: Option<u64>,
    /// Seconds without progress after which an upload gives up (`OSS2YOUKU_TRANSFER__PATIENCE_SECONDS`). Default 120.
    #[serde(deserialize_with = "text::or_some")]
    pub patience_seconds: Option<u64>,
    /// Seconds after which an upload is taken up again that source or target refused without a reason that explains it
    /// (`OSS2YOUKU_TRANSFER__SECOND_RUN_SECONDS`). Where that run is refused as well it has failed. Default 900.
    #[serde(deserialize_with = "text::or_some")]
    pub second_run_seconds: Option<u64>,
}

impl TransferFields {
    /// How long any store may be silent, where the settings say.
    pub(crate) fn idle(&self) -> Option<Duration> {
        self.stall_seconds.map(Duration::from_secs)
    }

    /// The core's settings.
    ///
    /// # Errors
    /// Names the field that is out of its range.
    pub(crate) fn transfer(&self) -> Result<TransferSettings, String> {
        let mut all = TransferSettings::default();
        if let Some(mib) = within("part_mib", self.part_mib, 5120)? {
            all.part_size = mib << 20;
        }
        if let Some(parts) = within("in_flight", self.in_flight, 64)? {
            (all.in_flight, all.most_in_flight) = (parts, parts);
        }
        all.slice_kib = within("slice_kib", self.slice_kib, 10_240)?.unwrap_or(all.slice_kib);
        all.slice_workers = within("slice_workers", self.slice_workers, 64)?.unwrap_or(all.slice_workers);
        let day = 86_400;
        if let Some(seconds) = within("stall_seconds", self.stall_seconds, day)? {
            all.stall = Duration::from_secs(seconds);
        }
        if let Some(seconds) = within("patience_seconds", self.patience_seconds, day)? {
            all.retry.idle_timeout = Duration::from_secs(seconds);
        }
        if let Some(seconds) = within("second_run_seconds", self.second_run_seconds, day)? {
            all.second_run = Duration::from_secs(seconds);
        }
        Ok(all)
    }
}

fn within<T>(field: &str, value: Option<T>, most: T) -> Result<Option<T>, String>
where
    T: Copy + PartialOrd + From<u8> + std::fmt::Display,
{
    match value {
        Some(value) if value < T::from(1) || value > most => {
            Err(format!("transfer.{field} must be 1 to {most}, not {value}"))
        }
        _ => Ok(value),
    }
}

/// What is logged.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// `error`, `warn`, `info` or `debug` (`OSS2YOUKU_LOG__LEVEL`). Default `info`.
    pub level: LogLevel,
}

/// The least important message that is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words are the documentation")]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
}

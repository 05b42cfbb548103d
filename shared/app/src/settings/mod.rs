//! Settings: one strict tree. A file is overlaid by the environment, the environment by flags.
//!
//! The variable of a field is `OSS2YOUKU_` and its path in capitals, levels parted by two underscores:
//! `youku.api` is `OSS2YOUKU_YOUKU__API`. A list or table is given as TOML: `OSS2YOUKU_RULES=[{bucket="b",...}]`.

mod account;
mod base_path;
mod bearer_token;
mod callback;
mod environment;
mod http;
mod ledger;
mod legacy;
mod load;
mod log;
mod manage;
mod origin;
mod permitted_sources;
mod quiet_hours;
mod rights;
mod robot;
#[cfg(test)]
mod sample;
mod source;
mod source_place;
mod sweep;
mod text;
mod transfer;
mod tree;
mod video_limits;
mod youku;

pub use account::AccountSettings;
pub use base_path::BasePath;
pub use bearer_token::{BearerToken, TokenHash};
pub use callback::{AllowedHost, CallbackFields};
pub use environment::CONFIG_VARIABLE;
pub use http::HttpSettings;
pub use ledger::LedgerFields;
pub use legacy::{LegacyAccounts, LegacySettings};
pub use log::{LogLevel, LogSettings};
pub use manage::ManageSettings;
pub use quiet_hours::QuietHours;
pub use rights::{Right, Rights};
pub use robot::{RobotFields, RobotKind, RobotLanguage};
pub use source::{SourceAddressing, SourceSettings};
pub use source_place::SourcePlace;
pub use sweep::SweepFields;
pub use transfer::TransferFields;
pub use tree::{ReservedSettings, Settings};
pub use youku::{Md5Requirement, TargetSignature, YoukuSettings};

pub(crate) use source_place::parse_place;

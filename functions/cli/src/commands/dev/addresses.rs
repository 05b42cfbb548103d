//! Addresses and credentials of the local clouds: the one line on standard output with `--json`.

use crate::{
    exit_code::FAILED,
    local_clouds::{RunningClouds, failure::Failure},
    ui::i18n::tr,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Addresses and credentials of the local clouds. Its JSON form is stable.
#[derive(Serialize)]
pub(super) struct Addresses<'a> {
    pub(super) console: ConsoleAddress<'a>,
    pub(super) oss: OssAddress<'a>,
    pub(super) youku: YoukuAddress<'a>,
    pub(super) function: FunctionAddress<'a>,
    env: &'a BTreeMap<String, String>,
    /// A settings file for the command line.
    pub(super) settings_file: String,
}

#[derive(Serialize)]
pub(super) struct ConsoleAddress<'a> {
    /// With the token that lets in.
    pub(super) url: &'a str,
}

#[derive(Serialize)]
pub(super) struct OssAddress<'a> {
    pub(super) endpoint: &'a str,
    pub(super) region: &'a str,
    pub(super) bucket: &'a str,
    pub(super) access_key_id: &'a str,
    pub(super) access_key_secret: &'a str,
}

#[derive(Serialize)]
pub(super) struct YoukuAddress<'a> {
    pub(super) api: &'a str,
    pub(super) client_id: &'a str,
    pub(super) access_token: &'a str,
    refresh_token: &'a str,
}

#[derive(Serialize)]
pub(super) struct FunctionAddress<'a> {
    pub(super) http_url: &'a str,
    invoke_url: String,
    pub(super) token: &'a str,
}

impl<'a> Addresses<'a> {
    /// Those of the running clouds, with the first account, and of their console.
    ///
    /// # Errors
    /// Where the local Youku has no account.
    pub(super) fn new(running: &'a RunningClouds, console: &'a str) -> Result<Self, Failure> {
        let RunningClouds { clouds, config, env, token, settings_file, .. } = running;
        let endpoints = &clouds.endpoints;
        let account = endpoints
            .youku_accounts
            .first()
            .ok_or_else(|| Failure::new(FAILED, tr!("the local Youku has no account", "本地优酷没有账号")))?;
        Ok(Self {
            console: ConsoleAddress { url: console },
            oss: OssAddress {
                endpoint: &endpoints.oss,
                region: &config.region,
                bucket: &config.bucket,
                access_key_id: &config.access_key.0,
                access_key_secret: &config.access_key.1,
            },
            youku: YoukuAddress {
                api: &endpoints.youku,
                client_id: &account.client_id,
                access_token: &account.access_token,
                refresh_token: &account.refresh_token,
            },
            function: FunctionAddress {
                http_url: &endpoints.http_trigger,
                invoke_url: clouds.fc.invoke_url(&clouds.function),
                token,
            },
            env,
            settings_file: settings_file.display().to_string(),
        })
    }
}

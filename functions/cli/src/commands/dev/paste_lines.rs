//! Command lines to paste: the tools that people have, with the addresses and keys of these clouds.

use super::addresses::Addresses;
use crate::ui::{
    i18n::{tr, tr_static},
    shell_text::quote,
};
use app::{Settings, core::rules::Rule};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use std::path::Path;

/// What stands in the path of a URL, and in its signature, as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A command line, and what it is for.
pub(super) struct PasteLine {
    pub(super) about: String,
    pub(super) command: String,
}

/// Lines that publish the sample in each way, under keys of their own, where the first rule of `settings` takes them.
pub(super) fn build(
    addresses: &Addresses<'_>,
    settings: &Settings,
    program: &Path,
    sample: &Path,
) -> Vec<PasteLine> {
    let Addresses { oss, youku, function, settings_file, .. } = addresses;
    let (endpoint, region) = (oss.endpoint, oss.region);
    let rule = find_rule(settings);
    let bucket = rule.map_or(oss.bucket, |rule| rule.bucket.as_str());
    let prefix = rule.map_or("", |rule| rule.prefix.as_str());
    let legacy_bucket = settings.legacy.bucket.as_deref().unwrap_or(oss.bucket);
    let legacy_prefix = &settings.legacy.key_prefix;
    let (id, secret) = (oss.access_key_id, oss.access_key_secret);
    let (program, file) = (quote(&program.display().to_string()), quote(&sample.display().to_string()));
    let config = quote(&format!("OSS2YOUKU_CONFIG={settings_file}"));
    let line = |about: &str, command: String| PasteLine { about: about.into(), command };
    let remote = format!(
        ":s3,provider=Other,access_key_id={id},secret_access_key={secret},endpoint=\"{endpoint}\":{bucket}/{prefix}rclone.mp4"
    );
    // curl signs no body unless a header says so; older ones leave that header out.
    let put = |bucket: &str, key: &str| {
        let key = utf8_percent_encode(key, PATH);
        format!(
            "curl -sS --fail-with-body --aws-sigv4 aws:amz:{region}:s3 -u {id}:{secret} -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' \
             -T {file} {endpoint}/{bucket}/{key}"
        )
    };
    let job = json!({
        "conf": {"clientid": youku.client_id, "ak": youku.access_token, "keyname": "legacy",
            "callbackurl": "http://127.0.0.1:8000/"},
        "youku": {"title": "legacy", "tags": "other", "description": "...", "category": "Tech"},
    });
    let (token, url) = (function.token, function.http_url);
    let send =
        format!("curl -sS -H 'Authorization: Bearer {token}' -d {} {url}/uploads", quote(&job.to_string()));
    let legacy = tr!(
        "a job of the legacy worker: its object lies under {legacy_prefix}, and its receiver may be on this machine",
        "旧 worker 的任务：对象位于 {legacy_prefix} 之下，回调可以指向本机"
    );
    vec![
        line(
            tr_static!("the command line, with this ledger", "命令行，使用同一台账"),
            format!("env {config} {program} upload {file}"),
        ),
        line(
            tr_static!("what became of the uploads", "查看上传结果"),
            format!("env {config} {program} list"),
        ),
        line(
            "ossutil",
            format!(
                "ossutil cp {file} {} -e {endpoint} -i {id} -k {secret} --region {region}",
                quote(&format!("oss://{bucket}/{prefix}ossutil.mp4"))
            ),
        ),
        line("rclone", format!("rclone copyto {file} {}", quote(&remote))),
        line("curl", put(bucket, &format!("{prefix}curl.mp4"))),
        line(
            &legacy,
            format!(
                "{} && {send}",
                put(legacy_bucket, &format!("{legacy_prefix}legacy{}", settings.legacy.extension))
            ),
        ),
    ]
}

/// The first rule that is not paused: without one, objects are left alone wherever they are put.
fn find_rule(settings: &Settings) -> Option<&Rule> {
    settings.rules.iter().find(|rule| !rule.paused).or_else(|| settings.rules.iter().next())
}

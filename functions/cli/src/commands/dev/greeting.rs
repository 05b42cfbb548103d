//! What a person reads when the clouds run.

use super::{addresses::Addresses, paste_lines};
use crate::{
    local_clouds::{RunningClouds, user_settings::UserSettings},
    ui::i18n::{tr, tr_static},
};
use std::path::Path;

/// The lines: where everything is, what was replaced, and how to use it.
pub(super) fn describe(
    addresses: &Addresses<'_>,
    running: &RunningClouds,
    user: &UserSettings,
    program: &Path,
    sample: &Path,
) -> Vec<String> {
    let Addresses { console, oss, youku, function, .. } = addresses;
    let (endpoint, region, token) = (oss.endpoint, oss.region, function.token);
    let buckets: Vec<_> = std::iter::once(&running.config.bucket)
        .chain(&running.config.other_buckets)
        .map(String::as_str)
        .collect();
    let buckets = buckets.join(", ");
    let data = running.config.data_dir.display();
    let mut lines = vec![
        tr!(
            "console      {}  every upload in the browser; keep the address to yourself",
            "控制台     {}  在浏览器中查看每个上传；请勿转发该地址",
            console.url
        ),
        tr!(
            "local OSS    {endpoint}  bucket {buckets}, region {region}",
            "本地 OSS   {endpoint}  bucket {buckets}，地域 {region}"
        ),
        tr!("             key {} / {}", "           密钥 {} / {}", oss.access_key_id, oss.access_key_secret),
        tr!(
            "local Youku  {0}  videos at {0}/_sandbox/videos",
            "本地优酷   {0}  视频见 {0}/_sandbox/videos",
            youku.api
        ),
        tr!(
            "function     {}  POST /uploads with bearer token {token}",
            "函数       {}  POST /uploads，令牌 {token}",
            function.http_url
        ),
        tr!("data         {data}", "数据       {data}"),
    ];
    if !user.file.is_empty() {
        let (file, replaced) = (&user.file, describe_replaced(user));
        lines.push(tr!("settings     {file}; {replaced}", "设置       {file}；{replaced}"));
    }
    lines.push(String::new());
    lines.push(
        tr_static!(
            "Put a video into the bucket to upload it. Commands to paste in another terminal:",
            "把视频放进 bucket 即可上传。可粘贴到另一个终端的命令："
        )
        .into(),
    );
    for line in paste_lines::build(addresses, &running.settings, program, sample) {
        lines.push(format!("# {}", line.about));
        lines.push(line.command);
    }
    lines.push(String::new());
    lines.push(tr_static!("Press Ctrl-C to stop.", "按 Ctrl-C 停止。").into());
    lines
}

/// What of the user's file the local clouds replace.
fn describe_replaced(user: &UserSettings) -> String {
    let names = user.replaced.join(", ");
    match names.as_str() {
        "" => tr_static!("nothing in it is replaced", "其中没有被替换的内容").into(),
        _ => tr!("replaced by the local ones, or left out: {names}", "已换成本地的，或不使用：{names}"),
    }
}

//! Why an object has no upload, and what a person can do about it.

use super::{errors::describe_app, names::describe_video};
use crate::ui::{
    i18n::{tr, tr_static},
    local_time,
    output::escape,
    shell_text::{quote_location, write_command},
};
use app::{
    ObjectExplanation, ObjectVerdict, Settings,
    core::{
        Location, ScanAge,
        rules::{Rule, SIDECAR_SUFFIX, VIDEO_EXTENSIONS, sidecar_key},
    },
};

/// An object without an upload, and the settings that decide about it.
pub(crate) struct Unpublished<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) location: &'a Location,
    pub(crate) explanation: &'a ObjectExplanation,
    /// What there is to say where there is no ledger yet.
    pub(crate) missing_ledger: Option<&'a str>,
}

impl Unpublished<'_> {
    /// The rules for the object's bucket.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.settings.rules.iter().filter(|rule| rule.bucket == self.location.bucket)
    }

    /// The rule that matches the video: a sidecar is matched by the rule of its video.
    fn rule(&self) -> Option<&Rule> {
        let key = self.location.key.strip_suffix(SIDECAR_SUFFIX).unwrap_or(&self.location.key);
        self.settings.rules.find_match(&self.location.bucket, key)
    }

    /// The reserved prefix that the object lies below.
    fn reserved_prefix(&self) -> Option<&str> {
        let prefixes = self.settings.reserved.prefixes.iter().map(String::as_str);
        prefixes.filter(|prefix| self.location.key.starts_with(prefix)).max_by_key(|prefix| prefix.len())
    }

    /// The command that uploads it whatever the rules say.
    fn command(&self) -> String {
        write_command(&format!("upload {}", quote_location(self.location)))
    }
}

/// The stable code of the reason.
pub(crate) fn code(verdict: &ObjectVerdict) -> &str {
    match verdict {
        ObjectVerdict::Skipped(reason) => reason,
        ObjectVerdict::Refused(error) => error.kind().code(),
        ObjectVerdict::SameContent { .. } => "same_content",
        ObjectVerdict::Wanted { age: None, .. } => "ledger_unused",
        ObjectVerdict::Wanted { age: Some(age), .. } => match age {
            ScanAge::Older { .. } => "too_old",
            ScanAge::Young { .. } => "too_young",
            ScanAge::Due => "not_found_yet",
        },
    }
}

/// The lines of `explain`.
pub(crate) fn describe(subject: &Unpublished<'_>) -> Vec<String> {
    let object = &subject.explanation.object;
    let mut lines = vec![
        tr!(
            "object   {}  {} bytes, ETag {}",
            "对象  {}  {} 字节，ETag {}",
            escape(&subject.location.to_string()),
            object.size,
            escape(&object.etag)
        ),
        match subject.missing_ledger {
            Some(missing) => format!("{}{missing}", tr_static!("upload   none: ", "上传  无：")),
            None => {
                tr!(
                    "upload   none: the ledger has no upload of this version",
                    "上传  无：台账中没有这个版本的上传"
                )
            }
        },
        format!(
            "{}{} [{}]",
            tr_static!("reason   ", "原因  "),
            describe_reason(subject),
            code(&subject.explanation.verdict)
        ),
    ];
    lines.extend(subject.rules().map(|rule| {
        let paused = if rule.paused { tr_static!(", paused", "，已暂停") } else { "" };
        tr!(
            "rule     bucket {}, prefix {:?}, account {}{paused}",
            "规则  bucket {}，前缀 {:?}，账号 {}{paused}",
            escape(&rule.bucket),
            rule.prefix,
            escape(&rule.account)
        )
    }));
    lines.push(format!("{}{}", tr_static!("advice   ", "建议  "), advise(subject)));
    lines
}

/// Why it has no upload.
pub(crate) fn describe_reason(subject: &Unpublished<'_>) -> String {
    match &subject.explanation.verdict {
        ObjectVerdict::Skipped(reason) => describe_skip(reason, subject),
        ObjectVerdict::Refused(error) => {
            let why = describe_app(error);
            tr!("its metadata is refused: {why}", "其视频信息不符合要求：{why}")
        }
        ObjectVerdict::SameContent { upload, video_id } => {
            let video = describe_video(video_id.as_deref());
            tr!(
                "its content is what was last published of this key: upload {upload}, video {video}",
                "内容与该 key 最近一次发布的相同：上传 {upload}，视频 {video}"
            )
        }
        ObjectVerdict::Wanted { age, .. } => describe_age(*age),
    }
}

fn describe_age(age: Option<ScanAge>) -> String {
    match age {
        None => tr!(
            "its rule wants it, but no event of it came, and no sweep has run: the ledger is new",
            "规则要求上传，但没有收到它的事件，也没有运行过巡检：台账是新的"
        ),
        Some(ScanAge::Older { from }) => {
            let from = local_time::format(from);
            tr!(
                "no event of it came, and sweeps leave objects alone that were written before {from}, when the ledger was first used or \
                 first scanned with this rule",
                "没有收到它的事件；巡检不处理 {from}（台账启用或首次按此规则查找的时间）之前写入的对象"
            )
        }
        Some(ScanAge::Young { until }) => {
            let until = local_time::format(until);
            tr!(
                "it was just written: its event may still come, and sweeps leave it alone until {until}",
                "刚刚写入：事件可能还在路上，巡检在 {until} 之前不会处理"
            )
        }
        Some(ScanAge::Due) => {
            tr!("no event of it came, and no sweep has found it yet", "没有收到它的事件，巡检也尚未找到它")
        }
    }
}

fn describe_skip(reason: &str, subject: &Unpublished<'_>) -> String {
    match reason {
        "no_rule" => describe_missing_rule(subject),
        "paused" if subject.settings.paused => tr!(
            "automatic uploads are paused (paused = true in the settings)",
            "自动上传已暂停（设置中 paused = true）"
        ),
        "paused" => tr!("its rule is paused", "其规则已暂停"),
        "not_a_video" if subject.location.key.ends_with(SIDECAR_SUFFIX) => tr!(
            "it holds the metadata of a video, and is no video itself",
            "它是视频旁边的文件，写有视频信息，本身不是视频"
        ),
        "not_a_video" => match subject.rule().and_then(|rule| rule.extensions.as_ref()) {
            Some(extensions) => {
                let extensions = extensions.join(", ");
                tr!(
                    "its rule takes these extensions only: {extensions}",
                    "其规则只接受这些扩展名：{extensions}"
                )
            }
            None => tr!(
                "its name does not end in the extension of a video that Youku accepts",
                "其扩展名不是优酷接受的视频格式"
            ),
        },
        "junk" => tr!(
            "its name, or that of a folder above it, is one that systems give to what they leave behind",
            "其名称或上级目录名表明它是系统遗留的文件"
        ),
        "folder_marker" => {
            tr!("its key ends with a slash: it stands for a folder", "key 以斜杠结尾：它代表目录")
        }
        "empty_object" => tr!("it is empty", "它是空对象"),
        "own_prefix" => {
            let prefix = escape(subject.reserved_prefix().unwrap_or_default());
            tr!(
                "it lies below {prefix}, a prefix that the settings reserve (reserved.prefixes): nothing there is published automatically",
                "它位于 {prefix} 之下，该前缀在设置中被保留（reserved.prefixes）：其中的对象不会自动发布"
            )
        }
        "waits_for_sidecar" => {
            let sidecar = sidecar_key(&subject.location.key);
            let sidecar = escape(&sidecar);
            tr!(
                "its rule requires metadata in {sidecar}, which is not there",
                "其规则要求旁边的文件 {sidecar}，但该文件不存在"
            )
        }
        "sidecar_before_video" => {
            tr!(
                "it holds the metadata of a video that is not there yet",
                "它是视频旁边的文件，对应的视频尚不存在"
            )
        }
        "not_whole" => tr!(
            "it is an appendable object or a symlink, which may still change",
            "它是追加类型的对象或软链接，可能仍会变化"
        ),
        other => tr!("it is left alone: {other}", "不会自动上传：{other}"),
    }
}

fn describe_missing_rule(subject: &Unpublished<'_>) -> String {
    if subject.rules().next().is_some() {
        return tr!(
            "no rule of its bucket has a prefix of its key",
            "该 bucket 的规则中没有匹配其 key 的前缀"
        );
    }
    let mut buckets: Vec<_> = subject.settings.rules.iter().map(|rule| rule.bucket.as_str()).collect();
    buckets.dedup();
    let bucket = escape(&subject.location.bucket);
    if buckets.is_empty() {
        return tr!(
            "the settings have no rules: nothing is published automatically",
            "设置中没有规则：不会自动发布"
        );
    }
    let buckets = buckets.join(", ");
    tr!(
        "no rule is for bucket {bucket}, only for {buckets}",
        "没有 bucket {bucket} 的规则，只有 {buckets} 的"
    )
}

/// What a person can do.
pub(crate) fn advise(subject: &Unpublished<'_>) -> String {
    let command = subject.command();
    let reason = match &subject.explanation.verdict {
        ObjectVerdict::Skipped(reason) => *reason,
        ObjectVerdict::Refused(_) => {
            return tr!(
                "correct what it names and write the object again, or state it: {command} --title ... --public-type ...",
                "请按提示修改后重新写入对象，或直接指定：{command} --title ... --public-type ..."
            );
        }
        ObjectVerdict::SameContent { .. } => {
            return tr!(
                "to publish it all the same: {command}; republish = true in the rule does so for every new version",
                "仍要发布：{command}；规则中的 republish = true 对所有新版本生效"
            );
        }
        ObjectVerdict::Wanted { age, .. } => return advise_wanted(*age, subject),
    };
    match reason {
        "no_rule" => tr!(
            "add a rule for it ([[rules]] with bucket, prefix, account and public_type), or upload it now: {command}",
            "请为它添加规则（[[rules]]，含 bucket、prefix、account、public_type），或立即上传：{command}"
        ),
        "paused" => tr!(
            "set paused = false, and the next sweep finds it; or upload it now: {command}",
            "请设 paused = false，下一次巡检会找到它；或立即上传：{command}"
        ),
        "junk" => tr!(
            "set include_junk = true in its rule, or upload it now: {command}",
            "请在其规则中设 include_junk = true，或立即上传：{command}"
        ),
        "not_a_video" if subject.rule().is_some_and(|rule| rule.extensions.is_some()) => tr!(
            "add its extension to the rule's extensions, if it is a video; or upload it now: {command}",
            "若它是视频，请在规则的 extensions 中加入其扩展名；或立即上传：{command}"
        ),
        "not_a_video" => {
            let known = VIDEO_EXTENSIONS.join(", ");
            tr!(
                "if it is a video, give the object a name with one of these extensions: {known}",
                "若它是视频，请把对象改名为这些扩展名之一：{known}"
            )
        }
        "own_prefix" => {
            let prefix = escape(subject.reserved_prefix().unwrap_or_default());
            tr!(
                "if it is a video, upload it now: {command}; or take {prefix} out of reserved.prefixes, unless a job of the legacy worker or \
                 the ledger needs it",
                "若它是视频，可立即上传：{command}；或从 reserved.prefixes 中去掉 {prefix}（前提是旧 worker 的任务和台账都不使用它）"
            )
        }
        "waits_for_sidecar" => tr!(
            "write it, such as {{\"title\": \"...\"}}; or upload the video now: {command} --public-type ...",
            "请写入该文件（如 {{\"title\": \"...\"}}）；或立即上传视频：{command} --public-type ..."
        ),
        "not_whole" => tr!(
            "set unfinished_after_seconds in its rule to publish such objects once nobody has written to them for that time; or upload it \
             now, as it is: {command}",
            "请在其规则中设 unfinished_after_seconds，超过该时间未写入即发布；或按现状立即上传：{command}"
        ),
        _ => tr!("nothing: it is not meant to be published", "无需处理：它本不应发布"),
    }
}

fn advise_wanted(age: Option<ScanAge>, subject: &Unpublished<'_>) -> String {
    let command = subject.command();
    match age {
        Some(ScanAge::Young { .. }) => {
            tr!("wait, or upload it now: {command}", "请稍候，或立即上传：{command}")
        }
        Some(ScanAge::Due) if subject.settings.sweep.discover => {
            let sweep = write_command("sweep");
            tr!(
                "upload it now: {command}; or let a sweep find it: {sweep}. Check that the bucket sends its events to the function",
                "立即上传：{command}；或由巡检查找：{sweep}。请检查 bucket 的事件是否发往函数"
            )
        }
        Some(ScanAge::Older { .. }) => {
            let sweep = write_command(tr_static!("sweep --since TIME", "sweep --since 时间"));
            tr!(
                "upload it now: {command}; `{sweep}` does so for all objects written since then",
                "立即上传：{command}；`{sweep}` 可上传此后写入的全部对象"
            )
        }
        _ => tr!(
            "upload it now: {command}. Check that the bucket sends its events to the function",
            "立即上传：{command}。请检查 bucket 的事件是否发往函数"
        ),
    }
}

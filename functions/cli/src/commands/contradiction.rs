//! Facts that a setting must fit: which the settings contradict, what that leads to, and which setting ends it.
//!
//! A rehearsal keeps these facts in the ledger, and no others; `doctor` compares them with the settings.

use crate::ui::i18n::{tr, tr_static};
use app::{Md5Requirement, Settings, TargetSignature, core::ledger::RehearsedFact};

/// `ledger.window_ms` where it is not set.
pub(super) const USUAL_WINDOW: u64 = 500;

/// What the settings ask for although a rehearsal found that it is not so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Contradiction {
    /// What it leads to.
    pub(super) result: String,
    /// Which setting ends it.
    pub(super) advice: String,
    /// Uploads, changes or the promise of one video fail by it; else it only costs time or requests.
    pub(super) breaks: bool,
}

type Judge = fn(&Settings, &RehearsedFact) -> Option<Contradiction>;

/// The facts by name, each with what the settings are held against.
const FACTS: [(&str, Judge); 5] = [
    ("youku.signature", judge_signature),
    ("youku.single_put", judge_single_put),
    ("youku.web_md5", judge_web_md5),
    ("youku.update_host", judge_update_host),
    ("oss.create_only", judge_create_only),
];

/// Whether a setting depends on this fact.
pub(super) fn is_kept(name: &str) -> bool {
    FACTS.iter().any(|(known, _)| *known == name)
}

/// What the settings contradict of a fact; `None` also of a fact that no setting depends on.
pub(super) fn find(settings: &Settings, name: &str, fact: &RehearsedFact) -> Option<Contradiction> {
    let (_, judge) = FACTS.iter().find(|(known, _)| *known == name)?;
    judge(settings, fact)
}

fn judge_signature(settings: &Settings, fact: &RehearsedFact) -> Option<Contradiction> {
    let (result, breaks) = match (settings.youku.signature, fact.found.as_str()) {
        (TargetSignature::V4, "v1") | (TargetSignature::V1, "v4") => {
            let only = fact.found.to_uppercase();
            (tr!("Youku's bucket takes {only} signatures only", "优酷的 bucket 只接受 {only} 签名"), true)
        }
        (TargetSignature::Auto, "v1") => {
            let result = tr!(
                "Youku's bucket refuses V4 signatures: each process loses a request by it",
                "优酷的 bucket 拒绝 V4 签名：每个进程因此多一次被拒绝的请求"
            );
            (result, false)
        }
        _ => return None,
    };
    let word = &fact.found;
    Some(Contradiction { result, advice: set(&format!("youku.signature = {word:?}")), breaks })
}

fn judge_single_put(settings: &Settings, fact: &RehearsedFact) -> Option<Contradiction> {
    let (result, breaks) = match fact.found.as_str() {
        _ if !settings.youku.single_put => return None,
        "refused_at_bucket" => (
            tr_static!(
                "Youku's bucket refuses a single PutObject: each process loses a request by it",
                "优酷的 bucket 拒绝单次 PutObject：每个进程因此多一次被拒绝的请求"
            ),
            false,
        ),
        "refused_at_commit" => (
            tr_static!(
                "Youku refuses the commit of what a single PutObject sent: such uploads fail",
                "优酷拒绝提交由单次 PutObject 上传的内容：此类上传会失败"
            ),
            true,
        ),
        _ => return None,
    };
    Some(Contradiction { result: result.to_owned(), advice: set("youku.single_put = false"), breaks })
}

fn judge_web_md5(settings: &Settings, fact: &RehearsedFact) -> Option<Contradiction> {
    let (result, breaks) = match fact.found.as_str() {
        _ if settings.youku.md5 != Md5Requirement::Web => return None,
        "refused_at_create" => (
            tr_static!(
                "Youku refuses an upload without MD5: each process loses a call by it",
                "优酷拒绝没有 MD5 的上传：每个进程因此多一次被拒绝的调用"
            ),
            false,
        ),
        "refused_at_commit" => (
            tr_static!(
                "Youku refuses the commit of an upload without MD5: such uploads fail, or are sent twice",
                "优酷拒绝提交没有 MD5 的上传：此类上传会失败，或需重传"
            ),
            true,
        ),
        _ => return None,
    };
    Some(Contradiction { result: result.to_owned(), advice: set("youku.md5 = \"required\""), breaks })
}

fn judge_update_host(settings: &Settings, fact: &RehearsedFact) -> Option<Contradiction> {
    let is_stated = settings.youku.call_urls.update.is_some();
    if !settings.manage.enabled || is_stated || fact.found != "neither" {
        return None;
    }
    let result = tr!(
        "videos/update is on neither of Youku's hosts: no video can be changed, hidden or made public",
        "优酷的两个主机都没有 videos/update：无法修改、隐藏或公开视频"
    );
    let advice = tr!(
        "name where it is in youku.call_urls.update, or set manage.enabled = false; the next rehearsal that finds it ends this as well",
        "请在 youku.call_urls.update 中给出其地址，或设置 manage.enabled = false；之后的预演若找到它，此项也会消失"
    );
    Some(Contradiction { result, advice, breaks: true })
}

fn judge_create_only(settings: &Settings, fact: &RehearsedFact) -> Option<Contradiction> {
    let window = settings.ledger.window_ms.unwrap_or(USUAL_WINDOW);
    let least = fact.least.filter(|least| fact.found == "several" && *least > window)?;
    let result = tr!(
        "OSS let several create-only puts of a key in, and ledger.window_ms, which is {window}, is too short for that: two holders of an upload \
         could both believe to have it, and make two videos",
        "OSS 让同一 key 的多次禁止覆盖写入成功，而 ledger.window_ms 为 {window}，时间过短：同一上传的两个持有者可能都认为自己持有，从而生成两个视频"
    );
    let advice = tr!(
        "set ledger.window_ms = {least}: that alone ends this, because tries in which only one is let in prove nothing",
        "请设置 ledger.window_ms = {least}：只有这样才能消除此项，因为只有一次成功的尝试不能作为证明"
    );
    Some(Contradiction { result, advice, breaks: true })
}

fn set(setting: &str) -> String {
    tr!(
        "set {setting}; the next rehearsal that finds it otherwise ends this as well",
        "请设置 {setting}；之后的预演若结果不同，此项也会消失"
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::time::SystemTime;

    fn judge(variables: &[(&str, &str)], name: &str, found: &str, least: Option<u64>) -> Option<bool> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = Settings::from_parts("", "", variables).unwrap();
        let fact = RehearsedFact { found: found.to_owned(), least, at: SystemTime::now().into() };
        find(&settings, name, &fact).map(|contradiction| contradiction.breaks)
    }

    /// Default settings contradict nothing but a window that is too short and a bucket that takes V1 alone; others what they ask for.
    #[test]
    fn settings_contradict_what_they_ask_for_in_vain() {
        let single_put = ("OSS2YOUKU_YOUKU__SINGLE_PUT", "true");
        let web = ("OSS2YOUKU_YOUKU__MD5", "web");
        let manage = ("OSS2YOUKU_MANAGE__ENABLED", "true");
        let (v1, v4) = (("OSS2YOUKU_YOUKU__SIGNATURE", "v1"), ("OSS2YOUKU_YOUKU__SIGNATURE", "v4"));
        let window = ("OSS2YOUKU_LEDGER__WINDOW_MS", "1200");
        let url = ("OSS2YOUKU_YOUKU__CALL_URLS__UPDATE", "https://example.com/v2");
        for (variables, name, found, least, expected) in [
            (&[][..], "youku.single_put", "refused_at_commit", None, None),
            (&[single_put], "youku.single_put", "refused_at_commit", None, Some(true)),
            (&[single_put], "youku.single_put", "refused_at_bucket", None, Some(false)),
            (&[single_put], "youku.single_put", "taken", None, None),
            (&[], "youku.web_md5", "refused_at_create", None, None),
            (&[web], "youku.web_md5", "refused_at_create", None, Some(false)),
            (&[web], "youku.web_md5", "refused_at_commit", None, Some(true)),
            (&[web], "youku.web_md5", "taken", None, None),
            (&[], "youku.update_host", "neither", None, None),
            (&[manage], "youku.update_host", "neither", None, Some(true)),
            (&[manage, url], "youku.update_host", "neither", None, None),
            (&[manage], "youku.update_host", "new", None, None),
            (&[], "youku.signature", "v1", None, Some(false)),
            (&[], "youku.signature", "v4", None, None),
            (&[v1], "youku.signature", "v1", None, None),
            (&[v4], "youku.signature", "v1", None, Some(true)),
            (&[v1], "youku.signature", "v4", None, Some(true)),
            (&[v4], "youku.signature", "both", None, None),
            (&[], "oss.create_only", "several", Some(1200), Some(true)),
            (&[], "oss.create_only", "several", Some(500), None),
            (&[window], "oss.create_only", "several", Some(1200), None),
            (&[], "oss.create_only", "one", None, None),
            (&[single_put, web, manage], "oss.clock", "different", None, None),
        ] {
            assert_eq!(judge(variables, name, found, least), expected, "{variables:?} {name} {found}");
        }
        assert!(is_kept("oss.create_only") && !is_kept("youku.uncommitted"));
    }
}

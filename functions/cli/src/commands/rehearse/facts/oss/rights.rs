//! Which of the rights that a function's role needs (`functions/aliyun-fc/ram-policy.json`) the key in reach lacks, and which others it has.
//!
//! Nothing of the user's is touched. In the rules' buckets objects are listed and at most one byte of one is read, as `doctor` does. Next to the
//! ledger a key of the rehearsal's own is written, read and deleted. Beyond the ledger's prefix a random key is asked for and, where no rule
//! covers it and OSS does not say that it is there, deleted. Not tried: writing beyond the prefix, which would leave an object or call a function,
//! deleting in the rules' buckets, which could leave a delete marker, and whatever changes a bucket's settings.

use super::{announce, check_rules, open_bucket};
use crate::commands::rehearse::{
    clip::random_word,
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::Stage,
    text::{Text, text},
};
use app::{
    core::{self, Location, rules::Rule},
    storage::{self, PutOptions, Store},
};
use futures_util::TryStreamExt as _;
use std::collections::BTreeSet;

/// Requests to a rule's bucket at most: a page of its list, what one object is, and a byte of it.
pub(in super::super) const OF_A_RULE: u32 = 3;

pub(in super::super) const FACT: Fact = Fact {
    name: "oss.rights",
    question: || {
        text!(
            "which rights the key in reach lacks, and which it has beyond need; it also lists, and reads one byte, where the rules look",
            "当前密钥缺少哪些权限，又有哪些多余的权限；另在规则的范围内列出对象，并读取一个字节"
        )
    },
    expected: "as_needed",
    calls: 0,
    requests: 8,
    makes: Makes::Objects,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "as_needed" => text!(
            "the key may do what uploads need, and nothing else that was tried",
            "密钥具有上传所需的权限，且所测试的其他操作均被拒绝"
        ),
        "too_many" => text!(
            "functions/aliyun-fc/ram-policy.json names the rights that suffice",
            "functions/aliyun-fc/ram-policy.json 列出了足够的权限"
        ),
        _ => text!(
            "grant what is missing: functions/aliyun-fc/ram-policy.json has all of it",
            "请授予缺少的权限：functions/aliyun-fc/ram-policy.json 中列出了全部"
        ),
    },
};

/// What was found of each right.
#[derive(Default)]
struct Rights {
    granted: u32,
    missing: Vec<String>,
    beyond: Vec<String>,
    /// What could not be tried.
    open: Vec<String>,
}

impl Rights {
    /// Notes whether a right that is needed is there.
    fn note(&mut self, right: &str, place: &str, is_granted: bool) {
        match is_granted {
            true => self.granted += 1,
            false => self.missing.push(format!("{right} {place}")),
        }
    }

    /// Notes whether a right that is not needed is there.
    fn note_beyond(&mut self, right: &str, place: &str, is_granted: bool) {
        if is_granted {
            self.beyond.push(format!("{right} {place}"));
        }
    }
}

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (store, prefix) = open_bucket(stage)?;
    check_rules(stage, &store, &prefix)?;
    let mut rights = Rights::default();
    let place = format!("oss://{}/{prefix}", store.bucket());
    let place = place.strip_suffix("rehearsal/").unwrap_or(&place).to_owned();
    let bucket = format!("oss://{}", store.bucket());

    let versioning = is_granted(store.versioning().await)?;
    rights.note("oss:GetBucketVersioning", &bucket, versioning.is_some());
    let listed = is_granted(store.list(&prefix, None, 1).await)?.is_some();
    rights.note("oss:ListObjects", &bucket, listed);
    match versioning {
        Some(false) => try_ledger(stage, &store, &prefix, &place, &mut rights).await?,
        // Whatever is deleted would stay.
        _ => rights.open.extend(["Put", "Get", "Delete"].map(|name| format!("oss:{name}Object {place}"))),
    }
    // Without the right to list, OSS calls a missing object a forbidden one.
    if listed && place != format!("{bucket}/") {
        try_beyond(stage, &store, &bucket, versioning == Some(false), &mut rights).await?;
    } else {
        rights.open.push(format!("oss:GetObject {bucket}/*"));
    }
    let settings = stage.app.settings();
    if settings.source.provider == core::Provider::Oss {
        let places: BTreeSet<_> = settings.rules.iter().map(|rule| (&rule.bucket, &rule.prefix)).collect();
        for (bucket, prefix) in places {
            try_source(stage, bucket, prefix, &mut rights).await?;
        }
    }
    Ok(describe(rights))
}

/// Writes, reads and deletes a key of the rehearsal's own.
async fn try_ledger(
    stage: &mut Stage,
    store: &Store,
    prefix: &str,
    place: &str,
    rights: &mut Rights,
) -> Result<(), Obstacle> {
    let keys = announce(stage, store, prefix, 1)?;
    let put = is_granted(store.put(&keys[0], "rights", &PutOptions::default()).await)?;
    rights.note("oss:PutObject", place, put.is_some());
    match put {
        Some(_) => rights.note("oss:GetObject", place, is_granted(store.head(&keys[0]).await)?.is_some()),
        None => rights.open.push(format!("oss:GetObject {place}")),
    }
    rights.note("oss:DeleteObject", place, is_granted(store.delete(&keys[0]).await)?.is_some());
    Ok(())
}

/// Asks for a key outside the ledger that nobody has, and deletes it.
async fn try_beyond(
    stage: &Stage,
    store: &Store,
    bucket: &str,
    may_delete: bool,
    rights: &mut Rights,
) -> Result<(), Obstacle> {
    let key = format!("oss2youku-rehearsal-{}{}", random_word(), random_word());
    let place = format!("{bucket}/*");
    let read = match store.head(&key).await {
        Err(error) if error.kind() == storage::ErrorKind::NotFound => true,
        answer => match is_granted(answer)? {
            None => false,
            Some(_) => {
                return Err(Obstacle::Other(text!("a random key is taken", "随机的 key 已被占用")));
            }
        },
    };
    rights.note_beyond("oss:GetObject", &place, read);
    let provider = stage.app.settings().source.provider;
    let covers = |rule: &Rule| rule.bucket == store.bucket() && key.starts_with(&rule.prefix);
    let is_covered = provider == core::Provider::Oss && stage.app.settings().rules.iter().any(covers);
    if may_delete && !is_covered {
        let deleted = is_granted(store.delete(&key).await)?.is_some();
        rights.note_beyond("oss:DeleteObject", &place, deleted);
    } else {
        rights.open.push(format!("oss:DeleteObject {place}"));
    }
    Ok(())
}

/// Lists a rule's place and reads one byte of one of its objects.
async fn try_source(stage: &Stage, bucket: &str, prefix: &str, rights: &mut Rights) -> Result<(), Obstacle> {
    let source = stage.app.source(None);
    let provider = core::Provider::Oss;
    let place = Location { provider, bucket: bucket.to_owned(), key: prefix.to_owned(), region: None };
    let below = format!("{place}*");
    let page = is_allowed(source.list(&place, None).await)?;
    rights.note("oss:ListObjects", &format!("oss://{bucket}"), page.is_some());
    let Some(entry) = page.and_then(|page| page.entries.into_iter().find(|entry| entry.size > 0)) else {
        rights.open.push(format!("oss:GetObject {below}"));
        return Ok(());
    };
    let object = is_allowed(source.head(&Location { key: entry.key, ..place }).await)?;
    rights.note("oss:GetObject", &below, object.is_some());
    if let Some(object) = object.filter(|object| object.version_id.is_some()) {
        let read = async { source.read(&object, 0..1).await?.try_next().await };
        match read.await {
            // It must be restored before it can be read.
            Err(error) if error.kind() == core::ErrorKind::SourceDenied && !is_denied(&error) => {
                rights.open.push(format!("oss:GetObjectVersion {below}"));
            }
            read => rights.note("oss:GetObjectVersion", &below, is_allowed(read)?.is_some()),
        }
    }
    Ok(())
}

/// `None` where the right is missing; other failures say nothing of it.
fn is_granted<T>(answer: Result<T, storage::Error>) -> Result<Option<T>, Obstacle> {
    match answer {
        Err(error) if lacks_right(&error) => Ok(None),
        answer => Ok(Some(answer?)),
    }
}

/// The same of the source's port.
fn is_allowed<T>(answer: Result<T, core::Error>) -> Result<Option<T>, Obstacle> {
    match answer {
        Err(error) if is_denied(&error) => Ok(None),
        answer => Ok(Some(answer?)),
    }
}

fn is_denied(error: &core::Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<storage::Error>());
    cause.is_some_and(lacks_right)
}

/// Whether OSS itself says that the right is missing. A key that it does not know, or a signature that does not match, says nothing of rights,
/// nor does a page of something between.
fn lacks_right(error: &storage::Error) -> bool {
    error.kind() == storage::ErrorKind::AccessDenied
        && error.details().server_code.as_deref() == Some("AccessDenied")
}

fn describe(rights: Rights) -> Found {
    let Rights { granted, missing, beyond, open } = rights;
    let word = match (missing.is_empty(), beyond.is_empty()) {
        (true, true) => "as_needed",
        (false, true) => "missing",
        (true, false) => "too_many",
        (false, false) => "missing,too_many",
    };
    let mut evidence = text!("{granted} that are needed", "所需权限已有 {granted} 项");
    for (list, en, zh) in [
        (missing, "missing", "缺少"),
        (beyond, "beyond need", "多余"),
        (open, "could not be tried", "未能测试"),
    ] {
        if !list.is_empty() {
            let list = list.join(", ");
            let Text { en: en_before, zh: zh_before } = evidence;
            evidence = text!("{en_before}; {en}: {list}", "{zh_before}；{zh}：{list}");
        }
    }
    Found::new(word, evidence)
}

//! How long the keys of Youku's bucket live, and what it answers when they are over.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    record::Entry,
    stage::{Stage, describe_refusal},
    text::text,
    upload::OldKeys,
};
use app::storage::{self, Store};
use http_body_util::Full;
use std::time::Duration;

/// Minutes that are waited for at most, and beyond the time that Youku states.
const LONGEST_WAIT: u64 = 75;
const BEYOND: u64 = 1;
/// A life below this is stated in seconds, else in minutes: less is lost on the way.
const SHORT: Duration = Duration::from_secs(120);

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.sts_end",
    question: || {
        text!(
            "how long the keys of Youku's bucket live, and what it answers when they are over",
            "优酷 bucket 的密钥有效多久，到期之后如何应答"
        )
    },
    expected: "expired",
    calls: 6,
    requests: 0,
    makes: Makes::Aging,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "expired" | "unknown" => {
            text!("new keys are fetched, and the upload goes on", "会获取新的密钥并继续上传")
        }
        "taken" => text!("keys outlive what Youku states", "密钥的实际有效期长于优酷所述"),
        _ => text!(
            "new keys are fetched once for it; where that does not help the upload fails",
            "会为此获取一次新的密钥；若仍无效则上传失败"
        ),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    stage.open_old_keys().await;
    let keys = stage.old_keys.take().unwrap_or(Err(Obstacle::Stopped))?;
    let life = round(keys.life);
    let minutes = stage.count_minutes(life);
    if minutes > LONGEST_WAIT {
        return Err(Obstacle::NotHere(text!(
            "the keys live for {minutes} minutes as Youku states, and a rehearsal waits for {LONGEST_WAIT} at most",
            "按优酷所述密钥有效 {minutes} 分钟，而预演最多等待 {LONGEST_WAIT} 分钟"
        )));
    }
    let what = text!("the keys of Youku's bucket are over", "优酷 bucket 的密钥到期");
    stage.wait_until(keys.session.credentials.expires + stage.minutes(BEYOND), &what).await?;
    let (store, _) = keys.session.bucket();
    let (word, answer) = match send_again(store, &keys).await {
        Ok(()) => ("taken", "200".to_owned()),
        Err(error) => match name(&error) {
            Some(word) => (word, describe(&error)),
            None => return Err(error.into()),
        },
    };
    let fresh = go_on(stage, &keys).await?;
    let seconds = life.as_secs();
    let evidence = text!(
        "stated: {seconds} s; after them UploadPart: {answer}; with new keys: {fresh}",
        "所述有效期：{seconds} 秒；到期后 UploadPart：{answer}；使用新密钥：{fresh}"
    );
    let found = Found::new(word, evidence).with_youku("sts_life_ms", seconds * 1000);
    Ok(if word == "other" { found } else { found.with_youku("expired_sts", word) })
}

/// The life as it was meant: it was stated in whole seconds, and some passed on the way.
fn round(life: Duration) -> Duration {
    let seconds = life.as_millis().div_ceil(1000);
    let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
    Duration::from_secs(if life < SHORT { seconds } else { (seconds + 30) / 60 * 60 })
}

/// Sends the second part.
async fn send_again(store: &Store, keys: &OldKeys) -> Result<(), storage::Error> {
    let (bytes, key) = (keys.session.clip.bytes.clone(), &keys.session.credentials.target.object);
    let length = bytes.len() as u64;
    store.upload_part(key, &keys.multipart, 2, Full::new(bytes), length).await.map(drop)
}

/// Continues with new keys, as an upload does, and aborts the multipart upload.
async fn go_on(stage: &mut Stage, keys: &OldKeys) -> Result<String, Obstacle> {
    let session = &keys.session;
    let given = stage.client()?.sts(&session.upload_token, &session.credentials.target).await;
    let given = match stage.judge(given)? {
        Ok(given) => given,
        Err(refused) => return Ok(describe_refusal(&refused)),
    };
    let store = stage.app.youku_bucket(&given, None)?;
    if let Err(error) = send_again(&store, keys).await {
        return Ok(describe(&error));
    }
    store.abort_multipart(&session.credentials.target.object, &keys.multipart).await?;
    stage.record.append(Entry::Completed { n: session.n })?;
    Ok("200".to_owned())
}

/// The stable word for a refusal; `None` for what is none, and says nothing.
fn name(error: &storage::Error) -> Option<&'static str> {
    let details = error.details();
    match (details.server_code.as_deref(), details.status) {
        (Some("SecurityTokenExpired"), _) => Some("expired"),
        (Some("InvalidAccessKeyId"), _) => Some("unknown"),
        (Some("AccessDenied"), _) => Some("denied"),
        (Some(_), Some(400 | 401 | 403)) => Some("other"),
        _ => None,
    }
}

fn describe(error: &storage::Error) -> String {
    error.details().server_code.clone().unwrap_or_else(|| error.code().to_owned())
}

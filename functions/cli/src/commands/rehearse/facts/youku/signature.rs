//! Which versions of OSS's signature Youku's bucket takes.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    record::Entry,
    stage::Stage,
    text::text,
    upload::Session,
};
use app::{
    TargetSignature,
    storage::{Error, ErrorKind, PutOptions},
};

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.signature",
    question: || text!("which signatures Youku's bucket takes", "优酷的 bucket 接受哪种签名"),
    expected: "both",
    calls: 4,
    requests: 0,
    makes: Makes::Session,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "both" | "v4" => text!("requests are signed with V4", "请求使用 V4 签名"),
        "v1" => text!(
            "with youku.signature = \"v1\" no request is refused first",
            "设置 youku.signature = \"v1\" 可免去先被拒绝的请求"
        ),
        _ => text!("", ""),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let session = stage.open_usual().await?;
    let v4 = begin_with(stage, &session, TargetSignature::V4).await?;
    let v1 = begin_with(stage, &session, TargetSignature::V1).await?;
    let word = match (&v4, &v1) {
        (Ok(()), Ok(())) => "both",
        (Ok(()), Err(_)) => "v4",
        (Err(_), Ok(())) => "v1",
        // Not the signature alone is refused.
        (Err(_), Err(_)) => return Err(v4.err().map_or(Obstacle::Stopped, Obstacle::Store)),
    };
    let describe = |answer: &Result<(), Error>| match answer {
        Ok(()) => "200".to_owned(),
        Err(error) => error.details().server_code.clone().unwrap_or_else(|| error.code().to_owned()),
    };
    let (v4, v1) = (describe(&v4), describe(&v1));
    let found = Found::new(word, text!("V4: {v4}; V1: {v1}", "V4：{v4}；V1：{v1}"));
    Ok(if word == "v1" { found.with_setting("OSS2YOUKU_YOUKU__SIGNATURE=v1") } else { found })
}

/// Begins a multipart upload with this signature, which Youku's keys must allow, and drops it.
async fn begin_with(
    stage: &mut Stage,
    session: &Session,
    signature: TargetSignature,
) -> Result<Result<(), Error>, Obstacle> {
    let store = stage.app.youku_bucket(&session.credentials, Some(signature))?;
    let (_, key) = session.bucket();
    let id = match store.initiate_multipart(key, &PutOptions::default()).await {
        Ok(id) => id,
        Err(error) if REFUSALS.contains(&error.kind()) => return Ok(Err(error)),
        Err(error) => return Err(error.into()),
    };
    stage.record.append(Entry::Initiated { n: session.n, multipart: id.to_string() })?;
    store.abort_multipart(key, &id).await?;
    stage.record.append(Entry::Completed { n: session.n })?;
    Ok(Ok(()))
}

/// How a bucket refuses a signature that it does not take.
const REFUSALS: [ErrorKind; 3] =
    [ErrorKind::SignatureVersionRefused, ErrorKind::AccessDenied, ErrorKind::Rejected];

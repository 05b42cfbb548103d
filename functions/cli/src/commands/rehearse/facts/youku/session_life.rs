//! How long an upload that is not committed stays open.

use super::slice_publish::{send, wait_until_written};
use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::{Listed, Stage, describe_refusal},
    text::{Text, text},
    upload::{Session, SliceSession},
};
use serde_json::Value;
use std::time::SystemTime;

/// The ages at which an upload is asked about and committed, in minutes.
const AGES: [u64; 3] = [1, 10, 60];

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.session_life",
    question: || {
        text!(
            "whether an upload can still be committed after 1, 10 and 60 minutes, and what show and by_me say before",
            "上传在 1、10、60 分钟之后能否提交，之前 show 和 by_me 如何应答"
        )
    },
    expected: "60",
    calls: 44,
    requests: 0,
    makes: Makes::Aging,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "60" => text!(
            "an upload that waits for an hour is resumed where it stood",
            "等待一小时的上传可从原处继续"
        ),
        _ => {
            text!("an upload that waits longer begins again from its first byte", "等待更久的上传会从头开始")
        }
    },
};

/// The three uploads are opened and sent at once, and each is committed at another age: only a commit proves that one was open.
async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    stage.require_removal().await?;
    if stage.waits_for_keys {
        // Both wait at the same time.
        stage.open_old_keys().await;
    }
    let slices = open_slices(stage).await?;
    let mut uploads = Vec::new();
    for age in AGES {
        let session = stage.open_usual().await?;
        let since = SystemTime::now();
        stage.send(&session).await?;
        uploads.push((age, since, session));
    }
    let (mut oldest, mut is_over, mut seen) = (0, false, Vec::new());
    for (age, since, session) in uploads {
        let what = text!("an upload is {age} min old", "上传已过 {age} 分钟");
        stage.wait_until(since + stage.minutes(age), &what).await?;
        let is_last = AGES.last() == Some(&age);
        let (is_open, told) = look_at(stage, since, &session).await?;
        seen.push(told);
        if let Some((slices, address)) = &slices {
            seen.push(look_at_slices(stage, slices, address.as_deref(), is_last || !is_open).await?);
        }
        if !is_open {
            stage.require_control().await?;
            is_over = true;
            break;
        }
        oldest = age;
    }
    let evidence = Text {
        en: seen.iter().map(|text| text.en.as_str()).collect::<Vec<_>>().join("; "),
        zh: seen.iter().map(|text| text.zh.as_str()).collect::<Vec<_>>().join("；"),
    };
    // It ended between two ages: so does it at the local Youku.
    let half_minutes = match oldest {
        _ if !is_over => None,
        0 => Some(1),
        1 => Some(10),
        _ => Some(60),
    };
    let life = half_minutes.map(|count| (stage.minutes(count) / 2).as_millis());
    let life = life.map(|life| u64::try_from(life).unwrap_or(u64::MAX));
    Ok(Found::new(oldest.to_string(), evidence)
        .with_youku("session_life_ms", life.map_or(Value::Null, Value::from)))
}

/// Opens an upload in slice mode and sends it; `None` where Youku does not take one.
async fn open_slices(stage: &mut Stage) -> Result<Option<(SliceSession, Option<String>)>, Obstacle> {
    let opened = async {
        let session = stage.open_for_slices().await?;
        send(stage, &session).await?;
        let (_, address) = wait_until_written(stage, &session).await?;
        Ok((session, address))
    };
    match opened.await {
        Err(Obstacle::Youku(_)) => Ok(None),
        opened => opened.map(Some),
    }
}

/// Asks about an upload, commits it, and answers whether that was taken.
async fn look_at(stage: &mut Stage, since: SystemTime, session: &Session) -> Result<(bool, Text), Obstacle> {
    let shown = match &session.video_id {
        Some(id) => {
            let shown = stage.client()?.show(id).await;
            stage.judge(shown)?.map_or_else(
                |error| describe_refusal(&error),
                |video| video.map_or_else(|| "unknown".to_owned(), |video| video.state_word().to_owned()),
            )
        }
        None => "-".to_owned(),
    };
    let listed = match stage.find_by_title(session.clip.title()).await? {
        Listed::As(_) => "yes",
        Listed::No => "no",
        Listed::Missing => "-",
    };
    let committed = stage.commit(session.n, &session.upload_token, None).await?;
    let (is_open, commit) = (committed.is_ok(), describe(committed));
    let age = stage.count_minutes(since.elapsed().unwrap_or_default());
    let told = text!(
        "{age} min: show {shown}, by_me {listed}, commit {commit}",
        "{age} 分钟：show {shown}，by_me {listed}，commit {commit}"
    );
    Ok((is_open, told))
}

/// Asks the slice server about an upload in slice mode, and commits it where it is not asked about again.
async fn look_at_slices(
    stage: &mut Stage,
    slices: &SliceSession,
    address: Option<&str>,
    ends: bool,
) -> Result<Text, Obstacle> {
    let check = slices.server.check(&slices.upload_token).await;
    let check = stage.judge(check)?.map(|check| format!("{:?}", check.status).to_lowercase());
    let check = check.unwrap_or_else(|error| describe_refusal(&error));
    if !ends {
        return Ok(text!("slice mode: check {check}", "逐片上传：check {check}"));
    }
    let commit = describe(stage.commit(slices.n, &slices.upload_token, address).await?);
    Ok(text!("slice mode: check {check}, commit {commit}", "逐片上传：check {check}，commit {commit}"))
}

fn describe<T>(committed: Result<T, app::youku::Error>) -> String {
    committed.map_or_else(|error| describe_refusal(&error), |_| "200".to_owned())
}

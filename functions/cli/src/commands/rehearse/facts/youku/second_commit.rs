//! What a second commit of the same upload answers.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::{Stage, describe_refusal},
    text::text,
};

/// "Expired upload token".
const EXPIRED: i64 = 120_010_223;

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.second_commit",
    question: || text!("what a second commit answers", "再次提交会得到什么应答"),
    expected: "kind",
    calls: 20,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "kind" => text!("a repeated commit does no harm", "重复提交无害"),
        "other" => text!(
            "a repeated commit makes another video: report this",
            "重复提交会产生另一个视频：请反馈此问题"
        ),
        _ => text!("after a lost answer the video is asked about instead", "应答丢失后改为查询视频"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let (session, first) = stage.publish().await?;
    let first = first.or_else(|| session.video_id.clone());
    let found = match stage.commit(session.n, &session.upload_token, None).await? {
        Ok(second) => {
            let kind = |evidence| Found::new("kind", evidence).with_youku("second_commit", "kind");
            match first.zip(second) {
                None => kind(text!("200, with no id to compare", "200，没有可比较的编号")),
                Some((first, second)) if first == second => {
                    kind(text!("200, with the same id", "200，编号相同"))
                }
                Some(_) => Found::new("other", text!("200, with another video id", "200，视频编号不同")),
            }
        }
        Err(error) => {
            let code = describe_refusal(&error);
            let evidence = text!("refused: {code}", "被拒绝：{code}");
            match error.details().code {
                Some(EXPIRED) => Found::new("expired", evidence).with_youku("committed_token_expired", true),
                _ => Found::new("refuse", evidence).with_youku("second_commit", "refuse"),
            }
        }
    };
    Ok(found)
}

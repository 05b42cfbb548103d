//! What a cancel does to an upload that was not committed.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    record::Entry,
    stage::{Stage, describe_refusal},
    text::text,
};

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.cancel_before_commit",
    question: || text!("whether a cancel ends an upload", "cancel 能否结束上传"),
    expected: "ends",
    calls: 16,
    requests: 0,
    makes: Makes::Session,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "ends" => text!("`oss2youku cancel` ends an upload for good", "`oss2youku cancel` 能彻底结束上传"),
        "refused" => text!(
            "cancelled uploads stay open at Youku until they expire",
            "取消的上传在优酷处保持打开直至过期"
        ),
        _ => text!("a cancelled upload can still be committed", "取消后的上传仍可提交"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    stage.require_removal().await?;
    let session = stage.open_usual().await?;
    stage.send(&session).await?;
    let cancelled = stage.client()?.cancel(&session.upload_token, None).await;
    if let Err(refused) = stage.judge(cancelled)? {
        let code = describe_refusal(&refused);
        return Ok(Found::new("refused", text!("cancel: {code}", "cancel：{code}")));
    }
    let committed = stage.commit(session.n, &session.upload_token, None).await?;
    Ok(match committed {
        Err(refused) => {
            if refused.details().code.is_some() {
                // The upload was cancelled before, and Youku has decided on the commit.
                stage.record.append(Entry::Refused { n: session.n })?;
            }
            stage.require_control().await?;
            let code = describe_refusal(&refused);
            Found::new(
                "ends",
                text!("cancel: 200; a commit after it: {code}", "cancel：200；之后提交：{code}"),
            )
        }
        Ok(_) => {
            Found::new("ignored", text!("cancel: 200; a commit after it: 200", "cancel：200；之后提交：200"))
        }
    })
}

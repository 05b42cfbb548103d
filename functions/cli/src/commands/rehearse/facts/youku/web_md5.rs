//! What becomes of a session that states no MD5, as only Youku's own page is known to open.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    session::StatedMd5,
    stage::{Stage, describe_refusal, only_commit},
    text::text,
};

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.web_md5",
    question: || {
        text!("what becomes of an upload without an MD5 (isweb=1)", "不提供 MD5 的上传（isweb=1）结果如何")
    },
    expected: "taken",
    calls: 20,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "taken" => text!(
            "youku.md5 = \"web\" spares reading objects whose MD5 is unknown",
            "设置 youku.md5 = \"web\"，MD5 未知的对象无需先读一遍"
        ),
        _ => text!("youku.md5 must stay \"required\"", "youku.md5 须保持 \"required\""),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    stage.require_removal().await?;
    let found = match stage.open(StatedMd5::Nothing).await? {
        Err(error) => {
            stage.require_control().await?;
            let code = describe_refusal(&error);
            Found::new("refused_at_create", text!("create: {code}", "create：{code}"))
        }
        Ok(session) => {
            stage.send(&session).await?;
            match stage.commit(session.n, &session.upload_token, None).await? {
                Ok(_) => Found::new("taken", text!("create: 201; commit: 200", "create：201；commit：200"))
                    .with_proposal("OSS2YOUKU_YOUKU__MD5=web", &only_commit()),
                Err(error) => {
                    stage.require_control().await?;
                    let code = describe_refusal(&error);
                    Found::new(
                        "refused_at_commit",
                        text!("create: 201; commit: {code}", "create：201；commit：{code}"),
                    )
                }
            }
        }
    };
    let word = found.word.clone();
    Ok(found.with_youku("web_upload", word))
}

//! What becomes of an object that one PutObject sends, which every published client sends in parts.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    stage::{Stage, describe_refusal, only_commit},
    text::text,
};
use app::storage::ErrorKind;

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.single_put",
    question: || text!("what becomes of a clip that one PutObject sends", "用一次 PutObject 上传的结果如何"),
    expected: "taken",
    calls: 20,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "taken" => text!(
            "youku.single_put saves two requests for each small file",
            "启用 youku.single_put，每个小文件可省两次请求"
        ),
        _ => text!("youku.single_put must stay false", "youku.single_put 须保持 false"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    stage.require_removal().await?;
    let session = stage.open_usual().await?;
    let found = match session.put().await {
        Err(error) if error.kind() == ErrorKind::AccessDenied => {
            stage.require_control().await?;
            Found::new("refused_at_bucket", text!("PutObject: 403", "PutObject：403"))
        }
        Err(error) => return Err(error.into()),
        Ok(()) => match stage.commit(session.n, &session.upload_token, None).await? {
            Ok(_) => Found::new("taken", text!("PutObject: 200; commit: 200", "PutObject：200；commit：200"))
                .with_proposal("OSS2YOUKU_YOUKU__SINGLE_PUT=true", &only_commit()),
            Err(error) => {
                stage.require_control().await?;
                let code = describe_refusal(&error);
                Found::new(
                    "refused_at_commit",
                    text!("PutObject: 200; commit: {code}", "PutObject：200；commit：{code}"),
                )
            }
        },
    };
    let word = found.word.clone();
    Ok(found.with_youku("single_put", word))
}

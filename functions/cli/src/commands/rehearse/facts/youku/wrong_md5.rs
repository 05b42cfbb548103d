//! What commit answers where the bytes do not have the MD5 that create was told.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    session::StatedMd5,
    stage::{Stage, describe_refusal},
    text::text,
};
use app::youku::ErrorKind;

/// "Hash check error", which Youku documents for a slice.
const HASH_CHECK: i64 = 120_010_225;
/// The local Youku's own number.
const OWN: i64 = 120_010_224;

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.wrong_md5",
    question: || text!("what commit answers to a wrong MD5", "MD5 不符时 commit 如何应答"),
    expected: "120010224",
    calls: 20,
    requests: 0,
    makes: Makes::Video,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "taken" => text!("Youku does not check the MD5", "优酷不校验 MD5"),
        word if word.starts_with("unknown ") => text!(
            "the refusal is not recognized as one of the bytes, and the upload fails without saying so: report this number",
            "此错误码未被识别为数据不符，上传失败时不会说明原因：请反馈此错误码"
        ),
        _ => text!("damaged bytes are recognized by it", "据此可识别损坏的数据"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    stage.require_removal().await?;
    let session = stage.open(StatedMd5::Wrong).await?.map_err(Obstacle::Youku)?;
    stage.send(&session).await?;
    let Err(error) = stage.commit(session.n, &session.upload_token, None).await? else {
        return Ok(Found::new("taken", text!("commit: 200", "commit：200")));
    };
    stage.require_control().await?;
    let code = describe_refusal(&error);
    let evidence = text!("commit: {code}", "commit：{code}");
    let is_known = error.kind() == ErrorKind::FileHashMismatch;
    let found = Found::new(if is_known { code } else { format!("unknown {code}") }, evidence);
    Ok(match error.details().code {
        Some(HASH_CHECK) => found.with_youku("commit_md5_error", "hash_check"),
        Some(OWN) => found.with_youku("commit_md5_error", "own"),
        _ => found,
    })
}

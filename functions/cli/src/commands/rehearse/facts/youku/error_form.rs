//! How Youku delivers an error: clients report three forms, and two statuses.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    observer::BodyForm,
    obstacle::Obstacle,
    stage::Stage,
    text::text,
};
use app::youku::{ErrorKind, UploadTarget};

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.error_form",
    question: || text!("how an error is delivered", "错误以何种形式返回"),
    expected: "json",
    calls: 1,
    requests: 0,
    makes: Makes::Nothing,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "other" => text!(
            "errors are in no form that is known: what is refused is reported without Youku's code",
            "错误的形式未知：被拒绝时无法给出优酷的错误码"
        ),
        _ => text!("every form is read", "各种形式都能读取"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let nowhere =
        UploadTarget { endpoint: String::new(), bucket: "none".to_owned(), object: "none".to_owned() };
    let refused = stage.client()?.sts(&"0".repeat(32).into(), &nowhere).await;
    let is_refused = match refused {
        // Also one in a form that is not known.
        Err(error) if error.kind() == ErrorKind::Refused => true,
        refused => stage.judge(refused)?.is_err(),
    };
    if !is_refused {
        return Err(Obstacle::Other(text!(
            "Youku gave keys for an upload that does not exist",
            "优酷为不存在的上传给出了密钥"
        )));
    }
    let Some(answer) = stage.observer()?.last_answer() else {
        return Err(Obstacle::Other(text!("there was no answer", "没有应答")));
    };
    let (status, content_type) = (answer.status, &answer.content_type);
    let word = match answer.form {
        BodyForm::Json if content_type.contains("json") => "json",
        BodyForm::Json => "text",
        BodyForm::Form => "form",
        BodyForm::Other => "other",
    };
    let evidence =
        text!("HTTP {status}, {content_type}, {word} body", "HTTP {status}，{content_type}，内容为 {word}");
    let is_success = (200..300).contains(&status);
    let found = Found::new(word, evidence).with_youku("errors_answer_200", is_success);
    Ok(if word == "other" { found } else { found.with_youku("error_form", word) })
}

//! Trials of two tokens, one of which meets a busy gateway.

use super::*;
use crate::forward::function_gate::GateVerdict;
use std::fs;
use tempfile::NamedTempFile;

/// A function that accepts the token in use or refuses it, behind a gateway that has no time for the file's.
async fn examine(accepts_current: bool) -> GateVerdict {
    let function =
        ScriptedFunction::start_with(move |parts, _| match parts.headers["authorization"].as_bytes() {
            b"Bearer new" => plain(408, "<html>"),
            _ if accepts_current => plain(400, r#"{"code":"400","msg":"m","error":"invalid_job"}"#),
            _ => plain(401, "{}"),
        })
        .await;
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), "new\n").unwrap();
    let forwarder = forwarder_with_token_file(&function.url, LONG, file.path().into());
    let verdict = forwarder.gate.examine(&forwarder.function.authorization()).await;
    assert!(forwarder.gate.refusal().is_none(), "nobody knows that the new token is wrong");
    verdict
}

#[tokio::test]
async fn a_token_that_cannot_be_tried_hides_no_accepted_one() {
    let verdict = examine(true).await;
    assert!(matches!(verdict, GateVerdict::Accepted), "{verdict:?}");
    let verdict = examine(false).await;
    assert!(matches!(verdict, GateVerdict::Unknown(RetryReason::Gateway(_))), "{verdict:?}");
}

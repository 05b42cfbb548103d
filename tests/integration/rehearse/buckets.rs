//! Facts about OSS that have more than one position: checksums of copies, the internal endpoint, and rights.

use super::{Rehearsal, fact};
use crate::support::{add_fault, command_line::run_command, ledger_bucket::BUCKET, sample_bytes, within};
use local_clouds::oss::{AccessKey, OssSwitches, Policy};
use serde_json::{Value, json};
use std::fs;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Which checksums a copied object has is told apart, and the report names the switches that do so.
#[tokio::test]
async fn checksums_of_copies_name_the_position_of_their_switches() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let oss = &rehearsal.env.clouds.oss;
    for (copy_crc64, copy_content_md5, copied) in
        [(true, true, "md5+crc64"), (false, true, "md5"), (true, false, "crc64"), (false, false, "none")]
    {
        oss.set_switches(OssSwitches { copy_crc64, copy_content_md5, ..OssSwitches::default() });
        let mut command = rehearsal.command(&["--only", "oss.checksums"]);
        // Either signature covers a copy and an append.
        command.env("OSS2YOUKU_SOURCE__SIGNATURE_V1", copy_crc64.to_string());
        let output = run_command(command).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        let report = fs::read_to_string(rehearsal.folder().join("report.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        let found = format!("md5+crc64,crc64,{copied},crc64");
        assert_eq!(fact(&report, "oss.checksums")["found"], found, "{report}");
        let position = json!({"copy_crc64": copy_crc64, "copy_content_md5": copy_content_md5});
        assert_eq!(report["local_clouds"]["oss"], position, "{report}");
        rehearsal.assert_nothing_left(&output);
    }
}

/// The internal endpoint is asked without a signature, and what is not OSS is not taken for it.
#[tokio::test]
async fn the_internal_endpoint_is_tried_without_a_key() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let name = "oss.internal_endpoint";
    let own = rehearsal.env.variables["OSS2YOUKU_SOURCE__ENDPOINT"].clone();
    let ask = async |flags: &[&str]| {
        let (output, report) = rehearsal.run(&[&["--only", name], flags].concat()).await;
        (output.code, fact(&report, name).clone(), report)
    };
    let (code, told, _) = ask(&[]).await;
    assert!(code == Some(0) && told["because"].as_str().unwrap().contains("none of Alibaba's"), "{told}");
    let (code, told, report) = ask(&["--internal-endpoint", &own]).await;
    assert_eq!((code, &told["found"]), (Some(0), &json!("reached")), "{told}");
    let line = report["settings"][0].as_str().unwrap();
    assert!(line.starts_with(&format!("# OSS2YOUKU_SOURCE__ENDPOINT={own} ")), "{line}");
    let (code, told, report) = ask(&["--internal-endpoint", "http://127.0.0.1:1"]).await;
    assert_eq!(
        (code, &told["found"], &report["settings"]),
        (Some(0), &json!("unreached"), &json!([])),
        "{told}"
    );

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
        String::from_utf8_lossy(&request[..length]).to_ascii_lowercase()
    };
    let flags = ["--internal-endpoint", &address];
    let ((code, told, _), request) = within("the endpoint", async { tokio::join!(ask(&flags), serve) }).await;
    assert!(code == Some(1) && told["because"].as_str().unwrap().contains("something else"), "{told}");
    assert!(request.starts_with("get / http/1.1"), "{request}");
    for secret in ["authorization", "signature", "token", "local-access", BUCKET] {
        assert!(!request.contains(secret), "{secret} in {request}");
    }
}

/// What the function's role needs, as `functions/aliyun-fc/ram-policy.json` says.
fn needed() -> Vec<(&'static str, &'static str)> {
    vec![
        ("oss:GetObject", "videos/in/*"),
        ("oss:GetObjectVersion", "videos/in/*"),
        ("oss:ListObjects", "videos"),
        ("oss:PutObject", "records/oss2youku/*"),
        ("oss:GetObject", "records/oss2youku/*"),
        ("oss:DeleteObject", "records/oss2youku/*"),
        ("oss:ListObjects", "records"),
        ("oss:GetBucketVersioning", "records"),
    ]
}

/// Tries the rights of a key that has these; returns the fact.
async fn try_rights(rehearsal: &Rehearsal, id: &str, rights: &[(&str, &str)]) -> Value {
    let allow = |(action, on): &(&str, &str)| json!({"Effect": "Allow", "Action": [action], "Resource": [format!("acs:oss:*:*:{on}")]});
    let policy = json!({"Version": "1", "Statement": rights.iter().map(allow).collect::<Vec<_>>()});
    let policy: Policy = serde_json::from_value(policy).unwrap();
    let key = AccessKey { policy: Some(policy), ..AccessKey::permanent(id, "limited") };
    rehearsal.env.clouds.oss.add_key(key);
    let mut command = rehearsal.command(&["--only", "oss.rights"]);
    command.env("ALIBABA_CLOUD_ACCESS_KEY_ID", id).env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "limited");
    let output = run_in_ledger(command).await;
    let report = fs::read_to_string(rehearsal.folder().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let told = fact(&report, "oss.rights").clone();
    assert!(told["found"].is_string(), "{told} {output:?}");
    // With all rights what a key could not delete is removed.
    let output = run_in_ledger(rehearsal.command(&["--only", "oss.versioning"])).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    rehearsal.assert_nothing_left(&output);
    told
}

async fn run_in_ledger(mut command: tokio::process::Command) -> crate::support::command_line::CommandOutput {
    command
        .env("OSS2YOUKU_LEDGER__LOCATION", format!("oss://{BUCKET}/oss2youku/"))
        .env("OSS2YOUKU_RULES", r#"[{bucket="videos",prefix="in/",account="main",public_type="all"}]"#);
    run_command(command).await
}

/// Each right that the role needs is named where it is missing, and those that it does not need where they are there. Nothing of the user's
/// is changed.
#[tokio::test]
async fn rights_that_are_missing_or_beyond_need_are_named() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let oss = &rehearsal.env.clouds.oss;
    oss.set_versioning("videos", true);
    rehearsal.env.put("in/film.mp4", &sample_bytes(1, 1000)).await;
    let needed = needed();
    let told = try_rights(&rehearsal, "all", &needed).await;
    assert_eq!(told["found"], "as_needed", "{told}");
    assert_eq!(told["evidence"], "8 that are needed", "{told}");
    for (number, (action, on)) in needed.iter().enumerate() {
        let left: Vec<_> = needed.iter().filter(|right| **right != (*action, *on)).copied().collect();
        let told = try_rights(&rehearsal, &format!("without-{number}"), &left).await;
        assert_eq!(told["found"], "missing", "{action} {on}: {told}");
        let (bucket, prefix) = on.split_once('/').unwrap_or((on, ""));
        let evidence = told["evidence"].as_str().unwrap();
        let (_, missing) = evidence.split_once("missing: ").unwrap();
        let missing = missing.split(';').next().unwrap();
        let prefix = prefix.trim_end_matches('*');
        assert!(
            missing.starts_with(&format!("{action} oss://{bucket}")) && missing.contains(prefix),
            "{evidence}"
        );
        assert!(!missing.contains(", "), "{evidence}");
    }
    for extra in [("oss:GetObject", "records/*"), ("oss:DeleteObject", "records/*")] {
        let told = try_rights(&rehearsal, extra.0, &[&needed[..], &[extra]].concat()).await;
        let evidence = format!("8 that are needed; beyond need: {} oss://records/*", extra.0);
        assert_eq!((&told["found"], &told["evidence"]), (&json!("too_many"), &json!(evidence)), "{told}");
    }
    assert_eq!(oss.keys("videos"), ["in/film.mp4"]);
}

/// A key that OSS does not take, and what something between answers, say nothing of rights.
#[tokio::test]
async fn a_refused_key_or_a_page_is_no_missing_right() {
    let rehearsal = Rehearsal::start(|_| {}).await;
    let told = async |variable: &str, value: &str| {
        let mut command = rehearsal.command(&["--only", "oss.rights"]);
        command.env(variable, value);
        let output = run_in_ledger(command).await;
        assert_eq!(output.code, Some(1), "{output:?}");
        let report = fs::read_to_string(rehearsal.folder().join("report.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        let told = fact(&report, "oss.rights").clone();
        assert!(told["because"].is_string(), "{told}");
    };
    told("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "wrong").await;
    told("ALIBABA_CLOUD_ACCESS_KEY_ID", "unknown").await;
    let control = &rehearsal.env.clouds.oss_control;
    for operation in ["GetBucketVersioning", "ListObjectsV2", "HeadObject", "DeleteObject"] {
        let page = json!({"operation": operation, "times": 0, "fault": {"kind": "page", "status": 403}});
        add_fault(control, page);
        told("UNUSED", "").await;
        control.faults.clear();
    }
    let output = run_in_ledger(rehearsal.command(&["--only", "oss.versioning"])).await;
    assert_eq!(output.code, Some(0), "{output:?}");
    rehearsal.assert_nothing_left(&output);
}

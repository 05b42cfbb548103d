//! A source that changes under its upload: a file that is written to, an object that is deleted.

use super::start_env;
use crate::support::{
    MIB, add_fault,
    command_line::{TIMEOUT, command, file, run},
    golden::{assert_golden, normalize},
    sample_bytes, wait_fired, within,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;
use std::fs;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    time::timeout,
};

/// A file that is written to during its upload is named as such, and the advice is about the file: no bucket is mentioned, and no other
/// command is asked for than the same one later.
#[tokio::test]
async fn a_file_that_changes_during_its_upload_says_so() {
    let env = start_env().await;
    let mut report = String::new();
    for (lang, verb, seed) in [("en", "uploading", 1), ("zh", "上传", 2)] {
        let (folder, path) = file("a.mp4", &sample_bytes(seed, 8 * MIB));
        let arguments = ["upload", "a.mp4", "--limit-rate", "2M", "--lang", lang];
        let mut child = command(&env, folder.path(), &arguments).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let reading = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.starts_with(verb) {
                    // More than once: the second time it is as it was.
                    fs::write(&path, sample_bytes(seed + 10, 8 * MIB)).unwrap();
                } else {
                    said += &(line + "\n");
                }
            }
        };
        timeout(TIMEOUT, reading).await.expect("it ends");
        assert_eq!(within("the upload", child.wait()).await.unwrap().code(), Some(1), "{said}");
        let listed =
            run(&env, folder.path(), &["list", "--finished", "--limit", "1", "--json"]).await.lines();
        let id = listed[0]["upload_id"].as_str().unwrap();
        let explained = run(&env, folder.path(), &["explain", id, "--lang", lang]).await;
        report += &format!("== {lang}\n{}{}", normalize(&said), normalize(&explained.out));
    }
    // Which part met the change depends on the machine.
    for part in 1..=8 {
        report = report
            .replace(&format!("part: {part})"), "part: N)")
            .replace(&format!("分片 {part}）"), "分片 N）");
    }
    assert!(env.clouds.youku.videos().is_empty());
    assert_golden("changed-file.txt", &report);
}

/// The upload of an object that was deleted meanwhile is explained, and what keeps it from being resumed.
#[tokio::test]
async fn an_open_upload_of_a_deleted_object_is_explained() {
    let env = start_env().await;
    env.put("a.mp4", &sample_bytes(1, 3 * MIB)).await;
    let folder = tempfile::tempdir().unwrap();
    let control = env.clouds.youku.bucket_control();
    let held = json!({"operation": "UploadPart", "times": 0, "fault": {"kind": "hold_before"}});
    let held = add_fault(&control, held);
    let mut child = command(&env, folder.path(), &["upload", "oss://videos/a.mp4"]).spawn().unwrap();
    wait_fired(&control, held, 1).await;
    kill(Pid::from_raw(child.id().unwrap().try_into().unwrap()), Signal::SIGKILL).unwrap();
    within("the upload", child.wait()).await.unwrap();
    control.faults.clear();
    env.bucket.delete("a.mp4").await.unwrap();
    let explain = async |lang: &str| {
        let output = run(&env, folder.path(), &["explain", "oss://videos/a.mp4", "--lang", lang]).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        output.out
    };
    let freed = async { while explain("en").await.contains("lease") {} };
    timeout(TIMEOUT, freed).await.expect("the lease runs out");
    let (en, zh) = (explain("en").await, explain("zh").await);
    assert_golden("gone-object.txt", &normalize(&format!("== en\n{en}== zh\n{zh}")));
    let json = run(&env, folder.path(), &["explain", "oss://videos/a.mp4", "--json"]).await.lines();
    assert_eq!((&json[0]["object_gone"], &json[0]["state"]), (&true.into(), &"created".into()), "{json:?}");
    let unknown = run(&env, folder.path(), &["explain", "oss://videos/other.mp4"]).await;
    assert_eq!(unknown.code, Some(3), "{unknown:?}");
}

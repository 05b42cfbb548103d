//! A file that is uploaded again.

use super::start_env;
use crate::support::{
    command_line::{file, last_event, run},
    golden::normalize,
    sample_bytes,
};

/// What an earlier run published is not published by this one, and the line says when it was.
#[tokio::test]
async fn a_repeated_upload_says_when_it_was_published() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    let upload = async |more: &[&str]| run(&env, folder.path(), &[&["upload", "a.mp4"], more].concat()).await;
    let first = upload(&["--lang", "en"]).await;
    assert_eq!(normalize(&first.out), "published    VIDEO  LINK  a.mp4\n");
    for (lang, line) in [
        ("en", "published before  VIDEO  LINK  a.mp4  at DATE CLOCK\n"),
        ("zh", "此前已发布  VIDEO  LINK  a.mp4  于 DATE CLOCK\n"),
    ] {
        assert_eq!(normalize(&upload(&["--lang", lang]).await.out), line);
    }
    let lines = upload(&["--json"]).await.lines();
    let before = last_event(&lines, "published")["before"].as_str().unwrap_or_default();
    assert!(before.ends_with('Z'), "a program gets the time of UTC: {lines:?}");
}

//! Titles that are made from the names of files.

use super::start_env;
use crate::support::{
    command_line::{command, file, last_event, run_command},
    sample_bytes,
};

/// A title that is longer than Youku takes is cut where it is made from the file's name, and the command says so.
#[tokio::test]
async fn a_cut_title_is_told() {
    let env = start_env().await;
    let long = format!("{}.mp4", "长".repeat(70));
    let bytes = sample_bytes(1, 1000);
    let (folder, _) = file(&long, &bytes);
    for (arguments, title) in [
        (["--title", "{n} {stem}", "--again", "a"], format!("1 {}", "长".repeat(58))),
        (["--title", "short", "--again", "b"], "short".to_owned()),
        (["--public-type", "all", "--again", "c"], "长".repeat(60)),
    ] {
        let upload = [&["upload", "--json", &long], &arguments[..]].concat();
        let planned =
            run_command(command(&env, folder.path(), &[&upload[..], &["--dry-run"]].concat())).await;
        let planned = last_event(&planned.lines(), "planned").clone();
        let output = run_command(command(&env, folder.path(), &upload)).await;
        let published = last_event(&output.lines(), "published").clone();
        env.assert_published(&title, &bytes);
        assert_eq!(planned["title"], title.as_str());
        for event in [planned, published] {
            let warning = event["warning"].as_str().unwrap_or_default();
            assert_eq!(warning.contains("60 characters"), title != "short", "{event}");
        }
    }
}

/// A sidecar serves as the file of `--meta`, and editors of Windows write a byte-order mark before either form.
#[tokio::test]
async fn a_meta_file_may_be_json_and_begin_with_a_mark() {
    let env = start_env().await;
    let bytes = sample_bytes(1, 1000);
    let (folder, _) = file("a.mp4", &bytes);
    for (name, text, title) in [
        ("json", "\u{feff}{\r\n\"title\": \"春晚\", \"description\": \"a\\r\\nb\"\r\n}\r\n", "春晚"),
        ("toml", "\u{feff}title = 'of TOML'\r\ndescription = \"a\\nb\"\r\n", "of TOML"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
        let upload = ["upload", "a.mp4", "--meta", name, "--again", name];
        let output = run_command(command(&env, folder.path(), &upload)).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        assert_eq!(env.assert_published(title, &bytes).description, "a\nb");
    }
}

//! What `--recursive` meets in a folder or below a prefix and does not upload.

use super::start_env;
use crate::support::{
    command_line::{CommandOutput, run, run_command},
    sample_bytes,
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::Path,
};

/// A name in GBK.
const GBK: &[u8] = b"\xb4\xba\xcd\xed.mp4";

/// How often each reason stands in the events about what was skipped.
fn reasons(output: &CommandOutput) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for line in output.lines().iter().filter(|line| line["event"] == "skipped") {
        assert!(line["source"].is_string(), "{line}");
        *all.entry(line["reason"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    all
}

fn counts(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect()
}

fn count_published(output: &CommandOutput) -> usize {
    output.lines().iter().filter(|line: &&Value| line["event"] == "published").count()
}

fn put(folder: &Path, name: impl AsRef<Path>, seed: u64) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, sample_bytes(seed, 4000)).unwrap();
}

/// What may be a video and stays behind is named, and fails the command, which uploads the rest.
#[tokio::test]
async fn what_stays_behind_in_a_folder_is_named() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "d/ok.mp4", 1);
    put(root, Path::new("d").join(OsStr::from_bytes(GBK)), 2);
    put(root, "other/far.mp4", 3);
    symlink("../other", root.join("d/linked")).unwrap();
    put(root, "d/note.txt", 4);
    fs::write(root.join("d/empty.mp4"), "").unwrap();
    let output = run(&env, root, &["upload", "--recursive", "d", "--json"]).await;
    assert_eq!(output.code, Some(1), "{output:?}");
    assert_eq!(count_published(&output), 1);
    let expected = [("empty_object", 1), ("linked_folder", 1), ("not_a_video", 1), ("not_utf8", 1)];
    assert_eq!(reasons(&output), counts(&expected), "{output:?}");
    env.assert_published("ok", &sample_bytes(1, 4000));

    let english = run(&env, root, &["upload", "-r", "d", "--lang", "en"]).await;
    let chinese = run(&env, root, &["upload", "-r", "d", "--lang", "zh"]).await;
    for (output, words) in [
        (english, ["skipped      1 × link to a directory", "not UTF-8"]),
        (chinese, ["跳过  指向目录的链接", "不是 UTF-8"]),
    ] {
        assert_eq!(output.code, Some(1), "{output:?}");
        assert!(words.iter().all(|word| output.err.contains(word)), "{output:?}");
    }
}

/// Junk is counted and does not fail the command; a flag takes it, and what is named by itself is none.
#[tokio::test]
async fn junk_is_left_alone_unless_it_is_wanted() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let junk =
        ["d/._a.mp4", "d/__MACOSX/a.mp4", "d/.Trash-1000/files/old.mp4", "d/@eaDir/a.mp4", "d/.hidden/a.mp4"];
    for (seed, name) in junk.iter().chain(&["d/a.mp4", "d/film.part1.mp4"]).enumerate() {
        put(root, name, seed as u64);
    }
    fs::write(root.join("d/film.mp4.part"), "half").unwrap();
    let output = run(&env, root, &["upload", "-r", "d", "--json"]).await;
    assert_eq!((output.code, count_published(&output)), (Some(0), 2), "{output:?}");
    assert_eq!(reasons(&output), counts(&[("junk", 5), ("not_a_video", 1)]), "{output:?}");
    let output = run(&env, root, &["upload", "d/._a.mp4", "--json"]).await;
    assert_eq!((output.code, count_published(&output)), (Some(0), 1), "{output:?}");
    let output = run(&env, root, &["upload", "-r", "d/.Trash-1000", "--json"]).await;
    assert_eq!((output.code, count_published(&output)), (Some(0), 1), "{output:?}");
    let output = run(&env, root, &["upload", "-r", "d", "--include-junk", "--json"]).await;
    assert_eq!((output.code, count_published(&output)), (Some(0), 7), "{output:?}");
    assert_eq!(reasons(&output), counts(&[("not_a_video", 1)]));
}

/// Below a prefix the same words are said.
#[tokio::test]
async fn junk_below_a_prefix_is_left_alone() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    let keys = ["in/a.mp4", "in/._a.mp4", "in/#recycle/old.mp4", "in/a.txt", "#recycle/in/b.mp4"];
    for (seed, key) in keys.into_iter().enumerate() {
        env.put(key, &sample_bytes(seed as u64, 4000)).await;
    }
    let output = run(&env, folder.path(), &["upload", "-r", "oss://videos/in/", "--json"]).await;
    assert_eq!((output.code, count_published(&output)), (Some(0), 1), "{output:?}");
    assert_eq!(reasons(&output), counts(&[("junk", 2), ("not_a_video", 1)]));
    for source in ["oss://videos/in/._a.mp4", "oss://videos/#recycle/"] {
        let output = run(&env, folder.path(), &["upload", "-r", source, "--json"]).await;
        assert_eq!((output.code, count_published(&output)), (Some(0), 1), "{source} {output:?}");
    }
}

/// One argument that is not UTF-8 is refused by its name alone, in the chosen language; a folder may have such a name.
#[tokio::test]
async fn a_name_that_is_not_utf8_is_refused_alone() {
    let env = start_env().await;
    let folder = tempfile::tempdir().unwrap();
    let odd = OsStr::from_bytes(GBK);
    put(folder.path(), odd, 1);
    put(folder.path(), "a.mp4", 2);
    let odd_folder = Path::new(OsStr::from_bytes(b"\xb4\xba"));
    put(folder.path(), odd_folder.join("b.mp4"), 3);
    for (lang, words) in [("en", "not UTF-8: rename it"), ("zh", "不是 UTF-8：请改名")] {
        let mut command = super::command(&env, folder.path(), &["upload", "--lang", lang, "a.mp4"]);
        command.arg(odd);
        let output = run_command(command).await;
        assert_eq!(output.code, Some(5), "{output:?}");
        assert!(output.err.contains(words), "{output:?}");
    }
    env.assert_published("a", &sample_bytes(2, 4000));
    for (arguments, path) in
        [(["upload", "--json"], odd_folder.join("b.mp4")), (["upload", "-r"], odd_folder.into())]
    {
        let mut command = super::command(&env, folder.path(), &arguments);
        command.arg(path);
        let output = run_command(command).await;
        assert_eq!(output.code, Some(0), "{output:?}");
    }
    env.assert_published("b", &sample_bytes(3, 4000));
}

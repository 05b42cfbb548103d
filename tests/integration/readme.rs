//! The command blocks of the READMEs and of the guide run, line by line, as they stand there.
//!
//! What reaches beyond this machine or builds for minutes is a stand-in that only has to be called: cargo, npm, s, sam, the packaging scripts, the
//! measurements and the tests themselves. `oss2youku` is the real program between local clouds.

use crate::{
    docs::pages,
    support::{
        Setup, TestEnv, add_fault, binary,
        command_line::{SWEEPING, operator_variables, oss2youku, upload_id},
        sample_bytes, workspace, write_script,
    },
};
use serde_json::json;
use std::{fs, path::Path, time::Duration};
use tokio::{process::Command, time::timeout};

/// The id that the pages show.
const SHOWN: &str = "0123456789abcdef0123456789abcdef";

fn blocks(file: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(workspace().join(file)).unwrap();
    let blocks = text.split("```sh\n").skip(1);
    let lines = |block: &str| block.split("```").next().unwrap().lines().map(str::to_owned).collect();
    blocks.map(lines).collect()
}

/// The command of a line, without the remark after it.
fn bare(line: &str) -> &str {
    line.split(" #").next().unwrap_or(line).trim_end()
}

#[test]
fn both_languages_show_the_same_commands() {
    let commands = |file: &str| -> Vec<Vec<String>> {
        let bare = |block: Vec<String>| block.iter().map(|line| bare(line).to_owned()).collect();
        blocks(file).into_iter().map(bare).collect()
    };
    for (english, chinese) in pages() {
        assert_eq!(commands(&english), commands(&chinese), "{english}");
    }
}

fn program(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    write_script(&path, text);
}

/// A folder as a user has it before the first line of a page.
fn prepare(folder: &Path) {
    let (oss2youku, gearman) = (binary("oss2youku"), binary("oss2youku-gearman"));
    fs::create_dir_all(folder.join("videos")).unwrap();
    fs::create_dir_all(folder.join("legacy")).unwrap();
    for (name, text) in [
        ("clip.mp4", "bytes of a clip"),
        ("videos/1.mp4", "bytes of another clip"),
        ("v.toml", "title = '{stem}'\n"),
        ("token", "t0ken"),
        (
            "legacy/conf_oss.py",
            "ak = 'a'\nsk = 's'\nbucket = 'videos'\nendpoint = 'oss-cn-hangzhou.aliyuncs.com'\n",
        ),
        ("legacy/conf_youku.py", "CLIENT_ID = 'c'\nACCESS_TOKEN = 't'\n"),
        ("legacy/conf_gearman.py", "JOB_SERVER = '127.0.0.1:4730'\n"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    let oss2youku = oss2youku.display();
    // `init` wrote settings whose account is not the local one; the test's variables count before them.
    // `console` runs until Ctrl-C, on a port that may be another's here.
    program(
        folder,
        "bin/oss2youku",
        &format!(
            "[ \"$1\" != console ] || {{ case \"$*\" in *--port*) ;; *) set -- \"$@\" --port 0;; esac; \
             timeout -s INT 3 {oss2youku} \"$@\" >console.out; grep -q '/?token=' console.out; exit; }}\nexec timeout 120 {oss2youku} \"$@\""
        ),
    );
    program(
        folder,
        "bin/oss2youku-gearman",
        &format!(
            "for flag; do case $flag in --*) {} --help | grep -q -- \"$flag\" || exit 1;; esac; done",
            gearman.display()
        ),
    );
    // `cargo run --release -- ...`; `dev` runs until Ctrl-C.
    program(
        folder,
        "bin/cargo",
        &format!(
            "[ \"$1\" = run ] || exit 0\nshift 3\n[ \"$1\" != dev ] || {{ timeout -s INT 5 {oss2youku} \"$@\" --port-base 0 >dev.out; \
         grep -q 'local Youku' dev.out; exit; }}\nexec timeout 120 {oss2youku} \"$@\""
        ),
    );
    for name in ["npm", "s", "sam"] {
        program(folder, &format!("bin/{name}"), "exit 0");
    }
    for name in
        ["functions/aliyun-fc/package", "functions/aws-lambda/package", "tests/bench/run", "tests/run"]
    {
        program(folder, name, "exit 0");
    }
}

#[tokio::test]
async fn every_command_of_the_readmes_and_the_guide_runs() {
    let env = TestEnv::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        variables: &SWEEPING,
        ..Setup::default()
    })
    .await;
    env.put("publish/a.mp4", &sample_bytes(1, 1000)).await;
    let mut ran = 0;
    // What `video` changes: the same one for a whole page.
    env.put("publish/there.mp4", &sample_bytes(9, 1009)).await;
    let said = oss2youku(&env, &["upload", "oss://videos/publish/there.mp4"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let published = upload_id(&env, "oss://videos/publish/there.mp4").await;
    // What other pages show of a rate limit would keep videos from being changed.
    let mut pages = pages();
    pages.sort_by_key(|(page, _)| !page.ends_with("videos.md"));
    for (page, _) in pages {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path());
        let path = format!("{}:{}", folder.path().join("bin").display(), std::env::var("PATH").unwrap());
        for line in blocks(&page).concat() {
            let command = bare(&line).replace("my-videos", "videos");
            let elsewhere = ["replay-callback", "invoke", "robots test"];
            if command.is_empty() || elsewhere.iter().any(|one| command.contains(one)) {
                // A callback's receiver, a function's handler and a group's robot have tests of their own.
                continue;
            }
            let command = match command.contains(SHOWN) {
                false => command,
                true if command.contains(" video ") => command.replace(SHOWN, &published),
                true => {
                    let name = if command.contains("retry") { "r" } else { "c" };
                    command.replace(SHOWN, &failed(&env, name, ran).await)
                }
            };
            let mut shell = Command::new("bash");
            shell.args(["-euc", &command]).current_dir(&folder).env_clear();
            shell
                .envs(operator_variables(&env))
                .env("PATH", &path)
                .env("HOME", folder.path())
                .kill_on_drop(true);
            shell.env("OSS2YOUKU_SOURCE__REGION", "cn-hangzhou").env("OSS2YOUKU_MANAGE__ENABLED", "true");
            let output = timeout(Duration::from_secs(180), shell.output()).await.expect("it ends").unwrap();
            assert!(output.status.success(), "{page}: {command}: {output:?}");
            ran += 1;
        }
    }
    assert!(ran > 25, "{ran} commands");
}

/// The id of an upload: one that failed for good (`r`), or one that is open (`c`). `number` keeps its object apart from all others.
async fn failed(env: &TestEnv, name: &str, number: usize) -> String {
    let key = format!("publish/{name}{number}.mp4");
    env.put(&key, &sample_bytes(2, 1000 + number + usize::from(name.as_bytes()[0]))).await;
    let fault = match name {
        "r" => json!({"kind": "status", "status": 400, "code": "120010101"}),
        _ => json!({"kind": "status", "status": 429, "headers": {"retry-after": "600"}}),
    };
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": fault}));
    let source = format!("oss://videos/{key}");
    let said = oss2youku(env, &["upload", &source]).await;
    assert_ne!(said.code, Some(0), "{said:?}");
    let said = oss2youku(env, &["explain", "--json", &source]).await;
    said.lines()[0]["upload_id"].as_str().expect("an id").to_owned()
}

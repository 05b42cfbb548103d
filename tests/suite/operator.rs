//! The commands of a person who operates the product: `explain`, `list` and `retry`, run as the program against the local clouds.

use crate::{
    function::{Rig, Setup, bytes, script},
    support::binary,
    upload::golden,
};
use bytes::Bytes;
use local_clouds::control::RuleId;
use serde_json::{Value, json};
use std::{collections::BTreeMap, process::Stdio};
use tokio::process::Command;

type Variables<'a> = &'a [(&'a str, &'a str)];

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Its lines of JSON: all there is on standard output.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let line = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        self.out.lines().map(line).collect()
    }
}

/// Runs the program with these variables alone, in an empty folder.
pub(crate) async fn run(env: impl IntoIterator<Item = (String, String)>, arguments: &[&str]) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary("oss2youku"));
    command.args(arguments).env_clear().envs(env).current_dir(&folder).stdin(Stdio::null());
    let output = command.kill_on_drop(true).output().await.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The same as the function's operator, with the function's settings and the user's key.
pub(crate) async fn oss2youku(rig: &Rig, arguments: &[&str]) -> Said {
    run(variables(rig), arguments).await
}

/// The function's settings and the user's key.
pub(crate) fn variables(rig: &Rig) -> BTreeMap<String, String> {
    let key = [("ID", "local-access-key"), ("SECRET", "local-access-secret")];
    let key = key.map(|(name, value)| (format!("ALIBABA_CLOUD_ACCESS_KEY_{name}"), value.to_owned()));
    rig.env.clone().into_iter().chain(key).collect()
}

pub(crate) const SWEPT: [(&str, &str); 3] = [
    ("OSS2YOUKU_SWEEP__ENABLED", "true"),
    ("OSS2YOUKU_SWEEP__GRACE_SECONDS", "0"),
    ("OSS2YOUKU_LEDGER__LEASE_SECONDS", "3"),
];

async fn rig() -> Rig {
    // The usual lease: the machine may be slow.
    Rig::start(Setup { env: &SWEPT[..1], ..Setup::default() }).await
}

/// Puts an object whose upload fails for good: Youku refuses its create.
async fn fail(rig: &Rig, key: &str, bytes: &Bytes) {
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    script(&rig.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    rig.put(key, bytes).await;
    assert_eq!(rig.delivery().await.result()["error"], "youku_failed");
}

/// Puts an object whose upload stops in the middle until it is released.
async fn hold(rig: &Rig, key: &str, bytes: &Bytes) -> RuleId {
    let control = rig.clouds.youku.bucket_control();
    let rule = json!({"operation": "UploadPart", "times": 0, "fault": {"kind": "hold_before"}});
    let id = script(&control, rule);
    rig.put(key, bytes).await;
    assert!(control.faults.wait_fired(id, 1).await);
    id
}

async fn id(rig: &Rig, key: &str) -> String {
    let said = oss2youku(rig, &["explain", "--json", &format!("oss://videos/{key}")]).await;
    said.lines()[0]["upload_id"].as_str().unwrap_or_else(|| panic!("{said:?}")).to_owned()
}

/// What stands between words, in Chinese too.
const BETWEEN: [char; 7] = [' ', '：', '；', '，', '（', '）', '、'];

/// What differs from run to run, in words.
pub(crate) fn normalised(text: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_end_matches(|one| [':', ')', ';', ','].contains(&one) || BETWEEN.contains(&one));
        let rest = &word[bare.len()..];
        let is_hex = |length| bare.len() == length && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
        let name = if is_hex(24) {
            "REQUEST"
        } else if is_hex(32) {
            if bare.bytes().any(|byte| byte.is_ascii_uppercase()) { "ETAG" } else { "ID" }
        } else if bare.len() > 18 && bare.ends_with('Z') && bare.as_bytes()[10] == b'T' {
            "TIME"
        } else if bare.starts_with("https://v.youku.com/v_show/id_") {
            "LINK"
        } else if bare.len() > 12 && bare.starts_with('X') {
            "VIDEO"
        } else {
            bare
        };
        format!("{name}{rest}")
    };
    let line = |line: &str| line.split_inclusive(BETWEEN).map(word).collect::<String>();
    text.lines().map(line).map(|line| line + "\n").collect()
}

#[tokio::test]
async fn explain_tells_an_uploads_ledger_in_plain_words_in_both_languages() {
    let rig = rig().await;
    let mut told = [("explain.txt", "en", String::new()), ("explain.zh.txt", "zh", String::new())];
    let mut tell = async |name: &str, upload: &str| {
        for (_, lang, told) in &mut told {
            let said = oss2youku(&rig, &["explain", upload, "--lang", lang]).await;
            *told += &format!("== {name}: exit {}\n{}{}", said.code.unwrap(), said.out, said.err);
        }
    };
    rig.put("published.mp4", &bytes(1, 1000)).await;
    rig.delivery().await;
    fail(&rig, "failed.mp4", &bytes(2, 1000)).await;
    let held = hold(&rig, "held.mp4", &bytes(4, 1000)).await;
    tell("in progress", "oss://videos/held.mp4").await;
    rig.clouds.youku.bucket_control().faults.release(held);
    rig.clouds.youku.bucket_control().faults.clear();
    rig.delivery().await;
    // The last one: a refusal for the rate holds back every upload of the account.
    let limit = json!({"kind": "status", "status": 429, "headers": {"retry-after": "600"}});
    script(&rig.clouds.youku.control(), json!({"operation": "create", "fault": limit}));
    rig.put("waiting.mp4", &bytes(3, 1000)).await;
    rig.delivery().await;
    for name in ["published", "failed", "waiting"] {
        tell(name, &format!("oss://videos/{name}.mp4")).await;
    }
    tell("unknown id", "00000000000000000000000000000000").await;
    tell("unknown object", "oss://videos/nowhere.mp4").await;
    tell("no object", "videos/nowhere.mp4").await;

    let seconds = |line: &str| {
        // A lease of 15 s, and a second more since clocks count whole ones.
        (0..=16).rev().fold(line.to_owned(), |line, n| {
            line.replace(&format!(" {n} s"), " N s").replace(&format!("{n} 秒"), "N 秒")
        })
    };
    for (file, _, told) in told {
        golden(file, &seconds(&normalised(&told)));
    }
}

#[tokio::test]
async fn explain_and_list_with_json_print_json_lines_and_nothing_else() {
    let rig = rig().await;
    rig.put("published.mp4", &bytes(1, 1000)).await;
    rig.delivery().await;
    let said =
        oss2youku(&rig, &["explain", "--json", "oss://videos/published.mp4", "--account", "main"]).await;
    let [told] = said.lines().try_into().unwrap();
    let steps: Vec<_> = told["steps"].as_array().unwrap().iter().map(|step| step["step"].clone()).collect();
    assert_eq!(steps, ["claimed", "created", "transferred", "committed"]);
    assert_eq!(
        (told["state"].as_str(), told["at_rest"].as_bool()),
        (Some("committed"), Some(true)),
        "{told}"
    );
    assert_eq!(told["outcome"]["data"]["videoid"], rig.published("published", &bytes(1, 1000)).id);

    let said = oss2youku(&rig, &["explain", "--json", "00000000000000000000000000000000"]).await;
    assert_eq!((said.lines()[0]["error"].as_str(), said.code), (Some("no_such_upload"), Some(3)));
    assert_eq!(oss2youku(&rig, &["list", "--open", "--json"]).await.out, "");

    let held = hold(&rig, "held.mp4", &bytes(4, 1000)).await;
    let [open] = oss2youku(&rig, &["list", "--open", "--json"]).await.lines().try_into().unwrap();
    assert_eq!(
        (open["object"].as_str(), open["state"].as_str()),
        (Some("oss://videos/held.mp4"), Some("open")),
        "{open}"
    );
    let said = oss2youku(&rig, &["list", "--json", "--limit", "1"]).await;
    let next = said.lines()[1]["next"].as_str().unwrap().to_owned();
    let [ended] = oss2youku(&rig, &["list", "--json", "--after", &next]).await.lines().try_into().unwrap();
    assert_eq!((ended["state"].as_str(), &ended["upload_id"]), (Some("committed"), &told["upload_id"]));
    let text = oss2youku(&rig, &["list"]).await.out;
    assert!(text.contains("oss://videos/held.mp4") && text.ends_with("2 uploads\n"), "{text}");
    let said = oss2youku(&rig, &["retry", open["upload_id"].as_str().unwrap()]).await;
    assert_eq!(said.code, Some(4), "{said:?}");
    rig.clouds.youku.bucket_control().faults.release(held);
}

#[tokio::test]
async fn what_failed_for_good_is_a_video_after_retry_and_retry_of_a_video_says_so() {
    let rig = rig().await;
    let bytes = bytes(1, 5_000_000);
    fail(&rig, "a.mp4", &bytes).await;
    let id = id(&rig, "a.mp4").await;
    rig.tell("ObjectCreated:PutObject", "a.mp4", bytes.len()).await;
    assert_eq!(rig.clouds.youku.videos().len(), 0, "an event alone does not drive it again");

    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    script(&rig.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    let said = oss2youku(&rig, &["retry", &id]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let said = oss2youku(&rig, &["retry", &id, "--json"]).await;
    let video = rig.published("a", &bytes);
    assert_eq!((said.code, &said.lines()[0]["video_id"]), (Some(0), &json!(video.id)), "{said:?}");
    let said = oss2youku(&rig, &["retry", &id]).await;
    assert!(said.code == Some(0) && said.out.contains("nothing to try again"), "{said:?}");
    rig.published("a", &bytes);
    let said = oss2youku(&rig, &["retry", "no-id"]).await;
    assert!(said.code == Some(3) && said.err.contains("no-id"), "{said:?}");
}

#[tokio::test]
async fn what_does_not_fit_is_named_with_what_to_do() {
    let account = [
        ("OSS2YOUKU_ACCOUNTS__A__CLIENT_ID", "c"),
        ("OSS2YOUKU_ACCOUNTS__A__ACCESS_TOKEN", "s3cret"),
        ("OSS2YOUKU_ACCOUNTS__B__CLIENT_ID", "c"),
        ("OSS2YOUKU_ACCOUNTS__B__ACCESS_TOKEN", "s3cret"),
    ];
    let cases: [(Variables<'_>, &[&str], &str); 8] = [
        (&[], &["sweep"], "set ledger.location"),
        (&[], &["list"], "oss2youku.toml"),
        (&[("OSS2YOUKU_CONFIG", "/nowhere/x.toml")], &["list"], "/nowhere/x.toml"),
        (&[], &["sweep", "--since", "soon"], "expected a number with s, m, h or d"),
        (&[], &["list", "--after", "somewhere"], "--after"),
        (&[], &["sweep", "--limit", "0"], "a number from 1 on"),
        (&account, &["explain", "oss://videos/a.mp4"], "accounts: a, b"),
        (&account, &["explain", "oss://videos/a.mp4", "--account", "x"], "no such account"),
    ];
    for (env, arguments, word) in cases {
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let said = run(env, arguments).await;
        assert!(said.code == Some(2) && said.err.contains(word) && said.out.is_empty(), "{said:?}");
        assert!(!said.err.contains("s3cret"), "{said:?}");
    }
}

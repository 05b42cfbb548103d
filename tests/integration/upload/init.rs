//! `init` as a newcomer meets it: questions that are asked again, answers that are not lost, and commands that work as printed.

use super::start_env;
use crate::support::{
    Setup, TestEnv, binary,
    command_line::{command, file, operator_variables, run, run_command, run_with},
    dialogue::{converse, secret, shown},
    ledger_bucket::SEAL_KEY,
    sample_bytes,
};
use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::Path};
use tokio::process::Command;

/// The variables of a newcomer's shell: a home, and nothing of the product.
pub(super) fn newcomer(folder: &Path) -> BTreeMap<String, String> {
    let variables = [("HOME", folder.to_str().unwrap()), ("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8")];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

pub(super) fn read_settings(path: &Path) -> (String, app::Settings) {
    let text = fs::read_to_string(path).unwrap();
    let settings = app::Settings::from_parts("oss2youku.toml", &text, []).unwrap();
    (text, settings)
}

/// What does not fit is asked for again at once, with the reason; what is secret does not appear on the terminal.
#[tokio::test]
async fn init_asks_again_for_what_does_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let answers = [
        shown("client id: ", ""),
        shown("this is needed", "two words"),
        shown("blanks", "the-client"),
        secret("access token", "s3cret-access"),
        secret("refresh token", "s3cret-refresh"),
        shown("(y/n)", "perhaps"),
        shown("answer y or n", "n"),
        shown("bucket to publish", "oss://Videos/in"),
        shown("3 to 63 characters", "videos"),
        shown("key prefix", "/in/"),
        shown("leave it out", "in/"),
        shown("all or friend: ", "videos"),
        shown("answer all or friend", "friend"),
        shown("ledger: ", "https://x"),
        shown("in a folder", ""),
        shown("region of the bucket", "Hangzhou"),
        shown("such as cn-hangzhou or us", "oss-cn-hangzhou"),
        shown("access key id for OSS", "LTAI5t"),
        secret("its secret", "s3cret-key"),
    ];
    let (code, screen) =
        converse(&newcomer(folder.path()), folder.path(), &["init", "--lang", "en"], &answers).await;
    assert_eq!(code, Some(0), "{screen}");
    assert!(!screen.contains("s3cret"), "secrets are not shown: {screen}");
    let path = folder.path().join("oss2youku.toml");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let (text, settings) = read_settings(&path);
    let rule = settings.rules.iter().next().expect("a rule");
    assert_eq!((rule.bucket.as_str(), rule.prefix.as_str()), ("videos", "in/"));
    assert_eq!(settings.accounts["main"].client_id, "the-client");
    assert_eq!(settings.source.region.as_deref(), Some("cn-hangzhou"));
    assert_eq!(settings.source.access_key_id.as_deref(), Some("LTAI5t"));
    for line in [
        "access_token = \"s3cret-access\"",
        "refresh_token = \"s3cret-refresh\"",
        "access_key_secret = \"s3cret-key\"",
        "public_type = \"friend\"",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(
        settings.ledger.location.is_none() && !folder.path().join(".local").exists(),
        "nothing else is made"
    );
}

/// Ctrl-C while a secret is typed ends it as a signal does, writes no file, and leaves a terminal that shows what is typed.
#[tokio::test]
async fn ctrl_c_at_a_hidden_question_leaves_the_terminal_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let answers = [shown("client id: ", "the-client"), secret("access token", "\u{3}")];
    let (code, screen) =
        converse(&newcomer(folder.path()), folder.path(), &["init", "--lang", "en"], &answers).await;
    assert_eq!(code, Some(130), "{screen}");
    assert!(screen.contains("stopped") && !screen.contains("<echo is off>"), "{screen}");
    assert!(!folder.path().join("oss2youku.toml").exists());
}

/// A flag answers its question, and variables of the shell are named in place of a question about the key.
#[tokio::test]
async fn init_does_not_ask_for_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut variables = newcomer(folder.path());
    for (name, value) in [("ALIBABA_CLOUD_ACCESS_KEY_ID", "k"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cret")]
    {
        variables.insert(name.into(), value.into());
    }
    let arguments = ["init", "--client-id", "c", "--access-token", "t", "--lang", "zh"];
    let answers =
        [secret("刷新令牌", ""), shown("自动发布的 bucket", ""), shown("台账：", ""), shown("地域", "")];
    let (code, screen) = converse(&variables, folder.path(), &arguments, &answers).await;
    assert!(code == Some(0) && screen.contains("取自已设置的 ALIBABA_CLOUD_ACCESS_KEY_ID"), "{screen}");
    assert!(!screen.contains("client_id") && !screen.contains("s3cret"), "{screen}");
    assert_eq!(read_settings(&folder.path().join("oss2youku.toml")).1.source.access_key_id, None);
}

/// A file that exists is noticed before the first question, and so is a folder that does not.
#[tokio::test]
async fn init_notices_an_existing_file_before_it_asks() {
    let (folder, path) = file("oss2youku.toml", b"# mine");
    for (arguments, word) in [(&["init"][..], "--force"), (&["init", "--out", "no/x.toml"], "no such folder")]
    {
        let (code, screen) = converse(&newcomer(folder.path()), folder.path(), arguments, &[]).await;
        assert!(code == Some(2) && screen.contains(word) && !screen.contains("client id"), "{screen}");
    }
    assert_eq!(fs::read(path).unwrap(), b"# mine");
}

/// Answers that cannot be written where they belong are kept elsewhere, for their owner alone.
#[tokio::test]
async fn answers_of_init_are_never_lost() {
    let folder = tempfile::tempdir().unwrap();
    let kept = tempfile::tempdir().unwrap();
    let mut variables = newcomer(folder.path());
    variables.insert("TMPDIR".into(), kept.path().to_str().unwrap().to_owned());
    // A file that takes no byte: on Linux `/dev/full` is one.
    let arguments = ["init", "--client-id", "c", "--out", "/dev/full", "--force", "--lang", "en"];
    let answers = [
        secret("access token", "s3cret"),
        secret("refresh token", ""),
        shown("bucket", ""),
        shown("ledger", ""),
        shown("region", ""),
        shown("access key id", ""),
    ];
    let (code, screen) = converse(&variables, folder.path(), &arguments, &answers).await;
    assert!(code == Some(2) && screen.contains("answers kept in"), "{screen}");
    let [kept] = fs::read_dir(kept.path())
        .unwrap()
        .map(|one| one.unwrap().path())
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    assert!(screen.contains(kept.to_str().unwrap()) && !screen.contains("s3cret"), "{screen}");
    assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(read_settings(&kept).0.contains("access_token = \"s3cret\""));
}

/// A ledger in a bucket that is in use keeps its key; one that is not gets a new one.
#[tokio::test]
async fn init_never_makes_a_second_key_for_a_ledger_in_use() {
    let env = TestEnv::start(Setup {
        events: Some(&["oss:ObjectModified:*"]),
        ledger_in_bucket: true,
        ..Setup::default()
    })
    .await;
    let place = env.variables["OSS2YOUKU_LEDGER__LOCATION"].clone();
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    let init = |ledger: &str, more: &[&str], key: Option<&str>| {
        let usual = ["init", "--client-id", "c", "--access-token", "t", "--ledger", ledger];
        let mut init = command(&env, folder.path(), &[&usual, more].concat());
        init.env_remove("OSS2YOUKU_LEDGER__SEAL_KEY")
            .envs(key.map(|key| ("OSS2YOUKU_LEDGER__SEAL_KEY", key)));
        init
    };
    let path = folder.path().join("oss2youku.toml");
    let seal_key = || toml_line(&fs::read_to_string(&path).unwrap(), "seal_key");
    assert_eq!(run_command(init(&place, &[], None)).await.code, Some(0), "nobody has used it");
    assert!(!seal_key().contains(SEAL_KEY));
    fs::remove_file(&path).unwrap();

    assert_eq!(run(&env, folder.path(), &["upload", "a.mp4"]).await.code, Some(0));
    for more in [&[][..], &["--new-seal-key"]] {
        let refused = run_command(init(&place, more, None)).await;
        assert!(refused.code == Some(2) && refused.err.contains("--seal-key"), "{refused:?}");
        assert!(!path.exists());
    }
    let variables: BTreeMap<_, _> =
        operator_variables(&env).into_iter().filter(|(name, _)| !name.ends_with("SEAL_KEY")).collect();
    let arguments = ["init", "--client-id", "c", "--access-token", "t", "--ledger", &place, "--lang", "en"];
    let answers = [
        secret("refresh token", ""),
        shown("bucket", ""),
        shown("region", "cn-hangzhou"),
        secret("its seal key", "too short"),
        secret("32 bytes in base64", ""),
        secret("this is needed", SEAL_KEY),
    ];
    let (code, screen) = converse(&variables, folder.path(), &arguments, &answers).await;
    assert!(code == Some(0) && !screen.contains(SEAL_KEY) && seal_key().contains(SEAL_KEY), "{screen}");
    // The file that is replaced has the key, and so may the shell.
    assert_eq!(run_command(init(&place, &["--force"], None)).await.code, Some(0));
    assert!(seal_key().contains(SEAL_KEY));
    fs::remove_file(&path).unwrap();
    assert_eq!(run_command(init(&place, &[], Some(SEAL_KEY))).await.code, Some(0));
    assert!(seal_key().contains(SEAL_KEY));
}

fn toml_line(text: &str, name: &str) -> String {
    text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned()
}

/// Whether a ledger is in use cannot always be found out: then a person must say so.
#[tokio::test]
async fn a_new_key_for_an_unreachable_ledger_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let variables: BTreeMap<String, String> = [
        ("OSS2YOUKU_SOURCE__ENDPOINT", "http://127.0.0.1:1"),
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "k"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let out = folder.path().join("x.toml");
    let usual = [
        "init",
        "--client-id",
        "c",
        "--access-token",
        "t",
        "--ledger",
        "oss://films-ledger/x/",
        "--region",
        "cn-hangzhou",
        "--out",
        out.to_str().unwrap(),
    ];
    let refused = run_with(variables.clone(), &usual).await;
    assert!(refused.code == Some(2) && refused.err.contains("--new-seal-key"), "{refused:?}");
    assert!(refused.err.contains("cannot be reached (host 127.0.0.1:1") && !out.exists(), "{refused:?}");
    let written = run_with(variables, &[&usual[..], &["--new-seal-key"]].concat()).await;
    assert_eq!(written.code, Some(0), "{written:?}");
    assert!(read_settings(&out).1.ledger.seal_key.is_some());
}

/// The commands that `init` prints work as they stand, wherever the file is.
#[tokio::test]
async fn the_commands_that_init_prints_work_as_printed() {
    let env = start_env().await;
    let (folder, _) = file("my film.mp4", &sample_bytes(1, 1000));
    let all = operator_variables(&env);
    let programs = binary("oss2youku");
    let path = format!("{}:/usr/bin:/bin", programs.parent().unwrap().display());
    let kept = |name: &str| {
        name.starts_with("ALIBABA_CLOUD")
            || ["YOUKU__API", "YOUKU__BUCKET_REGION", "SOURCE__ENDPOINT"]
                .iter()
                .any(|one| name.ends_with(one))
    };
    let shell = |script: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", script]).env_clear().envs(all.iter().filter(|(name, _)| kept(name)));
        command
            .env("PATH", &path)
            .env("XDG_STATE_HOME", folder.path().join("state"))
            .current_dir(folder.path());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command
    };
    let account = |name: &str| &all[&format!("OSS2YOUKU_ACCOUNTS__MAIN__{name}")];
    for (flag, out) in [("--out", "oss2youku.toml"), ("--config", "my settings.toml")] {
        let init = format!(
            "oss2youku init --client-id '{}' --access-token '{}' --region '{}' {flag} '{out}'",
            account("CLIENT_ID"),
            account("ACCESS_TOKEN"),
            all["OSS2YOUKU_SOURCE__REGION"]
        );
        let written = run_command(shell(&init)).await;
        assert_eq!(written.code, Some(0), "{written:?}");
        assert!(folder.path().join(out).exists(), "{written:?}");
        let is_command = |line: &&str| line.starts_with("next  ") || line.starts_with("      ");
        let printed = written.out.lines().filter(is_command);
        let printed: Vec<_> = printed.map(|line| line.trim_start_matches("next").trim()).collect();
        assert_eq!(printed.len(), 2, "{written:?}");
        for command in printed {
            let output = run_command(shell(&command.replace("FILE", "'my film.mp4'"))).await;
            assert_eq!(output.code, Some(0), "{command}: {output:?}");
        }
        if out != "oss2youku.toml" {
            break;
        }
        fs::remove_file(folder.path().join(out)).unwrap();
    }
    env.assert_published("my film", &sample_bytes(1, 1000));
}

/// Lists, tuples and variables of the legacy worker's settings are read, in capitals as in small letters.
#[tokio::test]
async fn legacy_settings_are_read_in_each_of_their_forms() {
    let (folder, _) =
        file("conf_gearman.py", b"JOB_SERVER = [\n    '10.0.0.1:4730',  # first\n    '10.0.0.2:4730',\n]\n");
    fs::write(folder.path().join("conf_oss.py"), "import os\nAK = os.environ['OLD_AK']\nSK = os.getenv('OLD_SK', 'sk')\nBUCKET = 'videos'\nENDPOINT = 'oss-cn-hangzhou.aliyuncs.com'\n").unwrap();
    fs::write(folder.path().join("conf_youku.py"), "CLIENT_ID = ('c')\nACCESS_TOKEN = 't'\n").unwrap();
    let legacy = folder.path().to_str().unwrap();
    let out = folder.path().join("new.toml");
    let arguments = ["init", "--from-legacy", legacy, "--out", out.to_str().unwrap()];
    let refused = run_with([], &arguments).await;
    assert!(refused.code == Some(2) && refused.err.contains("OLD_AK"), "{refused:?}");
    let written = run_with([("OLD_AK".to_owned(), "ak".to_owned())], &arguments).await;
    assert_eq!(written.code, Some(0), "{written:?}");
    assert!(written.out.contains("--server 10.0.0.1:4730 --server 10.0.0.2:4730"), "{written:?}");
    let (text, settings) = read_settings(&out);
    assert_eq!(
        (settings.source.access_key_id.as_deref(), settings.accounts["main"].client_id.as_str()),
        (Some("ak"), "c")
    );
    assert!(
        text.contains("access_key_secret = \"sk\"") && settings.legacy.bucket.as_deref() == Some("videos")
    );
}

//! Advice that can be pasted: with the settings file of the command that gave it, and only with flags that the command has.

use super::start_env;
use crate::support::{
    add_fault,
    command_line::{file, run},
    sample_bytes,
};
use serde_json::json;
use std::fs;

/// A command that was given `--config FILE` advises commands that name that file, by its whole path, quoted.
#[tokio::test]
async fn advised_commands_name_the_settings_file() {
    let env = start_env().await;
    let (folder, _) = file("a.mp4", &sample_bytes(1, 1000));
    fs::write(folder.path().join("my settings.toml"), "paused = false\n").unwrap();
    let config = ["--config", "my settings.toml", "--lang", "en"];
    let flag = format!("--config '{}/my settings.toml'", folder.path().display());
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    let failed = run(&env, folder.path(), &[&["upload", "a.mp4"], &config[..]].concat()).await;
    assert!(failed.err.contains(&format!("oss2youku explain {flag} ")), "{failed:?}");
    let explained = run(&env, folder.path(), &[&["explain", "a.mp4"], &config[..]].concat()).await;
    assert!(explained.out.contains(&format!("oss2youku upload {flag} --retry ")), "{explained:?}");
    let plain = run(&env, folder.path(), &["explain", "a.mp4", "--lang", "en"]).await;
    assert!(plain.out.contains("oss2youku upload --retry ") && !plain.out.contains("--config"), "{plain:?}");
    fs::write(folder.path().join("my settings.toml"), "[transfers]\n").unwrap();
    for (lang, words) in [
        ("en", ["field: transfers", "did you mean: transfer", "file: my settings.toml"]),
        ("zh", ["字段 transfers", "是否指 transfer", "文件 my settings.toml"]),
    ] {
        let wrong = run(&env, folder.path(), &["list", "--config", "my settings.toml", "--lang", lang]).await;
        assert!(wrong.code == Some(2) && words.iter().all(|word| wrong.err.contains(word)), "{wrong:?}");
        assert!(wrong.err.contains(&format!("oss2youku init {flag}")), "{wrong:?}");
    }
}

/// A sweep's advice names the upload and the commands for it: it has none of the flags of `upload`.
#[tokio::test]
async fn a_sweep_advises_no_flags_of_another_command() {
    let env = start_env().await;
    env.put("a.mp4", &sample_bytes(1, 1000)).await;
    env.put_with("b.mp4", &sample_bytes(2, 1000), &[("youku-public-type", "nobody")]).await;
    let refusal = json!({"kind": "status", "status": 400, "code": "120010101"});
    add_fault(&env.clouds.youku.control(), json!({"operation": "create", "fault": refusal}));
    let folder = tempfile::tempdir().unwrap();
    let swept = run(&env, folder.path(), &["sweep", "--since", "1h", "--lang", "en"]).await;
    let advice: Vec<_> = swept.out.lines().filter(|line| line.starts_with("advice")).collect();
    assert!(advice.iter().any(|line| line.contains("oss2youku retry ")), "{swept:?}");
    assert!(advice.iter().all(|line| !line.contains("--title") && !line.contains("--retry")), "{swept:?}");
}

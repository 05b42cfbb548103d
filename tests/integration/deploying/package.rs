//! The package, as it goes to the platform.

use super::{deployed, template};
use crate::support::{md5_hex, process::in_background, sample_bytes, store::oss_store, workspace};
use local_clouds::{
    clouds::{CloudsConfig, LocalClouds},
    fc::{AsyncState, FunctionConfig},
};
use object_storage::PutOptions;
use std::{
    collections::BTreeMap,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

/// What the template does before a deployment, once for all tests.
static PACKAGE: LazyLock<PathBuf> = LazyLock::new(|| {
    let template = template();
    let action = template.lines().find_map(|line| line.trim().strip_prefix("- run: ")).unwrap();
    let words: Vec<_> = action.split(' ').collect();
    let [script, "--out", out] = words[..] else { panic!("{action}") };
    let code = format!("code: ./{out}/code\n");
    assert!(script == "functions/aliyun-fc/package" && template.contains(&code), "{action}");
    package(&workspace(), &workspace().join(out), &[])
});

/// Packs the function of a checkout; returns the path of the zip.
fn package(checkout: &Path, out: &Path, variables: &[(&str, &Path)]) -> PathBuf {
    let output = in_background(&checkout.join("functions/aliyun-fc/package"))
        .arg("--out")
        .arg(out)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(printed.lines().last().expect("the zip's path"))
}

/// Unpacks the program from the zip into this folder.
fn unpacked(folder: &Path) -> PathBuf {
    let status = Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&*PACKAGE).arg(folder).status();
    assert!(status.unwrap().success());
    let program = folder.join("bootstrap");
    // Python's unpacker drops the mode, which `the_zip_holds_one_program_that_may_be_run_and_is_small` checks.
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    program
}

fn tool(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(file).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "slow: builds the function for deployment"]
fn the_zip_holds_one_program_that_may_be_run_and_is_small() {
    let script = "import sys,zipfile\nfor e in zipfile.ZipFile(sys.argv[1]).infolist(): print(e.filename, oct(e.external_attr >> 16), e.date_time[0])";
    let entries = tool("python3", &["-c", script], &PACKAGE);
    assert_eq!(entries, "bootstrap 0o100755 1980\n");
    let folder = tempfile::tempdir().unwrap();
    let program = unpacked(folder.path());
    let size = program.metadata().unwrap().len();
    // 5.5 MiB, and the shares of the preflight, of changes to videos, of robots, of traces and the probe, and of MD5 in assembly.
    assert!(size <= (11 << 19) + ((90 + 60 + 80 + 48 + 16) << 10), "{size} bytes");
    let sections = tool("readelf", &["-S", "-W"], &program);
    assert!(!sections.contains(".symtab") && !sections.contains(".debug_info"), "{sections}");
}

#[test]
#[ignore = "slow: builds the function for deployment"]
fn the_program_runs_on_every_custom_runtime_of_the_platform() {
    let folder = tempfile::tempdir().unwrap();
    let symbols = tool("readelf", &["-V", "-W"], &unpacked(folder.path()));
    let versions = symbols.split_whitespace().filter_map(|word| word.strip_prefix("GLIBC_2."));
    let newest = versions.filter_map(|version| version.split('.').next()?.parse::<u32>().ok()).max();
    assert!(newest.is_some_and(|newest| newest <= 17), "glibc 2.{newest:?}");
}

/// The packaged program publishes what lands in the bucket, with the template's settings and the policy's rights.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "slow: builds the function for deployment"]
async fn the_package_publishes_with_the_templates_settings() {
    let folder = tempfile::tempdir().unwrap();
    let program = unpacked(folder.path());
    let props = tokio::task::spawn_blocking(|| deployed(&template())).await.unwrap();
    let mut variables: BTreeMap<String, String> =
        serde_json::from_value(props["environmentVariables"].clone()).unwrap();
    let policy = std::fs::read_to_string(workspace().join("functions/aliyun-fc/ram-policy.json")).unwrap();
    let policy = policy.replace("VIDEO_BUCKET", "videos").replace("PREFIX", "videos/");
    let policy = policy.replace("LEDGER_BUCKET", "ledger");
    let mut config = CloudsConfig::new(folder.path());
    config.role_policy = Some(serde_json::from_str(&policy).unwrap_or_else(|error| panic!("{error}")));
    let account = &mut config.youku.accounts[0];
    account.client_id = variables["OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID"].clone();
    account.access_token = variables["OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN"].clone();
    account.refresh_token = variables["OSS2YOUKU_ACCOUNTS__MAIN__REFRESH_TOKEN"].clone();
    let clouds = LocalClouds::start(config.clone(), |endpoints| {
        // Only the addresses of the clouds differ from the platform.
        variables.extend([
            ("OSS2YOUKU_YOUKU__API".to_owned(), endpoints.youku.clone()),
            ("OSS2YOUKU_YOUKU__BUCKET_REGION".to_owned(), config.youku.region.clone()),
            ("OSS2YOUKU_SOURCE__ENDPOINT".to_owned(), endpoints.oss.clone()),
        ]);
        FunctionConfig { env: variables, ..FunctionConfig::new("oss2youku", [program]) }
    })
    .await
    .unwrap();
    clouds.oss.create_bucket("ledger");

    let (id, secret) = &config.access_key;
    let bucket = oss_store("videos", &clouds.endpoints.oss, &config.region, id, secret);
    // Reading a version needs a permission of its own.
    clouds.oss.set_versioning("videos", true);
    let content = sample_bytes(1, 3 << 20);
    let mut outcomes = clouds.fc.outcomes();
    bucket.put("videos/one.mp4", content.clone(), &PutOptions::default()).await.unwrap();
    clouds.wait_settled().await;
    let log = || clouds.fc.recent_logs().into_iter().map(|line| line.line).collect::<Vec<_>>().join("\n");
    assert_eq!(outcomes.recv().await.unwrap().state, AsyncState::Succeeded, "{}", log());
    let videos = clouds.youku.videos();
    let [video] = videos.as_slice() else { panic!("{videos:?}\n{}", log()) };
    assert_eq!((video.md5.clone(), video.commits), (Some(md5_hex(&content)), 1));
    clouds.shutdown().await;
}

/// The same source gives the same zip, byte by byte, in whatever folder it is built.
#[test]
#[ignore = "slow: builds the function a second time"]
fn builds_in_two_folders_give_identical_zips() {
    let elsewhere = tempfile::tempdir().unwrap();
    let checkout = elsewhere.path().join("another checkout of it");
    let files = Command::new("git").args(["ls-files", "-z"]).current_dir(workspace()).output().unwrap();
    for file in String::from_utf8(files.stdout).unwrap().split_terminator('\0') {
        let to = checkout.join(file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(workspace().join(file), to).unwrap();
    }
    let target = checkout.join("target");
    let second = package(&checkout, &elsewhere.path().join("out"), &[("CARGO_TARGET_DIR", &target)]);
    let (first, second) = (std::fs::read(&*PACKAGE).unwrap(), std::fs::read(second).unwrap());
    assert!(first == second, "{} and {} bytes", first.len(), second.len());
}

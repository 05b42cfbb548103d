//! What moving a large object costs the function's process in memory and disk.

use super::MIB;
use crate::support::binary;
use md5::{Digest, Md5};
use object_storage::{Credentials, Pin, PutBody, PutOptions, Store, StoreConfig};
use sandbox::fc::{FcConfig, FcHost, FunctionConfig};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    os::unix::fs::FileExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::net::TcpListener;

const GIB: u64 = 1 << 30;
const SIZE: u64 = 2 * GIB;
/// Not under a rule's eyes there, so that the clouds' own function leaves it alone.
const PREFIX: &str = "oss2youku/";

/// OSS and Youku in another process; ended when dropped.
struct Clouds {
    child: Child,
    places: Value,
}

impl Clouds {
    fn start(data: &Path) -> Self {
        let mut command = Command::new(binary("oss2youku"));
        command.args(["dev", "--json", "--port-base", "0", "--data"]).arg(data);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).unwrap();
        Self { child, places: serde_json::from_str(&line).expect("one JSON object") }
    }

    fn bucket(&self) -> Store {
        let text = |field: &str| self.places["oss"][field].as_str().expect("text").to_owned();
        let config = StoreConfig::oss(text("bucket"))
            .endpoint(&text("endpoint"))
            .region(Some(text("region")))
            .credentials(Credentials::Static {
                access_key_id: text("access_key_id"),
                access_key_secret: text("access_key_secret").into(),
                security_token: None,
            });
        Store::new(config, app::http_client().unwrap()).unwrap()
    }

    async fn videos(&self) -> Value {
        let url = format!("{}/_sandbox/videos", self.places["youku"]["api"].as_str().expect("text"));
        let answer = app::http_client().unwrap().get(url).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }
}

impl Drop for Clouds {
    fn drop(&mut self) {
        // SIGTERM lets it end its own children.
        let pid = nix::unistd::Pid::from_raw(self.child.id().try_into().unwrap_or(i32::MAX));
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

/// A sparse file with something in each MiB.
fn large_file(path: &Path) {
    let file = File::create(path).unwrap();
    file.set_len(SIZE).unwrap();
    for offset in (0..SIZE).step_by(MIB) {
        file.write_all_at(&(offset + 1).to_le_bytes(), offset).unwrap();
    }
}

fn md5_of_file(path: &Path) -> String {
    let (mut file, mut md5, mut buffer) = (File::open(path).unwrap(), Md5::new(), vec![0; MIB]);
    loop {
        match file.read(&mut buffer).unwrap() {
            0 => return md5.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
            read => md5.update(&buffer[..read]),
        }
    }
}

/// A figure of a process, in the kernel's unit for it.
fn figure(pid: u32, file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name} in {text}"));
    line.split_whitespace().nth(1).and_then(|value| value.parse().ok()).expect("a number")
}

/// Moves the object with a fresh function process; answers its peak memory in KiB and the bytes it wrote to disk.
async fn cost_of_moving(clouds: &Clouds, key: &str) -> (u64, u64) {
    let mut env: std::collections::BTreeMap<String, String> =
        serde_json::from_value(clouds.places["env"].clone()).unwrap();
    env.insert("OSS2YOUKU_TRANSFER__IN_FLIGHT".into(), "8".into());
    env.insert("OSS2YOUKU_RESERVED__PREFIXES".into(), r#"["reserved/"]"#.into());
    let function = FunctionConfig {
        env,
        timeout: Duration::from_secs(3600),
        ..FunctionConfig::new("measured", [binary("oss2youku-fc")])
    };
    let config = FcConfig { functions: vec![function], ..FcConfig::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = FcHost::start(config, listener, []).await.unwrap();
    let event = json!({"events": [{
        "eventName": "ObjectCreated:PutObject", "eventSource": "acs:oss", "region": clouds.places["oss"]["region"],
        "oss": {"bucket": {"name": clouds.places["oss"]["bucket"]}, "object": {"key": key, "size": SIZE}}
    }]});
    let result = host.invoke("measured", event.to_string()).await;
    let answer: Value = serde_json::from_slice(&result.body).unwrap();
    assert_eq!(answer["results"][0]["code"], "200", "{answer}");
    let pid = host.instances("measured")[0].pid;
    let cost = (figure(pid, "status", "VmHWM:"), figure(pid, "io", "write_bytes:"));
    host.shutdown().await;
    cost
}

#[tokio::test]
#[ignore = "slow: moves 4 GiB"]
async fn moving_two_gibibytes_takes_less_than_24_mib_of_memory_and_no_disk() {
    let data = tempfile::tempdir().unwrap();
    let clouds = Clouds::start(&data.path().join("clouds"));
    large_file(&data.path().join("large"));
    let md5 = md5_of_file(&data.path().join("large"));
    let (files, bucket) =
        (Store::new(StoreConfig::folder(data.path()), app::http_client().unwrap()).unwrap(), clouds.bucket());

    let with_md5 = format!("{PREFIX}with-md5.mp4");
    let body = files.read("large", 0..SIZE, &Pin::default()).await.unwrap();
    bucket.put(&with_md5, PutBody::stream(body, SIZE), &PutOptions::default()).await.unwrap();
    let without_md5 = format!("{PREFIX}without-md5.mp4");
    let id = bucket.initiate_multipart(&without_md5, &PutOptions::default()).await.unwrap();
    let mut parts = Vec::new();
    for (number, start) in (1..).zip((0..SIZE).step_by(512 * MIB)) {
        let part = start..(start + 512 * MIB as u64).min(SIZE);
        let length = part.end - part.start;
        let body = files.read("large", part, &Pin::default()).await.unwrap();
        let receipt = bucket.upload_part(&without_md5, &id, number, body, length).await.unwrap();
        parts.push((number, receipt.etag));
    }
    bucket.complete_multipart(&without_md5, &id, &parts, false).await.unwrap();

    for (key, title) in [(with_md5, "with-md5"), (without_md5, "without-md5")] {
        let (peak_kib, written) = cost_of_moving(&clouds, &key).await;
        let videos = clouds.videos().await;
        let videos = videos.as_array().expect("an array");
        let video = videos.iter().find(|video| video["title"] == title).expect("it is published");
        assert_eq!((video["size"].as_u64(), video["md5"].as_str()), (Some(SIZE), Some(md5.as_str())));
        assert!(peak_kib < 24 * 1024, "{title}: {peak_kib} KiB at the peak");
        assert!(written < 1 << 20, "{title}: {written} bytes written to disk");
    }
}

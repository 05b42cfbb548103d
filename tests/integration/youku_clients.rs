//! Real Youku clients check the local Youku: `youku-upload` (OSS mode) and `youku` (slice mode), unmodified.

use crate::support::{client_script, tools};
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use local_clouds::control::{Control, Fault, Rule};
use local_clouds::youku::{Account, Mode, YoukuConfig, YoukuServer};
use md5::{Digest, Md5};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

const SIZE: usize = 30 * 1024 * 1024;

#[tokio::test]
async fn youku_upload_survives_a_kill_in_oss_mode_and_the_bytes_match() {
    let env = ClientEnv::new().await;
    // Its threads continue past one held part: hold every part from the hundredth on.
    let rule = Rule::new("UploadPart", Fault::HoldBefore).skip(100).times(0);
    env.killed_at(&env.server.bucket_control(), rule, Mode::Oss).await;
    env.resumed(Mode::Oss, 8 * 100 * 1024).await;
}

#[tokio::test]
async fn youku_survives_a_kill_in_slice_mode_and_the_bytes_match() {
    let env = ClientEnv::new().await;
    let rule = Rule::new("upload_slice", Fault::HoldBefore).skip(5);
    env.killed_at(&env.server.control(), rule, Mode::Slice).await;
    env.resumed(Mode::Slice, 2 * 1024 * 1024).await;
}

struct ClientEnv {
    server: YoukuServer,
    account: Account,
    movie: Vec<u8>,
    dir: TempDir,
}

impl ClientEnv {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = YoukuConfig::new(dir.path().join("youku"));
        // The client asks once for a slice after its restart: those of the killed process must be free again.
        config.undelivered_slice_returns_after = Duration::ZERO;
        let account = config.accounts[0].clone();
        let (api, bucket) = (TcpListener::bind("127.0.0.1:0").await, TcpListener::bind("127.0.0.1:0").await);
        let server = YoukuServer::start(config, api.unwrap(), bucket.unwrap()).await.unwrap();
        let movie: Vec<u8> = (0..SIZE).map(|i| (i ^ (i >> 8) ^ (i >> 16)).to_le_bytes()[0]).collect();
        std::fs::write(dir.path().join("clip.mp4"), &movie).unwrap();
        Self { server, account, movie, dir }
    }

    fn client(&self, mode: Mode) -> Child {
        let scripts = client_script("youku");
        Command::new(python())
            .arg(scripts.join("upload.py"))
            .arg(if mode == Mode::Oss { "oss" } else { "slice" })
            .arg(self.dir.path().join("clip.mp4"))
            .args([&self.account.client_id, &self.account.access_token])
            .env("PYTHONPATH", &scripts)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("YOUKU_API", self.server.api())
            // The OSS library keeps its checkpoints below the home directory.
            .env("HOME", self.dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// Starts the client and kills it (-9) when the rule has fired.
    async fn killed_at(&self, control: &Control, rule: Rule, mode: Mode) {
        let id = control.faults.add(rule);
        let mut client = self.client(mode);
        tokio::select! {
            _ = control.faults.wait_fired(id, 1) => client.kill().await.unwrap(),
            _ = client.wait() => panic!("ended early: {}", words(&client.wait_with_output().await.unwrap())),
        }
        control.faults.clear();
        let [received] = &self.server.received()[..] else { panic!("one session") };
        assert!((1..SIZE as u64).contains(&received.bytes), "{received:?}");
        assert!(self.server.videos().is_empty());
    }

    /// Starts the client again: it must resume, sending at most `again` bytes twice.
    async fn resumed(&self, mode: Mode, again: u64) {
        let output = self.client(mode).wait_with_output().await.unwrap();
        assert!(output.status.success(), "{}", words(&output));
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();

        let videos = self.server.videos();
        assert_eq!(videos.len(), 1);
        let video = &videos[0];
        assert_eq!(answer["video_id"], video.id);
        assert_eq!((video.mode, video.size, video.commits), (mode, SIZE as u64, 1));
        assert_eq!((video.title.as_str(), video.description.as_str()), ("海边的一天", "+ % & = ?"));
        let md5: String = Md5::digest(&self.movie).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(video.md5, Some(md5));
        let authority = self.server.api().replace("http://", "");
        let content = get(&authority, &format!("/_sandbox/videos/{}/content", video.id)).await;
        assert!(content == self.movie, "the content differs");

        let [received] = &self.server.received()[..] else { panic!("one session") };
        assert!((SIZE as u64..=SIZE as u64 + again).contains(&received.bytes), "{received:?}");
    }
}

/// The body of a GET.
async fn get(authority: &str, path: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    answer.split_off(head + 4)
}

fn words(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).join("\n")
}

/// These clients pin old libraries: they live in a virtual environment of their own.
pub(crate) fn python() -> PathBuf {
    tools().join("youku/bin/python")
}

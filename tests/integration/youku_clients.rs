//! Real Youku clients check the local Youku: `youku-upload` (OSS mode) and `youku` (slice mode, and what follows an upload), unmodified.

use crate::support::{
    PATIENCE, Setup, TestEnv, client_script,
    command_line::{oss2youku, upload_id},
    run_to_end, sample_bytes, tools, within,
};
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use local_clouds::control::{Control, Fault, Rule};
use local_clouds::youku::{Account, Mode, YoukuConfig, YoukuServer};
use md5::{Digest, Md5};
use serde_json::{Value, json};
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
            () = tokio::time::sleep(PATIENCE) => panic!("the place was never reached: {:?}", control.faults.state(id)),
        }
        control.faults.clear();
        let [received] = &self.server.received()[..] else { panic!("one session") };
        assert!((1..SIZE as u64).contains(&received.bytes), "{received:?}");
        assert!(self.server.videos().is_empty());
    }

    /// Starts the client again: it must resume, sending at most `again` bytes twice.
    async fn resumed(&self, mode: Mode, again: u64) {
        let output = within("the client", self.client(mode).wait_with_output()).await.unwrap();
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

/// The client's management half, unmodified: both hosts are the local Youku.
async fn manage(env: &TestEnv, call: &str, arguments: &Value) -> Value {
    let scripts = client_script("youku");
    let account = Account::default();
    let output = run_to_end(
        Command::new(python())
            .arg(scripts.join("manage.py"))
            .args([call, &arguments.to_string(), &account.client_id, &account.access_token])
            .env("PYTHONPATH", &scripts)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("YOUKU_API", env.clouds.youku.api()),
    )
    .await;
    assert!(output.status.success(), "{}", words(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The client and the command line see the same videos, and the same change makes the same call and the same video.
#[tokio::test]
async fn youku_manages_videos_as_the_command_line_does() {
    let variables = [("OSS2YOUKU_MANAGE__ENABLED", "true")];
    let env = TestEnv::start(Setup { variables: &variables, ..Setup::default() }).await;
    let mut ids = Vec::new();
    for (number, name) in ["ours", "theirs"].into_iter().enumerate() {
        env.put(&format!("{name}.mp4"), &sample_bytes(number as u64, 100_000)).await;
        env.wait_for_delivery().await;
        ids.insert(0, env.clouds.youku.videos().pop().expect("it is published").id);
    }
    let [theirs, ours] = &ids[..] else { panic!("two videos") };
    let upload = upload_id(&env, "oss://videos/ours.mp4").await;

    // The same change by either.
    let arguments =
        ["--title", "新标题", "--tags", "海边,sea", "--description", "+ % & = ?", "--category", "Travel"];
    let hidden = ["--public-type", "password", "--watch-password", "芝麻"];
    let updated = oss2youku(&env, &[&["video", "update", &upload][..], &arguments, &hidden].concat()).await;
    assert_eq!(updated.code, Some(0), "{updated:?}");
    let change = json!({
        "video_id": theirs, "title": "新标题", "tags": "海边,sea", "description": "+ % & = ?", "category": "Travel",
        "public_type": "password", "watch_password": "芝麻",
    });
    assert_eq!(manage(&env, "update_video", &change).await, json!({"answer": theirs}));
    let changes = env.clouds.youku.changes();
    let stated = |id: &String| {
        let updates = changes.iter().filter(|change| change.call == "update" && change.video_id == *id);
        updates.map(|change| change.fields.clone()).collect::<Vec<_>>()
    };
    assert_eq!((stated(ours).len(), stated(ours)), (1, stated(theirs)));

    // What each is shown of them.
    let both = manage(&env, "find_video_details_by_ids", &json!({"video_ids": ids.join(",")})).await;
    let shown = both["answer"]["videos"].as_array().unwrap();
    assert_eq!((&both["answer"]["total"], shown.len()), (&json!(2), 2), "{both}");
    for (video, id) in shown.iter().zip(&ids) {
        let one = manage(&env, "find_video_detail_by_id", &json!({"video_id": id})).await;
        for field in ["id", "title", "tags", "description", "category", "public_type"] {
            assert_eq!(video[field], one["answer"][field], "{field}");
        }
        assert_eq!(
            (&video["id"], &video["title"], &video["public_type"]),
            (&json!(id), &json!("新标题"), &json!("password"))
        );
    }
    let listed = oss2youku(&env, &["video", "list", "--json"]).await;
    let mine = manage(&env, "find_videos_by_me", &json!({"page": 1, "count": 50})).await;
    let their_ids: Vec<_> =
        mine["answer"]["videos"].as_array().unwrap().iter().map(|video| &video["id"]).collect();
    assert_eq!(their_ids, [theirs, ours]);
    let text = listed.lines().iter().map(Value::to_string).collect::<String>();
    assert!(listed.code == Some(0) && ids.iter().all(|id| text.contains(id.as_str())), "{listed:?}");

    // Refusals, as the client judges them.
    let beyond = manage(&env, "find_videos_by_me", &json!({"page": 2, "count": 50})).await;
    assert_eq!(beyond, json!({"code": 120_040_101, "status": 400}));
    let mut switches = env.clouds.youku.switches();
    switches.change_answers_1002 = true;
    env.clouds.youku.set_switches(switches);
    let gone = manage(&env, "destroy_video", &json!({"video_id": theirs})).await;
    assert_eq!(gone, json!({"code": 1002, "status": 500}), "it is gone all the same");
    let unknown = manage(&env, "find_video_detail_by_id", &json!({"video_id": theirs})).await;
    assert_eq!(unknown, json!({"code": 120_020_001, "status": 404}));
    let missing = manage(&env, "find_video_details_by_ids", &json!({"video_ids": theirs})).await;
    assert_eq!(missing["answer"]["videos"], json!([]));
}

fn words(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).join("\n")
}

/// These clients pin old libraries: they live in a virtual environment of their own.
pub(crate) fn python() -> PathBuf {
    tools().join("youku/bin/python")
}

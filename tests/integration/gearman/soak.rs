//! Many jobs survive many crashes.

use super::{GearmanEnv, wait_until};
use local_clouds::fc::{FunctionConfig, HttpAuth, TimerConfig};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// A receiver of callbacks.
struct Receiver {
    port: u16,
    /// The ids of the videos of each key.
    videos: Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, videos) =
            (listener.local_addr().unwrap().port(), Arc::<Mutex<BTreeMap<_, BTreeSet<_>>>>::default());
        let keep = videos.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A sender that was killed half way sends again.
                if let Some((key, video)) = callback(stream) {
                    keep.lock().unwrap().entry(key).or_default().insert(video);
                }
            }
        });
        Self { port, videos }
    }
}

fn callback(mut stream: TcpStream) -> Option<(String, String)> {
    let (mut reader, mut length) = (BufReader::new(stream.try_clone().ok()?), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().ok()?,
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").ok()?;
    let outcome: Value = serde_json::from_slice(&body).ok()?;
    let text = |field: &str| outcome["data"][field].as_str().map(str::to_owned);
    Some((text("key")?, text("videoid")?))
}

/// Sweeps every second, which sends the callbacks that a crash prevented.
fn swept(function: &mut FunctionConfig) {
    function.http_trigger = Some(HttpAuth::Anonymous);
    let interval = Duration::from_secs(1);
    function.timer = Some(TimerConfig { interval, name: "sweep".into(), payload: String::new() });
}

/// Submits `count` background jobs and kills gearmand and shim alternately until all are done.
async fn survive(count: usize, mut gearmand_kills: usize, mut shim_kills: usize) {
    let receiver = Receiver::start();
    let variables = [
        ("OSS2YOUKU_CALLBACK__ALLOW_HTTP", "true"),
        ("OSS2YOUKU_CALLBACK__PORTS", &format!("[{}]", receiver.port)),
        ("OSS2YOUKU_CALLBACK__ALLOWED", r#"[{host="127.0.0.1",network="127.0.0.0/8"}]"#),
        ("OSS2YOUKU_CALLBACK__PAUSE_SECONDS", "1"),
    ];
    let callback = format!("http://127.0.0.1:{}/", receiver.port);
    let mut world = GearmanEnv::start_with(&variables, swept, callback).await;
    let mut objects = BTreeMap::new();
    for n in 0..count {
        let name = format!("film-{n}");
        let (task, bytes) = world.object(&name, 20_000 + n).await;
        world.gearmand.background(&name, &task).await;
        objects.insert(name, bytes);
    }
    let mut shims = vec![world.shim(&[])];
    let crashes = gearmand_kills + shim_kills;
    for crash in 1..=crashes {
        // Evenly over the work.
        let published = count * crash / (crashes + 1);
        super::wait_until("jobs are done", || world.env.clouds.youku.videos().len() >= published).await;
        if gearmand_kills >= shim_kills {
            gearmand_kills -= 1;
            world.gearmand.kill();
            world.gearmand.begin().await;
        } else {
            shim_kills -= 1;
            drop(shims.pop());
            shims.push(world.shim(&[]));
        }
    }
    wait_until("every job is done", || world.gearmand.jobs()[0] == 0).await;
    wait_until("every callback has come", || receiver.videos.lock().unwrap().len() == count).await;
    assert_eq!(world.env.clouds.youku.videos().len(), count);
    for (name, bytes) in &objects {
        let video = world.env.assert_published(name, bytes);
        assert_eq!(receiver.videos.lock().unwrap()[name], BTreeSet::from([video.id]), "{name}");
    }
}

/// Background jobs survive crashes of gearmand and of the shim, with one video each.
#[tokio::test]
async fn background_jobs_survive_crashes_of_gearmand_and_shim() {
    survive(40, 1, 1).await;
}

/// Four hundred background jobs survive five crashes of gearmand and shim, with one video each.
#[tokio::test]
#[ignore = "a minute"]
async fn four_hundred_background_jobs_survive_five_crashes() {
    survive(400, 3, 2).await;
}

//! The budgets of an upload, each held to its limit. Memory, disk and requests are exact; CPU and start are ratios to a peer
//! in the same run, allowed twice their budget because the machine may be busy. The size of the packaged program is checked
//! where it is built, in `deploying::package`.

use crate::support::{
    binary, client_script,
    process::{cpu_seconds, peak_kib, proc_figure},
};
use local_clouds::fc::{FcConfig, FcHost, FunctionConfig};
use nix::{
    sys::{
        signal::{Signal, kill},
        wait::{Id, WaitPidFlag, waitid},
    },
    unistd::Pid,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::FileExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, time::timeout};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
/// Longer than anything here takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(300);

/// A child process; dropping it ends the process.
struct Running(Child);

impl Running {
    fn pid(&self) -> Pid {
        Pid::from_raw(self.0.id().try_into().unwrap_or(i32::MAX))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // SIGTERM lets it end its own children.
        let _ = kill(self.pid(), Signal::SIGTERM);
        let _ = self.0.wait();
    }
}

/// OSS and Youku in another process, so that their cost is not counted as ours.
struct Clouds {
    places: Value,
    bucket: String,
    data: tempfile::TempDir,
    /// In memory, so that it does not count as written to disk.
    ledger: tempfile::TempDir,
    _process: Running,
}

impl Clouds {
    async fn start() -> Self {
        let (data, ledger) = (tempfile::tempdir().unwrap(), tempfile::tempdir_in("/dev/shm").unwrap());
        let mut command = Command::new(binary("oss2youku"));
        command.args(["dev", "--json", "--port-base", "0", "--data"]).arg(data.path().join("clouds"));
        let mut process = Running(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
        let mut line = String::new();
        BufReader::new(process.0.stdout.as_mut().expect("a pipe")).read_line(&mut line).unwrap();
        let places: Value = serde_json::from_str(&line).expect("one JSON object");
        let addresses = call("GET", &format!("{}/_sandbox", text(&places["youku"]["api"])), None).await;
        Self { places, bucket: text(&addresses["bucket"]), data, ledger, _process: process }
    }

    fn servers(&self) -> [String; 3] {
        [text(&self.places["oss"]["endpoint"]), text(&self.places["youku"]["api"]), self.bucket.clone()]
    }

    /// Makes up an object when it is read; returns its CRC-64. The MD5 that `known` states is not the object's: a target that
    /// discards the bytes cannot notice.
    async fn generate(&self, key: &str, size: u64, known: bool) -> Value {
        let mut wanted = json!({"size": size, "seed": size});
        if known {
            wanted["metadata"] = json!({"md5": "d41d8cd98f00b204e9800998ecf8427e"});
        }
        let [oss, ..] = self.servers();
        let url = format!("{oss}/_sandbox/objects/{}/{key}", text(&self.places["oss"]["bucket"]));
        call("PUT", &url, Some(wanted)).await["crc64"].clone()
    }

    async fn discard(&self) {
        let [_, youku, _] = self.servers();
        call("POST", &format!("{youku}/_sandbox/switches"), Some(json!({"discard": true}))).await;
    }

    /// Counts these operations from now on, by a rule that never acts.
    async fn count(&self, operations: &[&str]) {
        let rule =
            |operation: &&str| json!({"operation": operation, "skip": GIB, "fault": {"kind": "hold_before"}});
        let rules = Value::from_iter(operations.iter().map(rule));
        for server in self.servers() {
            call("POST", &format!("{server}/_sandbox/faults"), Some(rules.clone())).await;
        }
    }

    /// Number of requests of each counted operation, over all servers.
    async fn counted(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for server in self.servers() {
            let rules = call("GET", &format!("{server}/_sandbox/faults"), None).await;
            for rule in rules.as_array().expect("an array") {
                *counts.entry(text(&rule["operation"])).or_default() +=
                    rule["seen"].as_u64().expect("a number");
            }
        }
        counts
    }

    async fn video(&self, id: &Value) -> Value {
        let [_, youku, _] = self.servers();
        let videos = call("GET", &format!("{youku}/_sandbox/videos"), None).await;
        videos
            .as_array()
            .and_then(|all| all.iter().find(|video| video["id"] == *id))
            .expect("the video")
            .clone()
    }

    fn env(&self) -> BTreeMap<String, String> {
        let mut variables: BTreeMap<String, String> =
            serde_json::from_value(self.places["env"].clone()).unwrap();
        // The clouds' own function ignores objects below `oss2youku/`; this one must not.
        variables.insert("OSS2YOUKU_RESERVED__PREFIXES".into(), r#"["reserved/"]"#.into());
        // The most parts in flight that the default settings ever reach, which they do where each part gets little of the link.
        variables.insert("OSS2YOUKU_TRANSFER__IN_FLIGHT".into(), "24".into());
        variables.insert("OSS2YOUKU_LEDGER__LOCATION".into(), text(&json!(self.ledger.path())));
        // As deployed: a busy disk may delay a renewal for longer than the clouds' own short lease.
        variables.insert("OSS2YOUKU_LEDGER__LEASE_SECONDS".into(), "15".into());
        variables
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

async fn call(method: &str, url: &str, body: Option<Value>) -> Value {
    let client = app::http_client().unwrap();
    let request = client.request(method.parse().unwrap(), url);
    let request = if let Some(body) = body { request.body(body.to_string()) } else { request };
    let answer = timeout(TIMEOUT, request.send()).await.expect("an answer").unwrap();
    let (status, bytes) = (answer.status(), answer.bytes().await.unwrap());
    assert!(status.is_success(), "{method} {url}: {}", String::from_utf8_lossy(&bytes));
    serde_json::from_slice(&bytes).unwrap()
}

/// What one upload cost the function's process.
struct Cost {
    video: Value,
    /// VmHWM.
    peak_kib: u64,
    /// As the kernel accounts them.
    written_bytes: u64,
    cpu_seconds: f64,
    /// Counted since [`Clouds::count`].
    requests: BTreeMap<String, u64>,
}

/// Moves the object with a fresh function process.
async fn cost_of_moving(clouds: &Clouds, key: &str, size: u64) -> Cost {
    let function = FunctionConfig {
        env: clouds.env(),
        timeout: Duration::from_secs(600),
        ..FunctionConfig::new("measured", [binary("oss2youku-fc")])
    };
    let config = FcConfig { functions: vec![function], ..FcConfig::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = FcHost::start(config, listener, []).await.unwrap();
    let event = json!({"events": [{
        "eventName": "ObjectCreated:PutObject", "eventSource": "acs:oss", "region": clouds.places["oss"]["region"],
        "oss": {"bucket": {"name": clouds.places["oss"]["bucket"]}, "object": {"key": key, "size": size}}
    }]});
    let result = timeout(TIMEOUT, host.invoke("measured", event.to_string())).await.expect("an answer");
    let answer: Value = serde_json::from_slice(&result.body).unwrap();
    assert_eq!(answer["results"][0]["code"], "200", "{answer}");
    let pid = host.instances("measured")[0].pid;
    let cost = Cost {
        // Before asking for the video, which is a request as well.
        requests: clouds.counted().await,
        video: clouds.video(&answer["results"][0]["data"]["videoid"]).await,
        peak_kib: peak_kib(pid),
        written_bytes: proc_figure(pid, "io", "write_bytes:"),
        cpu_seconds: cpu_seconds(pid),
    };
    host.shutdown().await;
    cost
}

/// GETs of the preflight, to which bytes of no container tell in one that they are none.
const PREFLIGHT: u64 = 1;

/// Moves a GiB with 24 parts in flight and checks memory, disk and requests. `readings` = the most GETs before the transfer.
async fn a_gibibyte_keeps_within(known: bool, readings: u64) {
    let once = ["HeadObject", "create", "InitiateMultipartUpload", "CompleteMultipartUpload", "commit"];
    let clouds = Clouds::start().await;
    clouds.discard().await;
    let crc64 = clouds.generate("oss2youku/large.mp4", GIB, known).await;
    clouds.count(&[&["*", "GetObject", "UploadPart", "ListObjectsV2"], &once[..]].concat()).await;
    let cost = cost_of_moving(&clouds, "oss2youku/large.mp4", GIB).await;
    assert_eq!((&cost.video["size"], &cost.video["crc64"]), (&json!(GIB), &crc64));
    assert!(cost.peak_kib <= 24 * 1024, "{} KiB at the peak", cost.peak_kib);
    // The ledger is in memory here: bytes that reach a disk are the object's, except the block of a new program's access time.
    assert!(cost.written_bytes <= 8 * 4096, "{} bytes written to disk", cost.written_bytes);

    let (requests, parts) = (&cost.requests, cost.requests["UploadPart"]);
    // 8 MiB each; the last ones shrink so that all connections end together.
    assert!((GIB / (8 * MIB)..=GIB / (8 * MIB) + 64).contains(&parts), "{requests:?}");
    for operation in once {
        assert_eq!(requests[operation], 1, "{requests:?}");
    }
    // One more GET asks for the sidecar file.
    let read = requests["GetObject"] - parts - 1;
    assert!(read <= readings, "{requests:?}");
    // The clouds' own function sweeps: it lists the bucket.
    let all = requests["*"] - requests["ListObjectsV2"];
    assert_eq!(all, 2 * parts + 6 + read, "{requests:?}");
}

/// A GiB whose MD5 is known stays within the budgets of memory, disk and requests.
#[tokio::test]
async fn a_gibibyte_of_known_md5_stays_within_budget() {
    a_gibibyte_keeps_within(true, PREFLIGHT).await;
}

/// A GiB that is read once for its MD5 stays within the budgets of memory, disk and requests.
#[tokio::test]
async fn a_gibibyte_of_unknown_md5_stays_within_budget() {
    // Pieces of 512 KiB.
    a_gibibyte_keeps_within(false, PREFLIGHT + 2048).await;
}

/// A file with something in each MiB.
fn film(path: &Path, size: u64) {
    let file = File::create(path).unwrap();
    file.set_len(size).unwrap();
    for offset in (0..size).step_by(1 << 20) {
        file.write_all_at(&(offset + 1).to_le_bytes(), offset).unwrap();
    }
}

/// CPU time, in seconds, of a Python client in use today that uploads a file.
async fn cpu_of_the_legacy_client(clouds: &Clouds, file: &Path) -> f64 {
    let scripts = client_script("youku");
    let youku = &clouds.places["youku"];
    let mut client = Command::new(crate::youku_clients::python());
    client.arg(scripts.join("upload.py")).arg("slice").arg(file);
    client.args([text(&youku["client_id"]), text(&youku["access_token"])]);
    client
        .env("PYTHONPATH", &scripts)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("YOUKU_API", text(&youku["api"]));
    let client = Running(client.env("HOME", clouds.data.path()).stdout(Stdio::null()).spawn().unwrap());
    let pid = client.pid();
    let ended = tokio::task::spawn_blocking(move || {
        // The kernel drops its figures once it has been waited for.
        waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT).unwrap();
    });
    timeout(TIMEOUT, ended).await.expect("it ends").unwrap();
    cpu_seconds(client.0.id())
}

/// An upload takes at most two thirds of the CPU time of the legacy client: twice the budget.
#[tokio::test]
async fn an_upload_takes_less_cpu_than_the_legacy_client() {
    const SIZE: u64 = 256 * MIB;
    let clouds = Clouds::start().await;
    let file = clouds.data.path().join("film.mp4");
    film(&file, SIZE);
    let legacy = cpu_of_the_legacy_client(&clouds, &file).await;
    clouds.discard().await;
    clouds.generate("oss2youku/film.mp4", SIZE, true).await;
    let ours = cost_of_moving(&clouds, "oss2youku/film.mp4", SIZE).await.cpu_seconds;
    assert!(ours <= legacy * 2.0 / 3.0, "{ours} s, the legacy client {legacy} s");
}

/// Time from exec to the response to a call, in a process started as the platform does.
fn start(program: &Path, variables: &BTreeMap<String, String>, event: &str) -> Duration {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let begun = Instant::now();
    let mut command = Command::new(program);
    command
        .envs(variables)
        .env("FC_SERVER_PORT", port.to_string())
        .env("FC_CUSTOM_LISTEN_PORT", port.to_string());
    let mut process = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let mut stream = loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => break stream,
            Err(error) => assert!(begun.elapsed() < TIMEOUT, "{error}"),
        }
        assert_eq!(process.0.try_wait().unwrap(), None, "it runs");
        std::thread::yield_now();
    };
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    let head = "POST /invoke HTTP/1.1\r\nhost: function\r\nx-fc-control-path: /invoke\r\nx-fc-request-id: start\r\n\
                connection: close\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{event}", event.len()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    begun.elapsed()
}

#[tokio::test]
async fn the_function_starts_within_four_times_the_time_of_a_bare_one() {
    const STARTS: usize = 21;
    let clouds = Clouds::start().await;
    let variables = clouds.env();
    let programs =
        [(binary("examples/event"), r#"{"name":"x"}"#), (binary("oss2youku-fc"), r#"{"events":[]}"#)];
    // In turn, so that other load affects both alike.
    let measure = move || {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..STARTS {
            for ((program, event), times) in programs.iter().zip(&mut times) {
                times.push(start(program, &variables, event));
            }
        }
        times.map(|mut times| {
            times.sort_unstable();
            times[STARTS / 2]
        })
    };
    let [bare, ours] = tokio::task::spawn_blocking(measure).await.unwrap();
    assert!(ours <= bare * 4, "{ours:?}, a bare function {bare:?}");
}

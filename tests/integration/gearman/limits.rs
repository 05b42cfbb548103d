//! Payloads that are too large, payloads that are no task, scheduled jobs, `--once`.

use super::{GearmanEnv, Shim, TIMEOUT, wait_until, within};
use gearman_shim::{Handler, Job, Progress, Reply};
use serde_json::Value;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const SUBMIT_JOB: u32 = 7;
const SUBMIT_JOB_EPOCH: u32 = 36;
const JOB_CREATED: u32 = 8;
const WORK_COMPLETE: u32 = 13;

/// A client for packets that the other clients do not send.
pub(super) struct Client(TcpStream);

impl Client {
    pub(super) fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream.set_write_timeout(Some(TIMEOUT)).unwrap();
        Self(stream)
    }

    /// Sends a packet whose last argument ends with this many zeros.
    pub(super) fn send(&mut self, kind: u32, arguments: &[u8], zeros: usize) {
        let length = u32::try_from(arguments.len() + zeros).unwrap();
        let header = [&b"\0REQ"[..], &kind.to_be_bytes(), &length.to_be_bytes(), arguments].concat();
        self.0.write_all(&header).unwrap();
        let chunk = vec![0; 1 << 20];
        for start in (0..zeros).step_by(chunk.len()) {
            self.0.write_all(&chunk[..chunk.len().min(zeros - start)]).unwrap();
        }
    }

    /// The next packet: its type and its arguments.
    pub(super) fn next(&mut self) -> (u32, Vec<u8>) {
        let mut header = [0; 12];
        self.0.read_exact(&mut header).unwrap();
        let number = |from: usize| u32::from_be_bytes(header[from..from + 4].try_into().unwrap());
        let mut body = vec![0; number(8) as usize];
        self.0.read_exact(&mut body).unwrap();
        (number(4), body)
    }

    /// The next packet of that type, without the handle.
    pub(super) fn wait_for(&mut self, kind: u32) -> Vec<u8> {
        loop {
            let (found, mut body) = self.next();
            if found == kind {
                let handle = body.iter().position(|byte| *byte == 0).map_or(body.len(), |end| end + 1);
                return body.split_off(handle);
            }
        }
    }

    pub(super) fn upload(&mut self, payload: &[u8], zeros: usize) -> Value {
        self.send(SUBMIT_JOB, &[&b"upload\0\0"[..], payload].concat(), zeros);
        serde_json::from_slice(&self.wait_for(WORK_COMPLETE)).expect("an answer in JSON")
    }
}

/// Asserts that a payload of this size is refused with a message, in little memory, and that the connection stays open.
async fn refused(world: &GearmanEnv, size: usize) {
    let shim = world.shim(&[]);
    let mut client = Client::connect(world.gearmand.port);
    let answer = tokio::task::block_in_place(|| client.upload(b"{", size - 1));
    assert_eq!((answer["code"].as_str(), answer["error"].as_str()), (Some("500"), Some("payload_too_large")));
    assert!(answer["msg"].as_str().unwrap().contains(&format!("{size} bytes; at most 65536")), "{answer}");
    let (task, _) = world.object("after", 1000).await;
    assert_eq!(world.gearmand.foreground(&task).await.unwrap()["code"], "200");
    assert_eq!(shim.metric("reconnects_total").await, 0.0);
    assert!(shim.peak_kib() < 24 << 10, "{} KiB", shim.peak_kib());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_of_65_mib_is_refused_in_words_and_the_line_kept() {
    refused(&GearmanEnv::start().await, 65 << 20).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "gearmand and client hold a GiB each"]
async fn a_payload_of_a_gib_is_refused_in_words_and_the_line_kept() {
    refused(&GearmanEnv::start().await, 1 << 30).await;
}

#[tokio::test]
async fn an_invalid_task_is_answered_with_the_reason() {
    let world = GearmanEnv::start().await;
    let shim = world.shim(&[]);
    let large = format!("{{\"conf\":{{\"keyname\":\"{}\"}}}}", "k".repeat(60_000));
    for (payload, words) in [
        ("{ // a comment", "is not JSON"),
        ("", "is not JSON"),
        (r#"{"conf":{"clientid":"x"},"youku":{}}"#, "conf.keyname"),
        (&large, ""),
    ] {
        let answer = tokio::task::spawn_blocking({
            let (port, payload) = (world.gearmand.port, payload.to_owned());
            move || Client::connect(port).upload(payload.as_bytes(), 0)
        });
        let answer = within("an answer", answer).await.unwrap();
        assert_eq!(answer["code"], "500", "{answer}");
        assert!(answer["msg"].as_str().unwrap().contains(words), "{answer}");
    }
    assert_eq!(shim.metric("reconnects_total").await, 0.0);
    assert_eq!(shim.metric("jobs_total{outcome=\"failed\"}").await, 4.0);
}

/// A job for later is taken at most 15 seconds after it is due, although gearmand wakes no worker for it.
#[tokio::test]
async fn a_scheduled_job_is_taken_at_its_time() {
    let world = GearmanEnv::start().await;
    let shim = world.shim(&[]);
    shim.wait_for_log("registered", 1).await;
    let (task, bytes) = world.object("later", 1000).await;
    let due = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 1;
    let arguments = format!("upload\0later\0{due}\0{task}");
    let mut client = Client::connect(world.gearmand.port);
    client.send(SUBMIT_JOB_EPOCH, arguments.as_bytes(), 0);
    client.wait_for(JOB_CREATED);
    shim.wait_for_log("begun", 1).await;
    // A second for a busy machine.
    let late = SystemTime::now().duration_since(UNIX_EPOCH + Duration::from_secs(due)).unwrap();
    assert!(late <= Duration::from_secs(16), "{late:?}");
    shim.wait_for_log("ended", 1).await;
    world.env.assert_published("later", &bytes);
}

/// `--once` takes one job and exits; `--fail-packets` answers a failure with WORK_FAIL.
#[tokio::test]
async fn once_exits_after_one_job_and_fail_packets_fail_it() {
    let world = GearmanEnv::start().await;
    let mut shim = world.shim(&["--once", "--fail-packets"]);
    world.gearmand.background("one", &world.task("missing")).await;
    assert_eq!(shim.wait_for_exit().await, Some(0));
    world.gearmand.background("two", &world.task("missing")).await;
    wait_until("the second waits", || world.gearmand.jobs() == [1, 0, 0]).await;
    let _shim = world.shim(&["--fail-packets"]);
    assert_eq!(world.gearmand.foreground(&world.task("missing, too")).await, None);
}

#[tokio::test]
async fn what_prevents_the_start_is_named() {
    let gearmand = super::Gearmand::stopped();
    for (more, words) in [
        (&["--tls-ca", "/nowhere/ca.pem"][..], "--tls-ca /nowhere/ca.pem"),
        (&["--token-file", "/nowhere/token"], "--token-file"),
    ] {
        let mut shim = Shim::start("http://127.0.0.1:9", &[&gearmand], more);
        assert_eq!(shim.wait_for_exit().await, Some(2));
        wait_until(words, || shim.log.lock().unwrap().iter().any(|line| line.contains(words))).await;
    }
}

/// Answers with the payload.
pub(super) struct Echo;

impl Handler for Echo {
    async fn handle(&self, job: Job, _: &Progress) -> Reply {
        Reply { outcome: gearman_shim::metrics::Outcome::Success, complete: Some(job.payload) }
    }

    fn too_large(&self, _: &Job, _: u64) -> Reply {
        Reply { outcome: gearman_shim::metrics::Outcome::Refused, complete: None }
    }
}

//! `demo`: one file's whole way, from a signed PUT to the video.

use crate::{
    args::Demo,
    lang::{say, word},
    local::{self, BUCKET, Failure, Started, named},
    report::{Event, Report},
};
use app::storage::{Credentials, ObjectVersion, PutBody, PutOptions, Store, StoreConfig};
use local_clouds::{
    fc::{AsyncOutcome, AsyncState},
    youku::VideoView,
};
use md5::{Digest, Md5};
use serde::Deserialize;
use std::{
    ffi::OsStr,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tokio::{sync::broadcast, time::timeout};

/// A video made for this: six seconds of a test picture and a tone.
const SAMPLE: &[u8] = include_bytes!("../assets/demo.mp4");
const SAMPLE_NAME: &str = "demo.mp4";
/// How long the bar stands still at most while nothing arrives.
const LOOK: Duration = Duration::from_millis(250);

/// Runs the demo; succeeds only where Youku holds the bytes of every file.
pub(crate) async fn demo(arguments: Demo) -> Result<ExitCode, Failure> {
    let interrupted = local::interrupted()?;
    let data = tempfile::tempdir()?;
    let files = match arguments.files {
        files if files.is_empty() => {
            let path = data.path().join(SAMPLE_NAME);
            std::fs::write(&path, SAMPLE)?;
            vec![path]
        }
        files => files,
    };
    for file in &files {
        check(file)?;
    }
    let started = local::start(&arguments.local, &data.path().join("clouds"), 0).await?;
    let mut report = Report::new(arguments.local.json);
    let ended = tokio::select! {
        ended = publish(&started, &files, &mut report) => ended,
        code = interrupted => {
            let message = word!("a signal ended the demo", "演示被信号终止");
            report.tell(&Event::Failed { error: "interrupted", message });
            Ok(code)
        }
    };
    started.clouds.shutdown().await;
    ended
}

/// Says what is wrong with a file before anything is started.
fn check(file: &Path) -> Result<(), Failure> {
    let metadata = file.metadata().map_err(|error| named(file, &error))?;
    if !metadata.is_file() {
        return Err(say!("{}: not a file", "{}：不是文件", file.display()).into());
    }
    if metadata.len() == 0 {
        return Err(say!(
            "{}: the file is empty; Youku takes no empty video",
            "{}：文件是空的，优酷不接受空视频",
            file.display()
        )
        .into());
    }
    name(file).map(drop)
}

/// The file's name, its key in the bucket.
fn name(file: &Path) -> Result<&str, Failure> {
    let name = file.file_name().and_then(OsStr::to_str);
    name.ok_or_else(|| {
        say!(
            "{}: the file's name is not UTF-8, as a key must be",
            "{}：文件名不是 UTF-8，不能作为 key",
            file.display()
        )
        .into()
    })
}

async fn publish(started: &Started, files: &[PathBuf], report: &mut Report) -> Result<ExitCode, Failure> {
    let endpoints = &started.clouds.endpoints;
    report.tell(&Event::Clouds { oss: &endpoints.oss, youku: &endpoints.youku, function: &endpoints.fc });
    let store = bucket(started)?;
    let (mut failed, mut last_failed) = (0, false);
    for file in files {
        last_failed = !one(started, &store, file, report).await?;
        failed += usize::from(last_failed);
    }
    if failed == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    if !last_failed {
        // The last word must not be the good end of another file.
        let all = files.len();
        let message =
            say!("{failed} of {all} files were not published", "{all} 个文件中有 {failed} 个未发布");
        report.tell(&Event::Failed { error: "incomplete", message: &message });
    }
    Ok(ExitCode::FAILURE)
}

/// The local bucket, as any client of OSS sees it.
fn bucket(started: &Started) -> Result<Store, Failure> {
    let (id, secret) = started.config.access_key.clone();
    let credentials =
        Credentials::Static { access_key_id: id, access_key_secret: secret.into(), security_token: None };
    let config = StoreConfig::oss(BUCKET)
        .endpoint(&started.clouds.endpoints.oss)
        .region(Some(started.config.region.clone()))
        .credentials(credentials);
    Ok(Store::new(config, app::store_client()?)?)
}

async fn one(started: &Started, store: &Store, file: &Path, report: &mut Report) -> Result<bool, Failure> {
    let (name, path) = (name(file)?, file.to_owned());
    report.tell(&Event::Hashing { file: name, size: file.metadata().map_err(|e| named(file, &e))?.len() });
    let (digest, size) =
        tokio::task::spawn_blocking(move || digest(&path)).await?.map_err(|e| named(file, &e))?;
    let md5: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let object = format!("oss://{BUCKET}/{name}");

    let mut outcomes = started.clouds.fc.outcomes();
    let before: u64 = received(started);
    // The folder alone: a link's own name is what lies in it. A bare name's folder is empty.
    let folder = Path::new(".").join(file.parent().unwrap_or(Path::new("")));
    let folder = folder.canonicalize().map_err(|error| named(&folder, &error))?;
    let bytes = Store::new(StoreConfig::folder(folder), app::store_client()?)?;
    let body = bytes.read(name, 0..size, &ObjectVersion::default()).await?;
    let options = PutOptions { content_md5: Some(digest), ..PutOptions::default() };
    report.tell(&Event::Putting { object: &object, size });
    store.put(name, PutBody::stream(body, size), &options).await?;
    report.tell(&Event::Put { object: &object, size, md5: &md5 });

    let file = Watched { name, md5: &md5, size, before };
    match watch(started, &mut outcomes, &file, report).await? {
        Ok(video_id) => Ok(verify(started, &video_id, &md5, size, report)),
        Err((error, message)) => {
            report.tell(&Event::Failed { error: &error, message: &message });
            Ok(false)
        }
    }
}

/// The file whose way is watched.
struct Watched<'a> {
    name: &'a str,
    md5: &'a str,
    size: u64,
    /// Bytes that Youku had taken in before.
    before: u64,
}

/// The video's id, or an error code and a sentence.
type Verdict = Result<String, (String, String)>;

/// Shows how far Youku is until the function, or its sweep, is done with the file.
async fn watch(
    started: &Started,
    outcomes: &mut broadcast::Receiver<AsyncOutcome>,
    file: &Watched<'_>,
    report: &mut Report,
) -> Result<Verdict, Failure> {
    let mut progress = started.clouds.youku.progress();
    loop {
        tokio::select! {
            outcome = outcomes.recv() => {
                if let Some(verdict) = verdict(started, &outcome?, file) {
                    return Ok(verdict);
                }
            }
            // No signal in a while is no end: a slow file just has none.
            _ = timeout(LOOK, progress.changed()) => {
                let accepted = received(started).saturating_sub(file.before).min(file.size);
                report.tell(&Event::Progress { accepted, total: file.size });
            }
        }
    }
}

fn received(started: &Started) -> u64 {
    started.clouds.youku.received().iter().map(|upload| upload.bytes).sum()
}

/// The parts of the function's answer that matter here.
#[derive(Deserialize)]
struct Answer {
    results: Vec<RecordResult>,
}

#[derive(Deserialize)]
struct RecordResult {
    key: Option<String>,
    skipped: Option<String>,
    msg: Option<String>,
    error: Option<String>,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    key: String,
    videoid: Option<String>,
}

/// What the function answers when it fails.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Diagnostic {
    error_type: String,
    error_message: String,
}

/// Failures that the sweep takes care of.
const LEFT_TO_SWEEP: [&str; 3] = ["in_progress", "deadline", "rate_limited"];

/// What the outcome of a call says about the file; `None` where it says nothing, or the sweep has the last word.
fn verdict(started: &Started, outcome: &AsyncOutcome, file: &Watched<'_>) -> Option<Verdict> {
    let body = &outcome.result.body;
    if outcome.state != AsyncState::Succeeded {
        let said = serde_json::from_slice::<Diagnostic>(body);
        let (error, message) = said.map_or_else(
            |_| {
                let ended =
                    word!("the function process ended before it answered", "函数进程在应答之前就结束了");
                ("function_failed".into(), ended.into())
            },
            |said| (said.error_type, said.error_message),
        );
        let attempts = outcome.attempts;
        return Some(Err((
            error,
            say!("{message} (tried {attempts} times)", "{message}（尝试了 {attempts} 次）"),
        )));
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        let message = say!("the function's answer is not understood", "无法识别函数的应答");
        return Some(Err(("unknown_answer".into(), message)));
    };
    answer.results.into_iter().find_map(|result| {
        let (key, video_id) = result.data.map_or((result.key, None), |data| (Some(data.key), data.videoid));
        if let Some(video_id) = video_id {
            // The sweep names uploads by their ids, so the video itself must say whose it is.
            let videos = started.clouds.youku.videos();
            let same = |video: &VideoView| video.id == video_id && video.md5.as_deref() == Some(file.md5);
            return (key.as_deref() == Some(file.name) || videos.iter().any(same)).then_some(Ok(video_id));
        }
        if key.as_deref() != Some(file.name) {
            return None;
        }
        if let Some(reason) = result.skipped {
            let message = say!("the function left the file alone: {reason}", "函数没有处理该文件：{reason}");
            return Some(Err((reason, message)));
        }
        let error = result.error.unwrap_or_default();
        let left = LEFT_TO_SWEEP.contains(&error.as_str());
        (!left).then(|| Err((error, result.msg.unwrap_or_default())))
    })
}

/// Whether Youku holds exactly the file's bytes under that id.
fn verify(started: &Started, video_id: &str, md5: &str, size: u64, report: &mut Report) -> bool {
    let video = started.clouds.youku.videos().into_iter().find(|video| video.id == video_id);
    let held = video.as_ref().is_some_and(|video| video.md5.as_deref() == Some(md5) && video.size == size);
    if held {
        let link = format!("https://v.youku.com/v_show/id_{video_id}.html");
        report.tell(&Event::Progress { accepted: size, total: size });
        report.tell(&Event::Done { video_id, link: &link, md5, size });
    } else {
        let message = word!("Youku does not hold the file's bytes", "优酷所持内容与文件不一致");
        report.tell(&Event::Failed { error: "integrity", message });
    }
    held
}

fn digest(path: &Path) -> std::io::Result<([u8; 16], u64)> {
    let (mut file, mut hash, mut size) = (File::open(path)?, Md5::new(), 0);
    let mut buffer = vec![0; 256 << 10];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hash.finalize().into(), size));
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
}

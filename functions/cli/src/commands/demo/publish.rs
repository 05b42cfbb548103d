//! One file's whole way, from a signed PUT to the video.

use super::{
    file::{digest, key},
    verdict::{Verdict, judge},
};
use crate::{
    exit_code::{FAILED, classify_code},
    local_clouds::{
        BUCKET, RunningClouds,
        failure::{Failure, name_file},
    },
    ui::{
        demo_reporter::{DemoEvent, DemoReporter},
        i18n::tr_static,
        messages::{dev::advise_unpublished, names::video_page},
    },
};
use ::local_clouds::fc::AsyncOutcome;
use app::storage::{ObjectVersion, PutBody, PutOptions, Store, StoreConfig};
use std::{path::Path, time::Duration};
use tokio::{sync::broadcast, time::timeout};

/// How often progress is read while nothing is signalled.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// Puts one file into the bucket and follows it until it is a video. Returns the exit code: 0 if Youku has exactly its bytes.
pub(super) async fn publish(
    running: &RunningClouds,
    store: &Store,
    file: &Path,
    reporter: &mut DemoReporter,
) -> Result<u8, Failure> {
    let (key, path) = (key(file)?, file.to_owned());
    reporter.report(&DemoEvent::Hashing {
        file: key,
        size: file.metadata().map_err(|e| name_file(file, &e))?.len(),
    });
    let (digest, size) =
        tokio::task::spawn_blocking(move || digest(&path)).await?.map_err(|e| name_file(file, &e))?;
    let md5: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let object = format!("oss://{BUCKET}/{key}");

    let mut outcomes = running.clouds.fc.outcomes();
    let received_before = count_received(running);
    // Only the folder is resolved, so that a link keeps its own name. The folder of a bare name is empty.
    let folder = Path::new(".").join(file.parent().unwrap_or(Path::new("")));
    let folder = folder.canonicalize().map_err(|error| name_file(&folder, &error))?;
    let bytes = Store::new(StoreConfig::folder(folder), app::store_client()?)?;
    let body = bytes.read(key, 0..size, &ObjectVersion::default()).await?;
    let options = PutOptions { content_md5: Some(digest), ..PutOptions::default() };
    reporter.report(&DemoEvent::Putting { object: &object, size });
    store.put(key, PutBody::stream(body, size), &options).await?;
    reporter.report(&DemoEvent::Put { object: &object, size, md5: &md5 });

    let file = TrackedFile { key, md5: &md5, size, received_before };
    match follow(running, &mut outcomes, &file, reporter).await? {
        Ok(video_id) => Ok(verify(running, &video_id, &file, reporter)),
        Err((error, message)) => {
            let advice = advise_unpublished(&error);
            let advice = advice.as_deref();
            reporter.report(&DemoEvent::Failed { error: &error, message: &message, advice });
            Ok(classify_code(&error))
        }
    }
}

/// A file on its way to Youku.
struct TrackedFile<'a> {
    key: &'a str,
    md5: &'a str,
    size: u64,
    /// Bytes that Youku had received before.
    received_before: u64,
}

/// Reports progress until the function, or its sweep, is done with the file.
async fn follow(
    running: &RunningClouds,
    outcomes: &mut broadcast::Receiver<AsyncOutcome>,
    file: &TrackedFile<'_>,
    reporter: &mut DemoReporter,
) -> Result<Verdict, Failure> {
    let mut progress = running.clouds.youku.progress();
    loop {
        tokio::select! {
            outcome = outcomes.recv() => {
                if let Some(verdict) = judge(running, &outcome?, file.key, file.md5) {
                    return Ok(verdict);
                }
            }
            // A slow file may have no progress for a while.
            _ = timeout(POLL_INTERVAL, progress.changed()) => {
                let accepted = count_received(running).saturating_sub(file.received_before).min(file.size);
                reporter.report(&DemoEvent::Progress { accepted, total: file.size });
            }
        }
    }
}

/// Bytes that Youku has received in all sessions.
fn count_received(running: &RunningClouds) -> u64 {
    running.clouds.youku.received().iter().map(|upload| upload.bytes).sum()
}

/// Checks that Youku has exactly the file's bytes under that id; returns the exit code.
fn verify(
    running: &RunningClouds,
    video_id: &str,
    file: &TrackedFile<'_>,
    reporter: &mut DemoReporter,
) -> u8 {
    let &TrackedFile { md5, size, .. } = file;
    let video = running.clouds.youku.videos().into_iter().find(|video| video.id == video_id);
    let is_same = video.as_ref().is_some_and(|video| video.md5.as_deref() == Some(md5) && video.size == size);
    if is_same {
        let link = video_page(video_id);
        reporter.report(&DemoEvent::Progress { accepted: size, total: size });
        reporter.report(&DemoEvent::Done { video_id, link: &link, md5, size });
    } else {
        let message = tr_static!("the video at Youku differs from the file", "优酷的视频内容与文件不一致");
        reporter.report(&DemoEvent::Failed { error: "integrity", message, advice: None });
    }
    if is_same { 0 } else { FAILED }
}

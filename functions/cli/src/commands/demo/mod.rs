//! `demo`: uploads files through the local clouds, from a signed PUT to the video.

mod file;
mod publish;
mod verdict;

use crate::{
    args::DemoArgs,
    exit_code::{INTERRUPTED, combine},
    local_clouds::{
        self, BUCKET, RunningClouds,
        data_folder::DataFolder,
        failure::Failure,
        sample::{SAMPLE, SAMPLE_NAME},
        user_settings::UserSettings,
    },
    shutdown::{SecondSignal, Shutdown},
    ui::{
        demo_reporter::{DemoEvent, DemoReporter},
        i18n::{tr, tr_static},
    },
};
use app::storage::{Credentials, Store, StoreConfig};
use std::{path::PathBuf, process::ExitCode};

/// Runs the demo; succeeds only if Youku has the bytes of every file.
pub(super) async fn demo(args: DemoArgs) -> Result<ExitCode, Failure> {
    let shutdown = Shutdown::listen(SecondSignal::IsIgnored)?;
    let data = tempfile::tempdir()?;
    let files = match args.files {
        files if files.is_empty() => {
            let path = data.path().join(SAMPLE_NAME);
            std::fs::write(&path, SAMPLE)?;
            vec![path]
        }
        files => files,
    };
    for file in &files {
        file::check(file)?;
    }
    let folder = DataFolder::open(&data.path().join("clouds"))?;
    let running = local_clouds::start(&args.local, &folder, 0, &UserSettings::default()).await?;
    let mut reporter = DemoReporter::new(args.local.json);
    let ended = tokio::select! {
        ended = publish_all(&running, &files, &mut reporter) => ended,
        () = shutdown.wait() => {
            let message = tr_static!("a signal ended the demo", "演示被信号停止");
            reporter.report(&DemoEvent::Failed { error: "interrupted", message, advice: None });
            Ok(ExitCode::from(INTERRUPTED))
        }
    };
    running.clouds.shutdown().await;
    ended
}

async fn publish_all(
    running: &RunningClouds,
    files: &[PathBuf],
    reporter: &mut DemoReporter,
) -> Result<ExitCode, Failure> {
    let endpoints = &running.clouds.endpoints;
    reporter.report(&DemoEvent::Clouds {
        oss: &endpoints.oss,
        youku: &endpoints.youku,
        function: &endpoints.fc,
    });
    let store = open_bucket(running)?;
    let mut codes = Vec::new();
    for file in files {
        codes.push(publish::publish(running, &store, file, reporter).await?);
    }
    let (all, failed) = (codes.len(), codes.iter().filter(|code| **code != 0).count());
    if failed > 0 && codes.last() == Some(&0) {
        // The last event must not be the success of another file.
        let message = tr!("{failed} of {all} files were not published", "{all} 个文件中有 {failed} 个未发布");
        reporter.report(&DemoEvent::Failed { error: "incomplete", message: &message, advice: None });
    }
    Ok(ExitCode::from(combine(codes)))
}

/// Opens the local bucket as any OSS client does.
fn open_bucket(running: &RunningClouds) -> Result<Store, Failure> {
    let (id, secret) = running.config.access_key.clone();
    let credentials =
        Credentials::Static { access_key_id: id, access_key_secret: secret.into(), security_token: None };
    let config = StoreConfig::oss(BUCKET)
        .endpoint(&running.clouds.endpoints.oss)
        .region(Some(running.config.region.clone()))
        .credentials(credentials);
    Ok(Store::new(config, app::store_client()?)?)
}

//! `inspect`: shows what a file or an object holds, and whether it can become a video.

use super::{
    settings,
    upload::{VideoSource, local_file},
};
use crate::{
    args::InspectArgs,
    error::CliError,
    exit_code,
    ui::{
        i18n::{tr, tr_static},
        messages::findings::{describe_lines, describe_media},
        output::{escape, print_json, print_line, without_nulls},
    },
};
use app::{
    core::{
        Object, PreflightReport, Report, RetryPolicy, Source, Track, TrackKind, VideoLimits, head_object,
        probe_object,
    },
    report_missing_bucket,
};
use serde_json::{Value, json};
use std::{process::ExitCode, sync::Arc};

/// Prints what SOURCE holds; the exit code says whether it would be refused.
pub(super) async fn inspect(args: InspectArgs) -> Result<ExitCode, CliError> {
    let source = VideoSource::parse(&args.source)?;
    let (limits, object, reader): (VideoLimits, Object, Arc<dyn Source>) = match &source {
        VideoSource::File(path) => {
            let (object, file) = local_file::look(path).await?;
            (settings::load()?.video_limits()?, object, Arc::new(file))
        }
        VideoSource::Object(location) => {
            let app = settings::open_app_to_read()?;
            let store = app.source(None);
            let found = head_object(&*store, location, &RetryPolicy::default()).await;
            let object = found.map_err(|error| report_missing_bucket(location, error))?;
            (app.settings().video_limits()?, object, store)
        }
    };
    let report = probe_object(&*reader, &object, limits, RetryPolicy::default()).await?;
    let preflight = PreflightReport::from(&report);
    let name = source.to_string();
    if args.json {
        print_json(to_json(&name, &object, &report, &preflight));
    } else {
        describe(&name, &object, &report, &preflight).iter().for_each(print_line);
    }
    Ok(match preflight.is_refused() {
        true => ExitCode::from(exit_code::INVALID),
        false => ExitCode::SUCCESS,
    })
}

fn to_json(source: &str, object: &Object, report: &Report, preflight: &PreflightReport) -> Value {
    let tracks: Vec<_> = report.tracks.iter().map(track_to_json).collect();
    without_nulls(json!({
        "source": source, "size": object.size, "media": preflight.media, "tracks": tracks,
        "index_at_start": report.index_at_start, "findings": preflight.findings,
        "refused": preflight.is_refused(),
    }))
}

fn track_to_json(track: &Track) -> Value {
    without_nulls(json!({
        "kind": name_kind(track.kind), "codec": track.codec, "code": track.code,
        "width": track.picture.map(|picture| picture.width), "height": track.picture.map(|picture| picture.height),
        "encrypted": track.is_encrypted,
    }))
}

fn name_kind(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Video => "video",
        TrackKind::Audio => "audio",
        TrackKind::Subtitle => "subtitle",
        TrackKind::Data => "data",
        _ => "unknown",
    }
}

fn describe(source: &str, object: &Object, report: &Report, preflight: &PreflightReport) -> Vec<String> {
    let media = describe_media(&preflight.media);
    let media = media.unwrap_or_else(|| tr_static!("not known", "未知").into());
    let mut lines = vec![
        tr!("source   {}  {} bytes", "来源  {}  {} 字节", escape(source), object.size),
        tr!("media    {media}", "媒体  {media}"),
    ];
    lines.extend(report.tracks.iter().map(|track| {
        let codec = escape(track.codec.unwrap_or(&track.code));
        let picture = track
            .picture
            .map(|picture| format!("  {}x{}", picture.width, picture.height))
            .unwrap_or_default();
        let kind = name_kind(track.kind);
        tr!("track    {kind}  {codec}{picture}", "轨道  {kind}  {codec}{picture}")
    }));
    lines.extend(preflight.findings.iter().flat_map(describe_lines));
    lines.push(match preflight.is_refused() {
        true => tr!(
            "verdict  this cannot become a video: `upload` refuses it, unless told to --force",
            "结论  无法成为视频：`upload` 会拒绝，除非加上 --force"
        ),
        false => tr!("verdict  nothing speaks against an upload", "结论  可以上传"),
    });
    lines
}

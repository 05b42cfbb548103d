//! `--dry-run`: what would be sent, and whether it would be accepted.

use super::{batch::Batch, video_source::VideoSource};
use crate::{
    error::CliError,
    ui::{
        i18n::{tr, tr_static},
        messages::{self, findings},
        output::escape,
        tracker::Tracker,
        width::pad,
    },
};
use app::{
    UploadDetails,
    core::{Mode, Preflight, PreflightReport, UploadId, ledger::UploadRequest, metadata::StatedMetadata},
};
use serde_json::{Value, json};
use web_console::UploadPlan;

/// Columns of the labels.
const LABEL_WIDTH: usize = 13;

/// What an upload would do.
pub(super) struct PlannedUpload {
    source: String,
    id: UploadId,
    request: UploadRequest,
    /// As it would be sent.
    video: StatedMetadata,
    details: Option<UploadDetails>,
    warning: Option<String>,
    /// What its headers say, unless that is turned off.
    preflight: Option<PreflightReport>,
}

impl Batch<'_> {
    /// Reports what an upload would do; nothing is written except the first entry of a new ledger.
    pub(super) async fn plan(&self, number: usize, video: &VideoSource) -> Result<(), CliError> {
        let planned = self.inspect(number, video).await?;
        self.reporter.print_event(planned.to_event());
        for (label, text) in planned.describe() {
            self.reporter.print_text(format!("{}{}", pad(label, LABEL_WIDTH), escape(&text)));
        }
        if let Some(warning) = &planned.warning {
            let label = tr_static!("attention", "注意");
            self.reporter.print_text(format!("{}{warning}", pad(label, LABEL_WIDTH)));
        }
        let findings = planned.preflight.iter().flat_map(|report| &report.findings);
        for line in findings.flat_map(findings::describe_lines) {
            self.reporter.print_text(line);
        }
        match planned.refusal() {
            Some(report) => Ok(report.refuse()?),
            None => Ok(()),
        }
    }

    /// Finds out what an upload would do, and checks it as far as possible.
    pub(super) async fn inspect(
        &self,
        number: usize,
        video: &VideoSource,
    ) -> Result<PlannedUpload, CliError> {
        let source = video.to_string();
        let mut tracker = Tracker::new(self.reporter, source.clone());
        let prepared = self.prepare(number, video, &mut tracker).await?;
        let preflight = self.plan_preflight(&prepared).await?;
        let (request, uploader) = (prepared.request, prepared.uploader);
        let id = UploadId::new(&request.object, &request.job);
        let details = self.app.upload_details(&id).await?;
        let file_name = request.object.location.file_name();
        let video = request.job.video.clone().completed(file_name);
        let is_cut = request.job.video.is_title_cut(file_name) || self.is_template_cut(number, &request);
        let cut = is_cut.then(messages::upload::describe_title_cut);
        // Best effort: the upload itself says why secrets cannot be read.
        let unused = details.as_ref().map(|details| uploader.list_unused(&details.record, &request));
        let unused = unused.and_then(Result::ok).filter(|unused| !unused.is_empty());
        let begun = unused.map(|unused| messages::upload::describe_not_used(&unused));
        let warning = cut.into_iter().chain(begun).reduce(|all, one| tr!("{all}; {one}", "{all}；{one}"));
        Ok(PlannedUpload { source, id, request, video, details, warning, preflight })
    }
}

impl PlannedUpload {
    /// The event of `--json`.
    fn to_event(&self) -> Value {
        let Self { source, id, request, video, details, warning, preflight } = self;
        let (audience, stated) = (video.audience(), &video.metadata);
        json!({
            "event": "planned", "source": source, "upload_id": id.as_str(),
            "object": request.object.location.to_string(), "size": request.object.size,
            "md5": request.object.md5.map(|md5| md5.to_string()), "account": request.job.account,
            "mode": request.job.mode, "title": stated.title, "tags": stated.tags, "category": stated.category,
            "description": stated.description, "copyright_type": stated.copyright_type,
            "public_type": audience.public_type, "public_type_from": audience.from, "thumbnail": stated.thumbnail,
            "watch_password": stated.watch_password.as_ref().map(|_| true),
            "callback": request.callback.as_ref().map(|_| "accepted"),
            "state": details.as_ref().map(|details| details.status().state),
            "video_id": details.as_ref().and_then(|details| details.record.video_id.clone()),
            "warning": warning, "media": preflight.as_ref().map(|report| &report.media),
            "findings": preflight.as_ref().map(|report| &report.findings),
        })
    }

    /// The findings for which it would be refused.
    fn refusal(&self) -> Option<&PreflightReport> {
        let refuses = self.request.job.video.preflight.unwrap_or_default() == Preflight::Refuse;
        self.preflight.as_ref().filter(|report| refuses && report.is_refused())
    }

    /// What the console shows. Where a spooled file lies is no concern of the page.
    ///
    /// # Errors
    /// [`NotPublishable`](app::core::ErrorKind::NotPublishable) where it would be refused.
    pub(super) fn into_plan(self) -> Result<UploadPlan, CliError> {
        if let Some(report) = self.refusal() {
            report.refuse()?;
        }
        let found = self.preflight.iter().flat_map(|report| &report.findings);
        let found = found.map(|finding| findings::describe_finding(finding).to_owned());
        let warnings: Vec<_> = self.warning.clone().into_iter().chain(found).collect();
        let lines = self.describe().into_iter().skip(1);
        Ok(UploadPlan {
            lines: lines.map(|(label, text)| (label.to_owned(), text)).collect(),
            upload_id: self.id,
            title: self.video.metadata.title,
            warning: (!warnings.is_empty()).then(|| warnings.join(" ")),
        })
    }

    /// What a person reads: labels and texts, the source first.
    fn describe(&self) -> Vec<(&'static str, String)> {
        let Self { source, id, request, video, details, preflight, .. } = self;
        let media = preflight.as_ref().and_then(|report| findings::describe_media(&report.media));
        let (object, stated) = (&request.object, &video.metadata);
        let md5 = object.md5.map_or_else(
            || tr!("unknown: the object would be read once to compute it", "未知：需先完整读取一次"),
            |md5| md5.to_string(),
        );
        let mode = match request.job.mode {
            Mode::Oss => "oss",
            Mode::Slice => "slice",
        };
        let line = |en, zh, text: Option<&str>| text.map(|text| (tr_static!(en, zh), text.to_owned()));
        let all = [
            line("source", "来源", Some(source)),
            line("upload", "上传编号", Some(id.as_str())),
            line("size", "大小", Some(&tr!("{} bytes", "{} 字节", object.size))),
            line("MD5", "MD5", Some(&md5)),
            line("account", "账号", Some(&request.job.account)),
            line("mode", "协议", Some(mode)),
            line("title", "标题", stated.title.as_deref()),
            line("tags", "标签", stated.tags.as_ref().map(|tags| tags.join(", ")).as_deref()),
            line("category", "分类", stated.category.as_deref()),
            line("description", "简介", stated.description.as_deref()),
            line("copyright", "版权", stated.copyright_type.map(|copyright_type| copyright_type.as_str())),
            line("public type", "公开范围", Some(&messages::audience::describe(video.audience()))),
            line("password", "观看密码", stated.watch_password.as_ref().map(|_| tr_static!("set", "已设置"))),
            line("thumbnail", "封面", stated.thumbnail.as_deref()),
            line("media", "媒体", media.as_deref()),
            line("callback", "回调", request.callback.as_ref().map(|_| tr_static!("allowed", "允许调用"))),
            line(
                "ledger",
                "台账",
                Some(&details.as_ref().map_or_else(
                    || tr!("no such upload yet: it would be uploaded", "尚无记录：将会上传"),
                    messages::state::describe,
                )),
            ),
        ];
        all.into_iter().flatten().collect()
    }
}

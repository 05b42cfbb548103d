//! Videos that are there: how they stand, what was changed, when they are made public.

use crate::ui::{
    details::localize,
    i18n::{tr, tr_static},
    local_time,
    output::escape,
    shell_text::write_command,
};
use app::{
    VideoStatus,
    core::{
        UploadId,
        ledger::{ChangeOrigin, Failure, Scheduling, Update},
        metadata::{PublicType, VideoMetadata},
    },
};

/// A step that changed the video, or did not.
pub(crate) fn describe_update(update: &Update) -> String {
    let by = describe_origin(&update.by);
    let stated = |field: &&str| update.video.metadata.states(field) == Some(true);
    let fields: Vec<_> = VideoMetadata::FIELDS.iter().map(|(field, _)| *field).filter(stated).collect();
    let fields = fields.join(", ");
    match &update.refused {
        Some(failure) => {
            let (text, code) = (localize(&failure.text), &failure.code);
            let text = escape(&text);
            tr!(
                "{by}: Youku did not change {fields}: {text} [{code}]",
                "{by}：优酷未修改 {fields}：{text} [{code}]"
            )
        }
        None if update.by == ChangeOrigin::Schedule => tr!("made public at its hour", "已按时公开"),
        None if fields.is_empty() => tr!("{by}: nothing that differs", "{by}：内容无变化"),
        None => tr!("{by}: changed {fields}", "{by}：已修改 {fields}"),
    }
}

/// A step that set the hour, or gave it up.
pub(crate) fn describe_scheduling(scheduling: &Scheduling) -> String {
    let by = describe_origin(&scheduling.by);
    match &scheduling.publication {
        Some(publication) => {
            let at = local_time::format(publication.at);
            tr!("{by}: made public at {at}", "{by}：定于 {at} 公开")
        }
        None => tr!("{by}: not made public at any hour", "{by}：取消定时公开"),
    }
}

fn describe_origin(by: &ChangeOrigin) -> String {
    match by {
        ChangeOrigin::Sidecar(_) => tr!("by the sidecar file", "按旁边的文件"),
        ChangeOrigin::Schedule => tr!("at its hour", "到点"),
        ChangeOrigin::Person(name) => {
            let name = escape(name);
            tr!("by {name}", "由 {name}")
        }
    }
}

/// How a video stands.
pub(crate) fn describe(status: &VideoStatus) -> Vec<String> {
    let unnamed = tr_static!("unnamed by Youku", "优酷未告知编号");
    let id = status.video_id.as_deref().unwrap_or(unnamed);
    let link = status.link.as_deref().unwrap_or_default();
    let mut lines = vec![format!("{}{}  {link}", tr_static!("video    ", "视频  "), escape(id))];
    let title = status.title.as_deref().map(escape);
    lines.extend(title.map(|title| format!("{}{title}", tr_static!("title    ", "标题  "))));
    let state = status.state.as_deref().map(describe_state);
    lines.extend(state.map(|state| format!("{}{state}", tr_static!("state    ", "状态  "))));
    let audience = status.public_type.as_deref().map(escape);
    lines.extend(audience.map(|word| format!("{}{word}", tr_static!("audience ", "公开范围  "))));
    lines.extend(status.publish_at.map(|at| {
        let (at, to) = (local_time::format(at), status.publish_as.map_or("all", |to| to.as_str()));
        tr!("hour     {at}: public_type becomes {to}", "定时  {at}：公开范围改为 {to}")
    }));
    if let (Some(code), Some(id)) = (&status.publish_failed, &status.upload_id) {
        lines.push(describe_failed_hour(code));
        lines.push(advise_failed_hour(id, status.publish_as));
    }
    lines
}

/// One line for a list.
pub(crate) fn describe_line(status: &VideoStatus) -> String {
    let cells = [
        status.video_id.clone().unwrap_or_default(),
        status.state.as_deref().map(describe_state).unwrap_or_default(),
        status.public_type.clone().unwrap_or_default(),
        status.title.clone().unwrap_or_default(),
        status.upload_id.as_ref().map(ToString::to_string).unwrap_or_default(),
    ];
    cells.map(|cell| escape(&cell).into_owned()).join("  ").trim_end().to_owned()
}

/// The last line of a list of videos.
pub(crate) fn describe_count(listed: usize, next: Option<u64>) -> String {
    let more = next.map(|page| tr!(", and there are more: --page {page}", "，还有更多：--page {page}"));
    let (more, noun) = (more.unwrap_or_default(), if listed == 1 { "video" } else { "videos" });
    tr!("{listed} {noun}{more}", "{listed} 个视频{more}")
}

/// What was changed just now.
pub(crate) fn describe_changed(id: &UploadId, status: &VideoStatus) -> String {
    let fields = status.changed.join(", ");
    match (status.changed.is_empty(), status.publish_at.map(local_time::format)) {
        (true, Some(at)) => tr!("{id}  public at {at}", "{id}  定于 {at} 公开"),
        (true, None) => {
            tr!("{id}  nothing that differs from what Youku was told", "{id}  与优酷已有内容无差异")
        }
        (false, Some(at)) => {
            tr!("{id}  changed {fields}; public at {at}", "{id}  已修改 {fields}；定于 {at} 公开")
        }
        (false, None) => tr!("{id}  changed {fields}", "{id}  已修改 {fields}"),
    }
}

/// A video that is hidden.
pub(crate) fn describe_hidden(id: &UploadId, status: &VideoStatus) -> String {
    let word = status.public_type.as_deref().unwrap_or("?");
    let word = escape(word);
    tr!("{id}  hidden: public_type {word}", "{id}  已隐藏：公开范围 {word}")
}

/// What a schedule came to.
pub(crate) fn describe_scheduled(id: &UploadId, status: &VideoStatus) -> String {
    match (status.publish_at.map(local_time::format), &status.publish_failed) {
        (Some(at), _) => tr!("{id}  public at {at}", "{id}  定于 {at} 公开"),
        (None, Some(code)) => describe_failed_hour(code),
        (None, None) => {
            let word = status.public_type.as_deref().unwrap_or("?");
            let word = escape(word);
            tr!("{id}  public_type is {word} now", "{id}  公开范围现为 {word}")
        }
    }
}

/// An hour that was given up.
pub(crate) fn describe_unscheduled(id: &UploadId) -> String {
    tr!("{id}  not made public at any hour: it stays hidden", "{id}  已取消定时公开，视频仍为隐藏")
}

/// Why a video could not be made public at its hour.
pub(crate) fn describe_failed_hour(code: &str) -> String {
    let code = escape(code);
    tr!(
        "hour     it could not be made public: it is hidden still [{code}]",
        "定时  未能公开，视频仍为隐藏 [{code}]"
    )
}

/// The same as what comes next of its upload.
pub(crate) fn describe_failed_publication(failure: &Failure) -> String {
    let (text, code) = (localize(&failure.text), &failure.code);
    let text = escape(&text);
    tr!(
        "nothing by itself: the video could not be made public at its hour and is hidden still: {text} [{code}]",
        "不会自动继续：视频未能按时公开，仍为隐藏：{text} [{code}]"
    )
}

/// What a person does about it.
pub(crate) fn advise_failed_hour(id: &UploadId, wanted: Option<PublicType>) -> String {
    let show = write_command(&format!("video show {id}"));
    let wanted = wanted.unwrap_or(PublicType::All).as_str();
    let public = write_command(&format!("video update {id} --public-type {wanted}"));
    tr!(
        "see how it stands: {show}; then make it public: {public}",
        "先查看状态：{show}；再手动公开：{public}"
    )
}

fn describe_state(word: &str) -> String {
    let text = match word {
        "normal" => tr_static!("published", "已发布"),
        "limited" => tr_static!("published with restrictions", "已发布，受限"),
        "encoding" => tr_static!("being encoded", "转码中"),
        "in_review" => tr_static!("in review", "审核中"),
        "fail" => tr_static!("encoding failed", "转码失败"),
        "blocked" => tr_static!("blocked", "已屏蔽"),
        "none" => tr_static!("not there yet", "尚不存在"),
        other => return escape(other).into_owned(),
    };
    format!("{text} [{word}]")
}

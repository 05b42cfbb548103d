//! The lines of `list`.

use super::{
    callback::{describe_failed, describe_short},
    kind::describe_code,
    names::describe_file,
    wait_reason,
};
use crate::ui::{
    details::localize,
    i18n::{tr, tr_static},
    local_time,
    output::escape,
    width::{cut_end, cut_start, measure, pad},
};
use app::{ListError, ListedUpload, core::Media};

/// How a list names a file of a person's machine: without a folder.
const FILE_PREFIX: &str = "folder:///";
/// The widest title, in columns: longer ones are cut.
const TITLE: usize = 32;

/// Columns before what continues a row on the next line.
const INDENT: usize = 4;
/// Columns between two cells.
const GAP: usize = 2;

/// The lines of a page of uploads, in columns: one line for each upload, or on a terminal of `width` columns as many as its row needs there.
pub(crate) fn describe_uploads(uploads: &[ListedUpload], width: Option<usize>) -> Vec<String> {
    let rows: Vec<[String; 5]> = uploads.iter().map(build_row).collect();
    let widest = |column: usize| rows.iter().map(|row| measure(&row[column])).max().unwrap_or_default();
    let widths: [usize; 5] = std::array::from_fn(widest);
    let describe_row = |(row, upload): (&[String; 5], &ListedUpload)| {
        let aligned = row.iter().zip(widths).map(|(cell, width)| pad(cell, width));
        let mut cells: Vec<_> = aligned.chain(describe_rest(upload)).collect();
        let media = upload.media.as_ref().and_then(describe_media);
        let Some(width) = width.map(|width| width.saturating_sub(1)) else {
            cells.extend(media);
            return vec![cells.join(&" ".repeat(GAP))];
        };
        let lines = wrap(&cells, width);
        cells.extend(media);
        // Worth a place where there is one, and no line of its own.
        Some(wrap(&cells, width)).filter(|with_media| with_media.len() == lines.len()).unwrap_or(lines)
    };
    rows.iter().zip(uploads).flat_map(describe_row).collect()
}

/// Breaks a row between its cells where a line of `width` columns ends; a cell that is wider than a line is cut.
fn wrap(cells: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for cell in cells {
        let bare = cell.trim_end();
        let is_first = line.is_empty() && lines.is_empty();
        if !is_first && measure(&line) + GAP + measure(bare) > width {
            lines.push(line.trim_end().to_owned());
            line = " ".repeat(INDENT) + &cut_start(bare, width.saturating_sub(INDENT));
            continue;
        }
        let gap = if is_first { 0 } else { GAP };
        line += &" ".repeat(gap);
        // Aligned only where the line has room for it.
        line += if measure(&line) + measure(cell) <= width { cell } else { bare };
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// The columns that stand below one another: id, state, time, account, title.
fn build_row(upload: &ListedUpload) -> [String; 5] {
    [
        upload.upload_id.to_string(),
        describe_state(&upload.state).to_owned(),
        local_time::format(upload.at),
        escape(&upload.account).into_owned(),
        cut_end(&escape(upload.title.as_deref().unwrap_or_default()), TITLE),
    ]
}

/// What has no column: the object, the video, why it failed or waits, the callback that is left, until when an open one waits.
fn describe_rest(upload: &ListedUpload) -> Vec<String> {
    let object = match upload.object.strip_prefix(FILE_PREFIX).filter(|name| !name.contains('/')) {
        Some(name) => describe_file(name),
        None => escape(&upload.object).into_owned(),
    };
    let failed = upload.callback_failed.as_deref().map(describe_failed);
    let failed = failed.map(|how| tr!("callback {how}", "回调{how}"));
    let callback = upload.callback.as_ref().map(describe_short).or(failed);
    let until = upload.not_before.map(local_time::format);
    let hour = upload.publish_at.map(local_time::format).map(|at| tr!("public at {at}", "定于 {at} 公开"));
    let failed_hour = upload.publish_failed.as_deref().map(|code| {
        let why = describe_code(code);
        tr!("not made public at its hour: {why}", "未能按时公开：{why}")
    });
    let until = until.filter(|_| upload.publish_at.is_none() || upload.callback.is_some());
    let until = until.map(|until| match (&upload.callback, upload.waiting) {
        (Some(_), _) => tr!("next attempt after {until}", "{until} 之后再试"),
        (None, Some(reason)) => {
            let why = wait_reason::describe(reason);
            tr!("waiting until {until}: {why}", "等待到 {until}：{why}")
        }
        (None, None) => tr!("waiting until {until}", "等待到 {until}"),
    });
    let waiting = upload.waiting.filter(|_| until.is_none()).map(wait_reason::describe);
    let waiting = waiting.map(|why| tr!("waiting: {why}", "等待：{why}"));
    let error = upload.error.as_deref().map(describe_code);
    let video = upload.videoid.clone();
    let more = [video, error, callback, failed_hour, hour, until, waiting].into_iter().flatten();
    [object].into_iter().chain(more.map(|text| escape(&text).into_owned())).collect()
}

/// Duration and picture size, such as `1:02:03 1920x1080`, where they are known.
fn describe_media(media: &Media) -> Option<String> {
    let duration = media.duration_ms.map(|duration| {
        let seconds = duration.saturating_add(500) / 1000;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match hours {
            0 => format!("{minutes}:{seconds:02}"),
            _ => format!("{hours}:{minutes:02}:{seconds:02}"),
        }
    });
    let picture = media.width.zip(media.height).map(|(width, height)| format!("{width}x{height}"));
    let facts: Vec<_> = duration.into_iter().chain(picture).collect();
    (!facts.is_empty()).then(|| facts.join(" "))
}

fn describe_state(state: &str) -> &str {
    match state {
        "open" => tr_static!("not finished", "未完成"),
        "committed" => tr_static!("published", "已发布"),
        "failed" => tr_static!("failed", "失败"),
        "cancelled" => tr_static!("cancelled", "已取消"),
        // A state that is newer than this table.
        other => other,
    }
}

/// An entry among the open uploads that cannot be read.
pub(crate) fn describe_unreadable(unreadable: &ListError) -> String {
    let ListError { error: code, detail: message, .. } = unreadable;
    let message = localize(message);
    let message = escape(&message);
    tr!("trouble  {message} [{code}]", "出错  台账中有无法读取的标记：{message} [{code}]")
}

/// The last line of `list`.
pub(crate) fn describe_count(uploads: usize, next: Option<&str>) -> String {
    let more = next.map(|next| tr!(", and there are more: --after {next}", "，还有更多：--after {next}"));
    let more = more.unwrap_or_default();
    let noun = if uploads == 1 { "upload" } else { "uploads" };
    tr!("{uploads} {noun}{more}", "{uploads} 个上传{more}")
}

/// A position that no list ended with.
pub(crate) fn describe_invalid_after() -> String {
    tr!(
        "--after must be what an earlier list of the same kind ended with",
        "--after 必须是此前同类列表结尾给出的位置"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row breaks between its cells, never at the terminal's edge, and only what is wider than a line is cut.
    #[test]
    fn a_row_breaks_between_its_cells() {
        let cells =
            ["0123456789", "failed  ", "片子    ", "oss://a/very/long/key/of/a/film.mp4", "why [code]"];
        let cells = cells.map(str::to_owned);
        assert_eq!(
            wrap(&cells, 30),
            ["0123456789  failed    片子", "    .../long/key/of/a/film.mp4", "    why [code]"]
        );
        assert_eq!(wrap(&cells, 200).len(), 1);
        for width in 10..120 {
            let lines = wrap(&cells, width);
            assert!(lines.iter().all(|line| measure(line) <= width), "{width}: {lines:#?}");
        }
    }

    /// Duration and picture size end a row that has room for them, and neither lengthen nor shorten any other.
    #[test]
    fn what_a_video_holds_stands_where_there_is_room() -> serde_json::Result<()> {
        let media = |duration_ms, width| Media { duration_ms, width, height: Some(1080), ..Media::default() };
        for (media, expected) in [
            (media(Some(1_499), Some(1920)), Some("0:01 1920x1080")),
            (media(Some(3_723_500), Some(1920)), Some("1:02:04 1920x1080")),
            (media(Some(754_000), None), Some("12:34")),
            (media(None, Some(1920)), Some("1920x1080")),
            (media(None, None), None),
        ] {
            assert_eq!(describe_media(&media).as_deref(), expected);
        }
        let bare: ListedUpload = serde_json::from_value(serde_json::json!({
            "upload_id": "0123456789abcdef0123456789abcdef", "state": "committed", "object": "oss://videos/片子/clip.mp4",
            "account": "main", "title": "片子", "at": "2026-01-02T03:04:05.000Z", "videoid": "XNDg2Mzg2NDA0",
        }))?;
        let full = ListedUpload { media: Some(media(Some(754_000), Some(1920))), ..bare.clone() };
        let (bare, full) = ([bare], [full]);
        let show = |uploads, width| describe_uploads(uploads, width).join("\n");
        assert_eq!(show(&full, None), show(&bare, None) + "  12:34 1920x1080");
        for width in 10..200 {
            let (without, with) = (show(&bare, Some(width)), show(&full, Some(width)));
            let last = without.lines().last().unwrap_or_default();
            let has_room = measure(last) + GAP + "12:34 1920x1080".len() < width;
            let more = if has_room { "  12:34 1920x1080" } else { "" };
            assert_eq!(with, without + more, "{width}");
        }
        Ok(())
    }
}

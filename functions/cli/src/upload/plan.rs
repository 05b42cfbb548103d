//! `--dry-run`: what would be sent, and whether it would be taken.

use super::{Command, Place, ready::Ready, show::label};
use crate::{
    lang::{say, word},
    operate::words,
};
use app::{
    UploadDetails,
    core::{Error, UploadId, ledger::UploadRequest, metadata::VideoMetadata},
};
use serde_json::json;

impl Command<'_> {
    /// Tells what an upload would do; nothing is written but for the ledger's own beginning.
    pub(super) async fn plan(&self, number: usize, place: &Place) -> Result<(), Error> {
        let mut watch = self.show.watch(place.to_string());
        let Ready { work, .. } = self.ready(number, place, &mut watch).await?;
        drop(watch);
        let id = UploadId::new(&work.object, &work.job);
        let story = self.app.upload_details(&id).await?;
        let video = work.job.video.clone().completed(work.object.location.file_name());
        let audience = video.audience();
        self.show.event(json!({
            "event": "planned", "source": place.to_string(), "upload_id": id.as_str(),
            "object": work.object.location.to_string(), "size": work.object.size,
            "md5": work.object.md5.map(|md5| md5.to_string()), "account": work.job.account,
            "mode": work.job.mode, "title": video.title, "tags": video.tags, "category": video.category,
            "description": video.description, "copyright_type": video.copyright_type,
            "public_type": audience.public_type, "public_type_from": audience.from, "thumbnail": video.thumbnail,
            "watch_password": video.watch_password.as_ref().map(|_| true),
            "callback": work.callback.as_ref().map(|_| "accepted"),
            "state": story.as_ref().map(|story| story.status().state),
            "video_id": story.as_ref().and_then(|story| story.record.video_id.clone()),
        }));
        for line in lines(place, &id, &work, &video, story.as_ref()) {
            self.show.text(line);
        }
        Ok(())
    }
}

fn lines(
    place: &Place,
    id: &UploadId,
    work: &UploadRequest,
    video: &VideoMetadata,
    story: Option<&UploadDetails>,
) -> Vec<String> {
    let object = &work.object;
    let md5 = object.md5.map_or_else(
        || say!("unknown: the object would be read once for it", "未知：需先完整读取一次"),
        |md5| md5.to_string(),
    );
    let mode = match work.job.mode {
        app::core::Mode::Oss => "oss",
        app::core::Mode::Slice => "slice",
    };
    let some = |en, zh, text: Option<&str>| text.map(|text| (label(en, zh), text.to_owned()));
    let all = [
        some("source", "来源", Some(&place.to_string())),
        some("upload", "上传编号", Some(id.as_str())),
        some("size", "大小", Some(&say!("{} bytes", "{} 字节", object.size))),
        some("MD5", "MD5", Some(&md5)),
        some("account", "账号", Some(&work.job.account)),
        some("mode", "协议", Some(mode)),
        some("title", "标题", video.title.as_deref()),
        some("tags", "标签", video.tags.as_ref().map(|tags| tags.join(", ")).as_deref()),
        some("category", "分类", video.category.as_deref()),
        some("description", "简介", video.description.as_deref()),
        some("copyright", "版权", video.copyright_type.map(|word| word.as_str())),
        some("public type", "公开范围", Some(&words::audience(video.audience()))),
        some("password", "观看密码", video.watch_password.as_ref().map(|_| word!("set", "已设置"))),
        some("thumbnail", "封面", video.thumbnail.as_deref()),
        some("callback", "回调", work.callback.as_ref().map(|_| word!("may be called", "允许调用"))),
        some(
            "ledger",
            "台账",
            Some(&story.map_or_else(
                || say!("knows nothing of it: it would be uploaded", "尚无记录：将会上传"),
                words::state,
            )),
        ),
    ];
    all.into_iter().flatten().map(|(label, text)| format!("{label}{text}")).collect()
}

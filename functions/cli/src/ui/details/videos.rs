//! Videos that are there: changes, hours, lists.

use super::template::Text;

pub(super) const TEXTS: &[Text] = &[
    ("Youku could not make a video of it", "优酷转码失败"),
    ("Youku has blocked the video", "优酷已屏蔽该视频"),
    ("Youku knows no such video", "优酷没有该视频"),
    ("Youku never named the video's id", "优酷从未告知视频编号"),
    (
        "Youku did not show the video as published within three days of its hour",
        "定时之后三天内，优酷仍未显示视频已发布",
    ),
    (
        "Youku does not change the video while it is encoded or reviewed: ask again later",
        "视频在转码或审核中，优酷暂不接受修改：请稍后再试",
    ),
    ("no host of Youku's has this call", "优酷的各主机都没有这个接口"),
    ("no host of Youku's lists an account's videos", "优酷的各主机都没有列出账号视频的接口"),
    ("the upload is no video", "该上传没有视频"),
    ("only the video of a published upload can be changed", "只能修改已发布上传的视频"),
    ("no hour is set for this video", "该视频没有定时公开"),
    (
        "the video waits for no hour: state public_type, who may watch it from then on",
        "该视频没有定时公开：请说明到点后的公开范围 public_type",
    ),
    ("the audience of the hour does not fit", "定时公开的公开范围无效"),
    (
        "the settings do not let videos be changed: set manage.enabled",
        "设置不允许修改视频：请设置 manage.enabled",
    ),
    ("a rule states what no video can have", "规则写明的视频信息不符合优酷的要求"),
    (
        "a rule changes videos, which the settings do not allow: set manage.enabled",
        "规则要修改视频，而设置不允许：请设置 manage.enabled",
    ),
    (
        "publish_at needs a function that may change videos: set manage.enabled",
        "publish_at 需要允许修改视频：请设置 manage.enabled",
    ),
    ("needs manage.enabled in the settings", "需要设置 manage.enabled"),
    (
        "is not a time with its zone, such as 2026-12-01T20:00:00+08:00",
        "不是带时区的时间，如 2026-12-01T20:00:00+08:00",
    ),
    ("expected an hour and {~}: 20:00 Asia/Shanghai", "应为时刻和{}：20:00 Asia/Shanghai"),
    (
        "a known zone such as Asia/Shanghai, or an offset such as +08:00",
        "已知时区（如 Asia/Shanghai）或偏移（如 +08:00）",
    ),
    ("sidecar_updates needs a sidecar that is not off", "sidecar_updates 要求 sidecar 不为 off"),
    (
        "the upload of the sidecar's video is under way: it has read the sidecar before",
        "旁边文件对应的视频正在上传：该上传此前已读取该文件",
    ),
    (
        "youku.call_urls.{} must be a URL such as https://openapi.youku.com/v2",
        "youku.call_urls.{} 应为 URL，如 https://openapi.youku.com/v2",
    ),
    ("publish_at is more than ten years ahead", "publish_at 在十年以后"),
    ("more than an empty text", "非空的文字"),
    ("stated with at least one field that changes", "至少说明一个要修改的字段"),
    (
        "one of what an edit can change: title, tags, category, description, copyright_type, public_type, watch_password",
        "可修改的字段之一：title、tags、category、description、copyright_type、public_type、watch_password",
    ),
    ("page must be 1 to 10000", "page 必须为 1 到 10000"),
    ("there are account and page, and nothing else", "只有 account 和 page，没有其他参数"),
    ("there is kib, 0 to 4096, and nothing else", "只有 kib（0 到 4096），没有其他参数"),
];

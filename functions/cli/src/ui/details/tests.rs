//! Errors as the libraries make them, in Chinese. The texts are theirs: a test of the workspace compares the catalogue with their sources.

use super::{
    describe_zh,
    parse::{translate, translate_list},
};
use app::core::{Error, ErrorKind};

fn assert_translations(cases: &[(&str, &str)]) {
    for (english, chinese) in cases {
        assert_eq!(translate(english).as_deref(), Some(*chinese), "{english}");
    }
}

/// Errors of calls keep the operation's name and what the server said.
#[test]
fn failed_calls_are_translated_with_their_facts() {
    assert_translations(&[
        (
            "HeadObject: not found (bucket videos, key nowhere.mp4, code NoSuchKey, request 5C3D)",
            "HeadObject：不存在（bucket videos，key nowhere.mp4，错误码 NoSuchKey，请求编号 5C3D）",
        ),
        ("ListObjectsV2: access denied (bucket videos)", "ListObjectsV2：拒绝访问（bucket videos）"),
        (
            "Youku create: Youku refused (code 120010101, type SystemException, status 400)",
            "优酷 create：优酷拒绝（错误码 120010101，类型 SystemException，状态码 400）",
        ),
        (
            "Youku create: the metadata is not acceptable: title has 61 characters, 1 to 60 are allowed",
            "优酷 create：视频信息不符合要求：title 有 61 个字符，允许 1 到 60",
        ),
        ("GetObject: no answer; gave up after trying for a while", "GetObject：没有应答；重试一段时间后放弃"),
        (
            "the ledger's store: PutObject: access denied (bucket b, code AccessDenied) (key uploads/a)",
            "台账所在的存储：PutObject：拒绝访问（bucket b，错误码 AccessDenied，key uploads/a）",
        ),
    ]);
}

/// What stands around a text that is not ours stays: a name, a number.
#[test]
fn words_of_others_stay_within_a_translation() {
    assert_translations(&[
        (
            "the settings file cannot be read (why: Permission denied (os error 13), file: /etc/a, b.toml)",
            "设置文件无法读取（原因 没有权限（系统错误 13），文件 /etc/a, b.toml）",
        ),
        (
            "Youku refuses the access token, and the answer to its last refresh was lost: put a new access_token and refresh_token for account \
             not found into the settings",
            "优酷拒绝访问令牌，且上次续期的应答丢失：请把账号 not found 新的 access_token 和 refresh_token 写入设置",
        ),
        ("sidecar some name has the wrong type", "旁边的文件 some name 类型不对"),
        ("youku-latitude is not a number", "youku-latitude 不是数字"),
        ("unclosed table, expected `]`", "表没有结束，应为 `]`"),
        ("name the account (accounts: arts, news)", "请指明账号（可用的账号 arts, news）"),
        ("file_size must be at least 1 byte, not 0 bytes", "file_size 应为至少 1 字节，现为 0 字节"),
    ]);
}

/// Several warnings stand in one line, and one of them has a semicolon of its own.
#[test]
fn joined_texts_are_translated_one_by_one() {
    let note = "the object is the video of an unknown id of an earlier request, so what is stated now is not used: title; ask with `again` for \
                another video";
    let md5 = "field md5 states the MD5 a, and the object's is b";
    assert_eq!(
        translate_list(&format!("{md5}; {note}; something new")),
        "字段 md5 声明的 MD5 是 a，而对象的是 b；该对象是此前请求的视频（编号未知），因此这次写明的内容没有使用：title；需要另一个视频时请用 `again` \
         请求；something new"
    );
}

/// Nothing is translated in part that is not known as a whole.
#[test]
fn unknown_texts_are_left_alone() {
    for text in [
        "",
        "quota exceeded for project x",
        "youku-title is not what it was",
        "HeadObject: a new kind of failure (code X)",
        "Permission denied (os error x)",
        ": ",
        " (",
        ")",
    ] {
        assert_eq!(translate(text), None, "{text}");
    }
}

/// A long text of another's making is looked through once, not over and over.
#[test]
fn a_text_of_any_shape_is_judged_at_once() {
    for piece in
        ["a: ", "not found: ", " (", "youku- ", ", not ", " must be ", "; gave up after trying for a while"]
    {
        let text = piece.repeat(4_000 / piece.len());
        let _whatever_it_is = (translate(&text), translate(&format!("{text})")));
    }
}

/// A sentence says what went wrong; the name of a call and the words of others need the kind of failure in front.
#[test]
fn a_sentence_stands_without_its_kind() {
    let error = |message: &'static str| Error::new(ErrorKind::SourceMissing, "x", message);
    for (message, text, stands_alone) in [
        ("the task does not fit", "任务不符合要求（字段 source，原因 不是 JSON）", true),
        ("HeadObject: not found", "HeadObject：不存在（字段 source，原因 不是 JSON）", false),
        ("something new", "something new（字段 source，原因 不是 JSON）", false),
        ("文件是空的", "文件是空的（字段 source，原因 不是 JSON）", true),
    ] {
        let found =
            describe_zh(&error(message).with_context("field", "source").with_context("why", "is not JSON"));
        assert_eq!((found.text.as_str(), found.stands_alone), (text, stands_alone));
    }
    assert_eq!(
        describe_zh(&error("the upload was cancelled").exhausted()).text,
        "上传已取消；重试一段时间后放弃"
    );
}

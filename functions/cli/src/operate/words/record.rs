//! What is said of an upload's record: where it stands, its steps, what comes next.

use super::{file, object, waits::reason};
use crate::lang::{say, word};
use app::{
    ListedUpload, UploadDetails,
    core::{
        ErrorKind,
        ledger::{ActiveState, End, Record, State, Step, Target, WaitReason},
        metadata::{Audience, PublicTypeOrigin},
    },
};

/// The page where the video can be watched.
pub(crate) fn link(video_id: &str) -> String {
    format!("https://v.youku.com/v_show/id_{video_id}.html")
}

/// A video's id and page; Youku may not have told the id.
pub(crate) fn video(video_id: Option<&str>) -> String {
    match video_id {
        Some(video_id) => format!("{video_id}  {}", link(video_id)),
        None => word!("(Youku did not tell its id)", "（优酷未返回编号）").into(),
    }
}

/// Who may watch a video, and where that was stated.
pub(crate) fn audience(audience: Audience) -> String {
    let word = audience.public_type.as_str();
    let from = match audience.from {
        None => return word.into(),
        Some(PublicTypeOrigin::Task) => word!("from the task", "来自任务"),
        Some(PublicTypeOrigin::Flag) => word!("from a flag or --meta", "来自命令行参数或 --meta"),
        Some(PublicTypeOrigin::Metadata) => word!("from the object's metadata", "来自对象的元数据"),
        Some(PublicTypeOrigin::Sidecar) => word!("from the file beside it", "来自旁边的文件"),
        Some(PublicTypeOrigin::Rule) => word!("from its rule", "来自规则"),
        Some(PublicTypeOrigin::Default) => word!("by default", "默认"),
    };
    say!("{word}, {from}", "{word}，{from}")
}

/// One word for where an upload stands.
fn state_word(story: &UploadDetails) -> &'static str {
    match story.record.state {
        State::Committed | State::Notified(End::Committed) | State::FollowUpSent => {
            word!("published", "已发布")
        }
        State::Failed | State::FailedAfterTransfer | State::FailedRefused | State::Notified(_) => {
            word!("failed", "失败")
        }
        State::Cancelled => word!("cancelled", "已取消"),
        State::Waiting(_) => word!("waiting", "等待"),
        _ if story.holder.is_some() => word!("in progress", "进行中"),
        _ => word!("open", "未完成"),
    }
}

/// Where an upload stands.
pub(crate) fn state(story: &UploadDetails) -> String {
    let record = &story.record;
    let working = match record.state {
        State::New | State::Claimed | State::Waiting(ActiveState::Claimed) => {
            word!("no session is open at Youku yet", "尚未在优酷建立会话")
        }
        State::Created | State::Waiting(ActiveState::Created) => {
            word!("its bytes are moved to Youku", "正在向优酷传输数据")
        }
        State::Transferred | State::Waiting(ActiveState::Transferred) => {
            word!("all bytes have landed, the commit is next", "数据已全部到达，接下来提交")
        }
        State::HashRefused | State::Waiting(ActiveState::HashRefused) => {
            word!(
                "the object is measured, and sent again where its MD5 is another",
                "正在计算对象的 MD5，若不同则重新上传"
            )
        }
        State::Committed | State::Notified(End::Committed) | State::FollowUpSent => {
            let video = video(record.video_id.as_deref());
            return say!("published: video {video}", "已发布：视频 {video}");
        }
        State::Cancelled => return word!("cancelled by a person", "已由人取消").into(),
        State::Failed | State::FailedAfterTransfer | State::FailedRefused | State::Notified(_) => {
            let failed = word!("failed", "失败");
            let failure = record.failure.as_ref();
            return failure.map_or_else(|| failed.into(), |f| format!("{failed}: {} [{}]", f.text, f.code));
        }
    };
    match &record.waiting {
        Some(waiting) => {
            let why = reason(waiting.reason);
            say!("waiting: {why}; {working}", "等待：{why}；{working}")
        }
        None => format!("{}: {working}", state_word(story)),
    }
}

/// What a step means.
pub(crate) fn step(step: &Step, record: &Record) -> String {
    match step {
        Step::Claimed { request: Some(_) } => word!("a holder began the upload", "持有者开始上传").into(),
        Step::Claimed { request: None } => word!("another holder took it over", "另一持有者接手").into(),
        Step::Created(session) => match &session.target {
            Target::Oss { .. } => word!(
                "a session was opened at Youku: a multipart upload into its bucket",
                "已在优酷建立会话：分片上传到其 bucket"
            ),
            Target::Slice { already_stored: true, .. } => word!(
                "a session was opened at Youku, which has these bytes already",
                "已在优酷建立会话：优酷已有相同数据"
            ),
            Target::Slice { .. } => word!(
                "a session was opened at Youku: slices to its upload server",
                "已在优酷建立会话：分块上传到其上传服务器"
            ),
        }
        .into(),
        Step::Transferred(_) => {
            let size = record.request.object.size;
            say!("all {size} bytes have landed and are the object's", "全部 {size} 字节已到达且与对象一致")
        }
        Step::Committed { video_id: Some(video_id) } => {
            say!("it is a video: {video_id}", "已成为视频：{video_id}")
        }
        Step::Committed { video_id: None } => {
            word!("it is a video, and Youku did not tell its id", "已成为视频，优酷未返回编号").into()
        }
        Step::Notified { code, event: None } => say!("the callback is done: {code}", "回调完成：{code}"),
        Step::Notified { code, event: Some(event) } => {
            let event = event.as_str();
            say!("the callback for {event} is done: {code}", "{event} 的回调完成：{code}")
        }
        Step::Failed(failure) => {
            say!("it ended without a video: {} [{}]", "未成为视频：{} [{}]", failure.text, failure.code)
        }
        Step::Cancelled => word!("a person gave it up", "由人放弃").into(),
        Step::Reopened(reopening) if reopening.new_session => {
            word!("a person found no video and had it begun anew", "由人确认没有视频，要求重新开始").into()
        }
        Step::Reopened(_) => word!("a person had it tried again", "由人要求重试").into(),
        Step::Waiting(waiting) => {
            let why = reason(waiting.reason);
            match waiting.not_before {
                Some(until) => say!("put aside until {until}: {why}", "搁置到 {until}：{why}"),
                None => say!("put aside: {why}", "搁置：{why}"),
            }
        }
    }
}

/// What comes next.
pub(crate) fn next(story: &UploadDetails) -> String {
    if let Some(holder) = story.holder {
        let seconds = holder.remaining.as_secs();
        return say!(
            "its holder goes on; where it falls silent, the next event or sweep after {seconds} s takes over",
            "持有者会继续；若其失去音讯，{seconds} 秒后的下一个事件或清扫会接手"
        );
    }
    if story.record.is_settled() {
        return word!("nothing: the upload is at rest", "无：上传已结束").into();
    }
    if story.record.pending_outcome_callback() {
        return word!(
            "its callback does not know yet: the next sweep that is due tries it again",
            "回调尚未送达：下一次到期的清扫会再试"
        )
        .into();
    }
    if story.record.pending_event_callback() {
        return word!(
            "the sweep asks Youku how the video fares, and tells the callback",
            "清扫会向优酷询问视频状态并通知回调"
        )
        .into();
    }
    if story.record.request.location.is_carried() {
        return word!(
            "whoever uploads the file again goes on with it: oss2youku upload FILE",
            "再次上传该文件即可继续：oss2youku upload FILE"
        )
        .into();
    }
    match story.record.waiting.and_then(|waiting| waiting.not_before) {
        Some(until) => {
            say!(
                "the first event or sweep after {until} goes on with it",
                "{until} 之后的第一个事件或清扫会继续"
            )
        }
        None => word!("the next event or sweep goes on with it", "下一个事件或清扫会继续").into(),
    }
}

/// What a person can do, where that is anything.
pub(crate) fn advice(story: &UploadDetails) -> Option<String> {
    let record = &story.record;
    if let Some(failure) = &record.failure {
        let advice = failure.advice.as_deref().unwrap_or("see the log for the cause, then retry the upload");
        if failure.code == ErrorKind::CommitUnknown.code() {
            return Some(look_first(record, advice));
        }
        let command = match (advice.contains("retry"), record.request.location.is_carried()) {
            (true, true) => " (oss2youku upload --retry FILE)".into(),
            (true, false) => format!(" (oss2youku retry {})", record.id),
            (false, _) => String::new(),
        };
        return Some(format!("{}{command}", word!(advice, advice_zh(&failure.code))));
    }
    let account = &record.request.account;
    match record.waiting?.reason {
        WaitReason::Unauthorized => Some(say!(
            "put a valid access token of account {account} into the settings (accounts.{account}.access_token)",
            "请把账号 {account} 的有效访问令牌写入设置（accounts.{account}.access_token）"
        )),
        WaitReason::ClientRefused => Some(say!(
            "correct accounts.{account}.client_id in the settings: Youku does not know it",
            "请修改设置中的 accounts.{account}.client_id：优酷不认识它"
        )),
        WaitReason::Reauthorize => Some(say!(
            "authorise account {account} anew at Youku and put its new pair into the settings \
             (accounts.{account}.access_token and refresh_token); the sweep then goes on",
            "请在优酷重新授权账号 {account}，并把新的令牌写入设置（accounts.{account}.access_token 与 refresh_token）；之后清扫会继续"
        )),
        WaitReason::CallerTokenGone => Some(
            word!("the caller must send the task again with a valid token", "调用方须带有效令牌重新发送任务")
                .into(),
        ),
        WaitReason::RateLimited
        | WaitReason::Deadline
        | WaitReason::Hash
        | WaitReason::CommitUnknown
        | WaitReason::SourceRefused
        | WaitReason::TargetRefused => None,
    }
}

/// What a person can do about a commit that nobody knows of: the ledger keeps it with its commands.
fn look_first(record: &Record, advice: &str) -> String {
    let (id, object) = (&record.id, &record.request.location);
    let source = if object.is_carried() { object.key.clone() } else { object.to_string() };
    say!(
        "{advice}",
        "请到优酷查找该视频；若不存在，`oss2youku retry {id} --new-session` 会重新上传，\
         `oss2youku upload {source:?} --again once-more` 亦可"
    )
}

/// The ledger keeps advice in English; the failure's code says the same.
fn advice_zh(code: &str) -> &'static str {
    match ErrorKind::from_code(code) {
        Some(ErrorKind::InvalidJob) => "请修改视频信息后重新上传对象，或用 again 另行请求",
        Some(ErrorKind::SourceMissing) => "请放回对象，然后重试上传",
        Some(ErrorKind::SourceChanged) => "无需处理：对象的新版本是另一个上传",
        Some(ErrorKind::HashRefused) => "请改正声明的 MD5，再用 again 另行请求；若声明无误，请询问优酷",
        Some(ErrorKind::Integrity) => "请检查对象：其数据与存储给出的校验和不一致",
        Some(ErrorKind::Unauthorized) => "请带有效的访问令牌重新发送任务",
        _ => "请查看日志了解原因，然后重试上传",
    }
}

/// The whole of `explain`.
pub(crate) fn story(story: &UploadDetails) -> Vec<String> {
    let record = &story.record;
    let (work, object) = (&record.request, &record.request.object);
    let mut lines = vec![
        format!("{}{}", word!("upload   ", "上传  "), record.id),
        say!(
            "object   {}  {} bytes, ETag {}",
            "对象  {}  {} 字节，ETag {}",
            self::object(&work.location),
            object.size,
            object.etag
        ),
        format!("{}{}", word!("account  ", "账号  "), work.account),
        format!("{}{}", word!("audience ", "公开范围  "), audience(work.video.audience())),
        format!("{}{}", word!("state    ", "状态  "), state(story)),
    ];
    for (number, entry) in (1_u32..).zip(&record.history) {
        let (at, kind) = (entry.at, entry.step.kind().as_str());
        let said = step(&entry.step, record);
        let epoch = entry.epoch;
        lines.push(say!(
            "step {number:<3} {at}  holder {epoch:<3} {kind:<12} {said}",
            "步骤 {number:<3} {at}  持有者 {epoch:<3} {kind:<12} {said}"
        ));
    }
    lines.push(match story.holder {
        Some(holder) => say!(
            "held     by holder {}, whose lease lives for {} s and is renewed while it works",
            "持有  第 {} 个持有者，租约还有 {} 秒，工作期间会续期",
            holder.epoch,
            holder.remaining.as_secs()
        ),
        None => word!("held     by nobody", "持有  无").into(),
    });
    lines.push(format!("{}{}", word!("next     ", "接下来  "), next(story)));
    lines.extend(advice(story).map(|advice| format!("{}{advice}", word!("advice   ", "建议  "))));
    lines
}

/// How a list names a file that a person carries: with no folder.
const CARRIED: &str = "folder:///";

/// A line of `list`.
pub(crate) fn listed(upload: &ListedUpload) -> String {
    let ListedUpload { upload_id, state, object, account, at, .. } = upload;
    let object = match object.strip_prefix(CARRIED).filter(|name| !name.contains('/')) {
        Some(name) => file(name),
        None => object.clone(),
    };
    let until = upload.not_before.map(|until| say!("not before {until}", "不早于 {until}"));
    let more = [until.as_ref(), upload.videoid.as_ref(), upload.error.as_ref()];
    let more: String = more.into_iter().flatten().map(|text| format!("  {text}")).collect();
    format!("{upload_id}  {state:<9}  {at}  {account}  {object}{more}")
}

pub(crate) fn count(uploads: usize, next: Option<&str>) -> String {
    let more = next.map(|next| say!(", and there are more: --after {next}", "，还有更多：--after {next}"));
    let more = more.unwrap_or_default();
    say!("{uploads} uploads{more}", "{uploads} 个上传{more}")
}

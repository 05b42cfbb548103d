//! What these commands say.

use crate::lang::{say, word};
use app::{
    ListedUpload, Story,
    core::{
        Discovered, Error, ErrorKind, Location, Published, Stopped, Swept, UploadId, VideoState,
        ledger::{End, Record, State, Step, Target, WaitReason, Working},
    },
};

pub(super) fn not_failed_yet() -> &'static str {
    word!(
        "it has not failed: whoever holds it, or the next event or sweep, goes on with it",
        "它没有失败：持有者、下一个事件或下一次清扫会继续处理"
    )
}

pub(super) fn no_place() -> String {
    say!(
        "--after must be what an earlier list of the same kind ended with",
        "--after 必须是之前同类列表结尾给出的位置"
    )
}

/// What names no upload.
pub(super) fn no_upload(text: &str) -> String {
    say!(
        "{text} names no upload: give its id of 32 hexadecimal digits, an object as oss://bucket/key or s3://bucket/key, or the path of a \
         file that is there",
        "{text} 不能确定上传：请给出 32 位十六进制的上传编号、形如 oss://bucket/key 或 s3://bucket/key 的对象，或现有文件的路径"
    )
}

/// A file's upload cannot be tried again without the file.
pub(super) fn needs_its_file(name: &str) -> String {
    say!(
        "this upload is of the file {name}, which only who has it can upload again: oss2youku upload --retry FILE",
        "这是文件 {name} 的上传，只有持有文件的人能重试：oss2youku upload --retry FILE"
    )
}

/// An upload's object, or its file's name: a file is known by that and its MD5, wherever it lies.
fn object(location: &Location) -> String {
    if location.is_carried() { file(&location.key) } else { location.to_string() }
}

fn file(name: &str) -> String {
    say!("file {name}", "文件 {name}")
}

pub(super) fn unknown(upload: &str) -> String {
    say!(
        "the ledger knows no such upload: {upload} (an object's upload begins with its event, a task or a sweep; \
         is this the settings' ledger and account?)",
        "台账中没有这个上传：{upload}（上传由事件、任务、清扫或 upload 命令开始；请确认设置中的台账和账号是否正确）"
    )
}

/// What ended a command early, and the way out.
pub(crate) fn stopped(error: &Error) -> String {
    format!("oss2youku: {}{}", told(error), way_out(error))
}

/// What ended one upload of several, and the way out.
pub(crate) fn failed(source: &str, error: &Error) -> String {
    let verb = word!("failed     ", "失败  ");
    format!("{verb}  {source}  {} [{}]{}", told(error), error.kind().code(), way_out(error))
}

/// The error; its details are English in every language, since they are the same in logs.
fn told(error: &Error) -> String {
    let text = error.to_string();
    if error.operation() == crate::exit::OPERATOR && !text.is_ascii() {
        // This command line found it, and has said it in Chinese already.
        return text;
    }
    let class = kind(error.kind());
    say!("{text}", "{class}：{text}")
}

/// What kind of error it is, in Chinese.
fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidJob => "请求不符合要求",
        ErrorKind::SourceMissing => "来源不存在",
        ErrorKind::SourceChanged => "来源已改变",
        ErrorKind::SourceDenied => "来源拒绝访问",
        ErrorKind::Source => "来源出错",
        ErrorKind::Target => "优酷的存储出错",
        ErrorKind::CredentialExpired => "优酷存储的临时凭证已过期",
        ErrorKind::NoSuchUpload => "优酷的存储不认识这个分片上传",
        ErrorKind::PartExists => "优酷的存储已有这个分片",
        ErrorKind::Unauthorised => "优酷拒绝访问令牌",
        ErrorKind::Reauthorise => "需要重新授权",
        ErrorKind::SessionOver => "上传会话已结束",
        ErrorKind::RateLimited => "优酷暂时限制调用",
        ErrorKind::Youku => "优酷出错",
        ErrorKind::Integrity => "数据校验不一致",
        ErrorKind::CommitUnknown => "提交结果未知",
        ErrorKind::Deadline => "时间不够",
        ErrorKind::Cancelled => "已取消",
        ErrorKind::InProgress => "正在别处进行",
        ErrorKind::Superseded => "已由别处接手",
        ErrorKind::Ledger => "台账出错",
        ErrorKind::Config => "设置有误",
        ErrorKind::Failed => "失败",
        // One that is newer than this table.
        _ => "出错",
    }
}

/// A line about what a person can do, where the error does not say so itself.
fn way_out(error: &Error) -> String {
    let way = match error.kind() {
        ErrorKind::Config => word!(
            "Settings come from oss2youku.toml in the working directory, or the file that OSS2YOUKU_CONFIG names, \
             and from variables OSS2YOUKU_...; `oss2youku init` writes such a file",
            "设置来自当前目录的 oss2youku.toml 或 OSS2YOUKU_CONFIG 指定的文件，以及 OSS2YOUKU_... 变量；`oss2youku init` 可生成该文件"
        ),
        _ if error.operation() == crate::exit::OPERATOR => return String::new(),
        _ if crate::exit::is_usage(error) => {
            word!("oss2youku explain tells how the upload stands", "oss2youku explain 可查看该上传的状态")
        }
        ErrorKind::InvalidJob => word!(
            "Correct what it names (--title, --tags, --meta, ...), then upload again",
            "请按提示修改（--title、--tags、--meta 等）后重新上传"
        ),
        ErrorKind::SourceMissing => word!("Check bucket and key", "请检查 bucket 和 key"),
        ErrorKind::SourceDenied => word!(
            "Check the key (source.access_key_id and source.access_key_secret, or ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET) and its \
             rights: oss2youku doctor",
            "请检查密钥（source.access_key_id 与 source.access_key_secret，或 ALIBABA_CLOUD_ACCESS_KEY_ID 与 _SECRET）及其权限：oss2youku doctor"
        ),
        ErrorKind::Unauthorised | ErrorKind::Reauthorise => word!(
            "Put a new access_token and refresh_token of the account into the settings (cloud.youku.com/tools); oss2youku doctor shows \
             how it stands",
            "请把账号新的 access_token 和 refresh_token 写入设置（cloud.youku.com/tools）；oss2youku doctor 可查看状态"
        ),
        ErrorKind::SourceChanged => word!("Upload it again", "请重新上传"),
        ErrorKind::Source | ErrorKind::Target | ErrorKind::Youku | ErrorKind::Ledger
            if error.verdict() != app::core::Verdict::Permanent =>
        {
            word!(
                "Nothing is lost: run the same command again once it can be reached; oss2youku doctor looks into it",
                "已完成的部分不会丢失：恢复后重新运行同一命令即可；oss2youku doctor 可协助排查"
            )
        }
        ErrorKind::RateLimited => word!("Run the same command again later", "请稍后重新运行同一命令"),
        ErrorKind::Cancelled
        | ErrorKind::Source
        | ErrorKind::Target
        | ErrorKind::Youku
        | ErrorKind::Failed
        | ErrorKind::Integrity
        | ErrorKind::CommitUnknown => word!(
            "oss2youku explain tells more; upload --retry tries it again",
            "oss2youku explain 可查看详情；upload --retry 可重试"
        ),
        _ => return String::new(),
    };
    format!("\n           {way}")
}

pub(crate) fn callback_refused(why: &str) -> String {
    say!(
        "--callback {why}: section [callback] of the settings says what may be called",
        "--callback {why}：设置的 [callback] 一节决定哪些地址可以调用"
    )
}

/// How to go on with what a signal stopped.
pub(crate) fn go_on(unfinished: usize, all: usize, ledger: &str) -> String {
    say!(
        "stopped: {unfinished} of {all} not finished. What Youku has taken in is kept: run the same command again to go on, here or \
         anywhere with the same ledger ({ledger})",
        "已停止：{all} 个中有 {unfinished} 个未完成。优酷已接收的部分会保留：重新运行同一命令即可继续，换一台机器也可以，只要使用同一台账（{ledger}）"
    )
}

pub(crate) fn elsewhere(id: &UploadId) -> String {
    say!(
        "waiting      somebody else holds upload {id}: it is taken over once nothing is heard of its holder",
        "等待  上传 {id} 正由别处持有：一旦其持有者失去音讯即接手"
    )
}

pub(crate) fn published(source: &str, published: &Published) -> String {
    published_as(source, &published.video_id, &published.link())
}

pub(crate) fn published_as(source: &str, video_id: &str, link: &str) -> String {
    say!("published    {video_id}  {link}  {source}", "已发布  {video_id}  {link}  {source}")
}

pub(crate) fn function_failed(source: &str, code: &str, said: &str, error: &str) -> String {
    let way = match code {
        "400" => word!("Correct what it names", "请按提示修改"),
        "401" | "403" => word!(
            "Show a token of the function's http.tokens: --token-file",
            "请用 --token-file 提供函数 http.tokens 中的令牌"
        ),
        "404" => word!("Check bucket and key, as the function sees them", "请检查函数所见的 bucket 和 key"),
        "409" | "429" | "503" => word!("Ask again later", "请稍后再试"),
        _ => word!("See the function's log", "请查看函数的日志"),
    };
    say!(
        "failed       {source}  {code}: {said} [{error}]\n           {way}",
        "失败  {source}  {code}：{said} [{error}]\n           {way}"
    )
}

pub(crate) fn playable(video_id: &str, state: VideoState) -> String {
    match state {
        VideoState::Limited => {
            say!("limited      {video_id}  not shown to everybody", "受限  {video_id}  并非所有人可见")
        }
        _ => say!("playable     {video_id}", "可播放  {video_id}"),
    }
}

pub(crate) fn rejected() -> String {
    say!(
        "the video is on Youku, which could not convert or did not accept it: look at it there",
        "视频已到优酷，但转码失败或未通过：请到优酷查看"
    )
}

pub(crate) fn not_playable(state: Option<VideoState>) -> String {
    match state {
        Some(VideoState::InReview) => {
            say!(
                "the video is published and still in review: look again later",
                "视频已发布，仍在审核：请稍后再看"
            )
        }
        _ => say!(
            "the video is published and cannot be watched yet: look again later",
            "视频已发布，尚不能播放：请稍后再看"
        ),
    }
}

pub(super) fn cancelled(id: &UploadId) -> String {
    say!("{id}  cancelled: nobody goes on with it", "{id}  已取消：不会再继续")
}

pub(super) fn replayed(id: &UploadId, accepted: bool, code: &str) -> String {
    if accepted {
        say!("{id}  the callback accepted it: {code}", "{id}  回调已接收：{code}")
    } else {
        say!("{id}  the callback did not accept it: {code}", "{id}  回调未接收：{code}")
    }
}

/// The page where the video can be watched.
pub(super) fn link(video_id: &str) -> String {
    format!("https://v.youku.com/v_show/id_{video_id}.html")
}

pub(super) fn retried(now: bool, id: &UploadId, video_id: &str) -> String {
    let said = if now {
        word!("published", "已发布")
    } else {
        word!("was published before, there is nothing to try again:", "之前已发布，无需重试：")
    };
    format!("{id}  {said} {video_id}  {}", link(video_id))
}

pub(super) fn not_failed(id: &UploadId) -> String {
    format!("{id}  {}", not_failed_yet())
}

pub(super) fn upload(event: &str, id: &UploadId, object: &str, ended: &Result<Published, Error>) -> String {
    let ended = match ended {
        Ok(published) => say!("published {}  {}", "已发布 {}  {}", published.video_id, published.link()),
        Err(error) => format!("{} [{}]", told(error), error.kind().code()),
    };
    let event = match event {
        "found" => word!("found", "发现"),
        _ => word!("resumed", "继续"),
    };
    format!("{event:<9}{id}  {object}  {ended}")
}

pub(super) fn trouble(object: Option<&str>, error: &Error) -> String {
    let object = object.map(|object| format!("{object}  ")).unwrap_or_default();
    let word = word!("trouble", "出错");
    format!("{word}  {object}{} [{}]", told(error), error.kind().code())
}

/// What a sweep did, and where the next one begins.
pub(super) fn swept(swept: &Swept) -> Vec<String> {
    let found = &swept.discovered;
    let Swept { resumed, told, left, cleared, .. } = swept;
    let mut lines = vec![
        say!(
            "open     {} gone on with, {told} whose callback was tried, {left} left to their holder or their time, {cleared} cleared away",
            "未完成  继续 {} 个，尝试回调 {told} 个，留给持有者或等待时间的 {left} 个，清除 {cleared} 个",
            resumed.len()
        ),
        say!(
            "objects  {} new, {} known, {} too old, {} too young yet, {} that could not be looked at",
            "对象  新 {} 个，已知 {} 个，过旧 {} 个，过新 {} 个，无法查看 {} 个",
            found.uploads.len(),
            found.known,
            found.older,
            found.young,
            found.troubles.len()
        ),
    ];
    let stops = word!("stopped  ", "停止  ");
    lines.extend(found.stopped.map(|why| format!("{stops}{}", stopped_at(why))));
    lines.push(format!("{}{}", word!("next     ", "下次  "), next_sweep(swept.next.as_ref(), found)));
    lines
}

fn stopped_at(why: Stopped) -> &'static str {
    match why {
        Stopped::Uploads => word!(
            "at the limit of uploads (--limit, sweep.limit)",
            "达到上传数量上限（--limit、sweep.limit）"
        ),
        Stopped::Requests => word!(
            "at the limit of requests to the source (sweep.requests)",
            "达到对来源的请求上限（sweep.requests）"
        ),
        Stopped::Deadline => word!("at the end of its time", "时间已到"),
        Stopped::Paused => word!(
            "before it looked for objects: automatic uploads are paused (paused = true)",
            "未查找对象：自动上传已暂停（paused = true）"
        ),
        Stopped::Ledger => word!("because the ledger failed", "台账出错"),
    }
}

fn next_sweep(open: Option<&UploadId>, found: &Discovered) -> String {
    let object = found
        .next
        .as_ref()
        .map(|object| say!("looks for objects from {object} on", "从 {object} 起查找对象"));
    let open =
        open.map(|id| say!("goes on with the open uploads behind {id}", "从 {id} 之后的未完成上传继续"));
    let all: Vec<_> = open.into_iter().chain(object).collect();
    if all.is_empty() { word!("begins from the beginning", "从头开始").into() } else { all.join("; ") }
}

/// One word for where an upload stands.
fn state_word(story: &Story) -> &'static str {
    match story.record.state {
        State::Committed | State::Notified(End::Committed) | State::Followed => word!("published", "已发布"),
        State::Failed | State::FailedLate | State::Notified(End::Failed | End::FailedLate) => {
            word!("failed", "失败")
        }
        State::Cancelled => word!("cancelled", "已取消"),
        State::Waiting(_) => word!("waiting", "等待"),
        _ if story.holder.is_some() => word!("in progress", "进行中"),
        _ => word!("open", "未完成"),
    }
}

/// Where an upload stands.
pub(crate) fn state(story: &Story) -> String {
    let record = &story.record;
    let working = match record.state {
        State::New | State::Claimed | State::Waiting(Working::Claimed) => {
            word!("no session is open at Youku yet", "尚未在优酷建立会话")
        }
        State::Created | State::Waiting(Working::Created) => {
            word!("its bytes are moved to Youku", "正在向优酷传输数据")
        }
        State::Transferred | State::Waiting(Working::Transferred) => {
            word!("all bytes have landed, the commit is next", "数据已全部到达，接下来提交")
        }
        State::Committed | State::Notified(End::Committed) | State::Followed => {
            let video_id = record.video_id.as_deref().unwrap_or_default();
            let link = link(video_id);
            return say!("published: video {video_id}  {link}", "已发布：视频 {video_id}  {link}");
        }
        State::Cancelled => return word!("cancelled by a person", "已由人取消").into(),
        State::Failed | State::FailedLate | State::Notified(End::Failed | End::FailedLate) => {
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

fn reason(reason: WaitReason) -> &'static str {
    match reason {
        WaitReason::RateLimited => word!("Youku takes no more calls for now", "优酷暂时不接受调用"),
        WaitReason::Deadline => word!("the last run's time was over", "上次运行的时间已到，或被人停止"),
        WaitReason::Unauthorised => {
            word!("Youku refuses the account's access token", "优酷拒绝该账号的访问令牌")
        }
        WaitReason::Reauthorise => word!(
            "the account's access token has run out and could not be renewed [reauthorise]",
            "该账号的访问令牌已失效且无法续期 [reauthorise]"
        ),
        WaitReason::CallerTokenGone => {
            word!("the token that the task brought has run out", "任务自带的令牌已失效")
        }
    }
}

/// What a step means.
pub(super) fn step(step: &Step, record: &Record) -> String {
    match step {
        Step::Claimed { work: Some(_) } => word!("a holder began the upload", "持有者开始上传").into(),
        Step::Claimed { work: None } => word!("another holder took it over", "另一持有者接手").into(),
        Step::Created(session) => match &session.target {
            Target::Oss { .. } => word!(
                "a session was opened at Youku: a multipart upload into its bucket",
                "已在优酷建立会话：分片上传到其 bucket"
            ),
            Target::Slice { instant: true, .. } => word!(
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
            let size = record.work.object.size;
            say!("all {size} bytes have landed and are the object's", "全部 {size} 字节已到达且与对象一致")
        }
        Step::Committed { video_id } => say!("it is a video: {video_id}", "已成为视频：{video_id}"),
        Step::Notified { code, event: None } => say!("the callback is done: {code}", "回调完成：{code}"),
        Step::Notified { code, event: Some(event) } => {
            let event = event.as_str();
            say!("the callback for {event} is done: {code}", "{event} 的回调完成：{code}")
        }
        Step::Failed(failure) => {
            say!("it ended without a video: {} [{}]", "未成为视频：{} [{}]", failure.text, failure.code)
        }
        Step::Cancelled => word!("a person gave it up", "由人放弃").into(),
        Step::Reopened => word!("a person had it tried again", "由人要求重试").into(),
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
pub(super) fn next(story: &Story) -> String {
    if let Some(holder) = story.holder {
        let seconds = holder.rest.as_secs();
        return say!(
            "its holder goes on; where it falls silent, the next event or sweep after {seconds} s takes over",
            "持有者会继续；若其失去音讯，{seconds} 秒后的下一个事件或清扫会接手"
        );
    }
    if story.record.is_at_rest() {
        return word!("nothing: the upload is at rest", "无：上传已结束").into();
    }
    if story.record.owes_outcome() {
        return word!(
            "its callback does not know yet: the next sweep that is due tries it again",
            "回调尚未送达：下一次到期的清扫会再试"
        )
        .into();
    }
    if story.record.owes_event() {
        return word!(
            "the sweep asks Youku how the video fares, and tells the callback",
            "清扫会向优酷询问视频状态并通知回调"
        )
        .into();
    }
    if story.record.work.location.is_carried() {
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
pub(super) fn advice(story: &Story) -> Option<String> {
    let record = &story.record;
    if let Some(failure) = &record.failure {
        let advice = failure.advice.as_deref().unwrap_or("see the log for the cause, then retry the upload");
        let command = match (advice.contains("retry"), record.work.location.is_carried()) {
            (true, true) => " (oss2youku upload --retry FILE)".into(),
            (true, false) => format!(" (oss2youku retry {})", record.id),
            (false, _) => String::new(),
        };
        return Some(format!("{}{command}", word!(advice, advice_zh(&failure.code))));
    }
    let account = &record.work.account;
    match record.waiting?.reason {
        WaitReason::Unauthorised => Some(say!(
            "put a valid access token of account {account} into the settings (accounts.{account}.access_token)",
            "请把账号 {account} 的有效访问令牌写入设置（accounts.{account}.access_token）"
        )),
        WaitReason::Reauthorise => Some(say!(
            "authorise account {account} anew at Youku and put its new pair into the settings \
             (accounts.{account}.access_token and refresh_token); the sweep then goes on",
            "请在优酷重新授权账号 {account}，并把新的令牌写入设置（accounts.{account}.access_token 与 refresh_token）；之后清扫会继续"
        )),
        WaitReason::CallerTokenGone => Some(
            word!("the caller must send the task again with a valid token", "调用方须带有效令牌重新发送任务")
                .into(),
        ),
        WaitReason::RateLimited | WaitReason::Deadline => None,
    }
}

/// The ledger keeps advice in English; the failure's code says the same.
fn advice_zh(code: &str) -> &'static str {
    match ErrorKind::from_code(code) {
        Some(ErrorKind::InvalidJob) => "请修改视频信息后重新上传对象，或用 again 另行请求",
        Some(ErrorKind::SourceMissing) => "请放回对象，然后重试上传",
        Some(ErrorKind::SourceChanged) => "无需处理：对象的新版本是另一个上传",
        Some(ErrorKind::CommitUnknown) => "请到优酷查找该视频；若不存在，请重试上传",
        Some(ErrorKind::Integrity) => "请检查对象：其数据与存储给出的校验和不一致",
        Some(ErrorKind::Unauthorised) => "请带有效的访问令牌重新发送任务",
        _ => "请查看日志了解原因，然后重试上传",
    }
}

/// The whole of `explain`.
pub(super) fn story(story: &Story) -> Vec<String> {
    let record = &story.record;
    let (work, object) = (&record.work, &record.work.object);
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
            holder.rest.as_secs()
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
pub(super) fn listed(upload: &ListedUpload) -> String {
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

pub(super) fn count(uploads: usize, next: Option<&str>) -> String {
    let more = next.map(|next| say!(", and there are more: --after {next}", "，还有更多：--after {next}"));
    let more = more.unwrap_or_default();
    say!("{uploads} uploads{more}", "{uploads} 个上传{more}")
}

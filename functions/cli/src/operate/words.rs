//! What these commands say, in one place, so that another language can stand beside it.

use app::{
    ListedUpload, Story,
    core::{
        Discovered, Error, Published, Stopped, Swept, UploadId,
        ledger::{End, Record, State, Step, Target, WaitReason, Working},
    },
};

pub(super) const SETTINGS: &str = "Settings come from oss2youku.toml in the working directory, or the file that OSS2YOUKU_CONFIG names, \
     and from variables OSS2YOUKU_...";
pub(super) const NOT_FAILED: &str =
    "it has not failed: whoever holds it, or the next event or sweep, goes on with it";

pub(super) const NO_PLACE: &str = "--after must be what an earlier list of the same kind ended with";

pub(super) fn unknown(upload: &str) -> String {
    format!(
        "the ledger knows no such upload: {upload} (an object's upload begins with its event, a task or a sweep; \
         is this the settings' ledger and account?)"
    )
}

/// The page where the video can be watched.
pub(super) fn link(video_id: &str) -> String {
    format!("https://v.youku.com/v_show/id_{video_id}.html")
}

pub(super) fn retried(now: bool, id: &UploadId, video_id: &str) -> String {
    let said = if now { "published" } else { "was published before, there is nothing to try again:" };
    format!("{id}  {said} {video_id}  {}", link(video_id))
}

pub(super) fn not_failed(id: &UploadId) -> String {
    format!("{id}  {NOT_FAILED}")
}

pub(super) fn upload(event: &str, id: &UploadId, object: &str, ended: &Result<Published, Error>) -> String {
    let ended = match ended {
        Ok(published) => format!("published {}  {}", published.video_id, published.link()),
        Err(error) => format!("{error} [{}]", error.kind().code()),
    };
    format!("{event:<9}{id}  {object}  {ended}")
}

pub(super) fn trouble(object: Option<&str>, error: &Error) -> String {
    let object = object.map(|object| format!("{object}  ")).unwrap_or_default();
    format!("trouble  {object}{error} [{}]", error.kind().code())
}

/// What a sweep did, and where the next one begins.
pub(super) fn swept(swept: &Swept) -> Vec<String> {
    let found = &swept.discovered;
    let Swept { resumed, told, left, cleared, .. } = swept;
    let mut lines = vec![
        format!(
            "open     {} gone on with, {told} whose callback was tried, {left} left to their holder or their time, {cleared} cleared away",
            resumed.len()
        ),
        format!(
            "objects  {} new, {} known, {} too old, {} too young yet, {} that could not be looked at",
            found.uploads.len(),
            found.known,
            found.older,
            found.young,
            found.troubles.len()
        ),
    ];
    lines.extend(found.stopped.map(|why| format!("stopped  {}", stopped(why))));
    lines.push(format!("next     {}", next_sweep(swept.next.as_ref(), found)));
    lines
}

fn stopped(why: Stopped) -> &'static str {
    match why {
        Stopped::Uploads => "at the limit of uploads (--limit, sweep.limit)",
        Stopped::Requests => "at the limit of requests to the source (sweep.requests)",
        Stopped::Deadline => "at the end of its time",
        Stopped::Paused => "before it looked for objects: automatic uploads are paused (paused = true)",
        Stopped::Ledger => "because the ledger failed",
    }
}

fn next_sweep(open: Option<&UploadId>, found: &Discovered) -> String {
    let object = found.next.as_ref().map(|object| format!("looks for objects from {object} on"));
    let open = open.map(|id| format!("goes on with the open uploads behind {id}"));
    let all: Vec<_> = open.into_iter().chain(object).collect();
    if all.is_empty() { "begins from the beginning".into() } else { all.join("; ") }
}

/// One word for where an upload stands.
pub(super) fn state_word(story: &Story) -> &'static str {
    match story.record.state {
        State::Committed | State::Notified(End::Committed) | State::Followed => "published",
        State::Failed | State::FailedLate | State::Notified(End::Failed | End::FailedLate) => "failed",
        State::Cancelled => "cancelled",
        State::Waiting(_) => "waiting",
        _ if story.holder.is_some() => "in progress",
        _ => "open",
    }
}

/// Where an upload stands.
pub(super) fn state(story: &Story) -> String {
    let record = &story.record;
    let working = match record.state {
        State::New | State::Claimed | State::Waiting(Working::Claimed) => "no session is open at Youku yet",
        State::Created | State::Waiting(Working::Created) => "its bytes are moved to Youku",
        State::Transferred | State::Waiting(Working::Transferred) => {
            "all bytes have landed, the commit is next"
        }
        State::Committed | State::Notified(End::Committed) | State::Followed => {
            let video_id = record.video_id.as_deref().unwrap_or_default();
            return format!("published: video {video_id}  {}", link(video_id));
        }
        State::Cancelled => return "cancelled by a person".into(),
        State::Failed | State::FailedLate | State::Notified(End::Failed | End::FailedLate) => {
            let failure = record.failure.as_ref();
            return failure.map_or_else(|| "failed".into(), |f| format!("failed: {} [{}]", f.text, f.code));
        }
    };
    match &record.waiting {
        Some(waiting) => format!("waiting: {}; {working}", reason(waiting.reason)),
        None => format!("{}: {working}", state_word(story)),
    }
}

fn reason(reason: WaitReason) -> &'static str {
    match reason {
        WaitReason::RateLimited => "Youku takes no more calls for now",
        WaitReason::Deadline => "the last run's time was over",
        WaitReason::Unauthorised => "Youku refuses the account's access token",
        WaitReason::Reauthorise => {
            "the account's access token has run out and could not be renewed [reauthorise]"
        }
        WaitReason::CallerTokenGone => "the token that the task brought has run out",
    }
}

/// What a step means.
pub(super) fn step(step: &Step, record: &Record) -> String {
    match step {
        Step::Claimed { work: Some(_) } => "a holder began the upload".into(),
        Step::Claimed { work: None } => "another holder took it over".into(),
        Step::Created(session) => match &session.target {
            Target::Oss { .. } => "a session was opened at Youku: a multipart upload into its bucket".into(),
            Target::Slice { instant: true, .. } => {
                "a session was opened at Youku, which has these bytes already".into()
            }
            Target::Slice { .. } => "a session was opened at Youku: slices to its upload server".into(),
        },
        Step::Transferred(_) => {
            format!("all {} bytes have landed and are the object's", record.work.object.size)
        }
        Step::Committed { video_id } => format!("it is a video: {video_id}"),
        Step::Notified { code, event: None } => format!("the callback is done: {code}"),
        Step::Notified { code, event: Some(event) } => {
            format!("the callback for {} is done: {code}", event.as_str())
        }
        Step::Failed(failure) => format!("it ended without a video: {} [{}]", failure.text, failure.code),
        Step::Cancelled => "a person gave it up".into(),
        Step::Reopened => "a person had it tried again".into(),
        Step::Waiting(waiting) => match waiting.not_before {
            Some(until) => format!("put aside until {until}: {}", reason(waiting.reason)),
            None => format!("put aside: {}", reason(waiting.reason)),
        },
    }
}

/// What comes next.
pub(super) fn next(story: &Story) -> String {
    if let Some(holder) = story.holder {
        let seconds = holder.rest.as_secs();
        return format!(
            "its holder goes on; where it falls silent, the next event or sweep after {seconds} s takes over"
        );
    }
    if story.record.is_at_rest() {
        return "nothing: the upload is at rest".into();
    }
    if story.record.owes_outcome() {
        return "its callback does not know yet: the next sweep that is due tries it again".into();
    }
    if story.record.owes_event() {
        return "the sweep asks Youku how the video fares, and tells the callback".into();
    }
    match story.record.waiting.and_then(|waiting| waiting.not_before) {
        Some(until) => format!("the first event or sweep after {until} goes on with it"),
        None => "the next event or sweep goes on with it".into(),
    }
}

/// What a person can do, where that is anything.
pub(super) fn advice(story: &Story) -> Option<String> {
    let record = &story.record;
    if let Some(failure) = &record.failure {
        let advice = failure.advice.as_deref().unwrap_or("see the log for the cause, then retry the upload");
        let command = if advice.contains("retry") {
            format!(" (oss2youku retry {})", record.id)
        } else {
            String::new()
        };
        return Some(format!("{advice}{command}"));
    }
    let account = &record.work.account;
    match record.waiting?.reason {
        WaitReason::Unauthorised => Some(format!(
            "put a valid access token of account {account} into the settings (accounts.{account}.access_token)"
        )),
        WaitReason::Reauthorise => Some(format!(
            "authorise account {account} anew at Youku and put its new pair into the settings \
             (accounts.{account}.access_token and refresh_token); the sweep then goes on"
        )),
        WaitReason::CallerTokenGone => Some("the caller must send the task again with a valid token".into()),
        WaitReason::RateLimited | WaitReason::Deadline => None,
    }
}

/// The whole of `explain`.
pub(super) fn story(story: &Story) -> Vec<String> {
    let record = &story.record;
    let (work, object) = (&record.work, &record.work.object);
    let mut lines = vec![
        format!("upload   {}", record.id),
        format!("object   {}  {} bytes, ETag {}", work.location, object.size, object.etag),
        format!("account  {}", work.account),
        format!("state    {}", state(story)),
    ];
    for (number, entry) in (1_u32..).zip(&record.history) {
        let (at, kind) = (entry.at, entry.step.kind().as_str());
        let said = step(&entry.step, record);
        lines.push(format!("step {number:<3} {at}  holder {:<3} {kind:<12} {said}", entry.epoch));
    }
    lines.push(match story.holder {
        Some(holder) => format!(
            "held     by holder {}, whose lease lives for {} s and is renewed while it works",
            holder.epoch,
            holder.rest.as_secs()
        ),
        None => "held     by nobody".into(),
    });
    lines.push(format!("next     {}", next(story)));
    lines.extend(advice(story).map(|advice| format!("advice   {advice}")));
    lines
}

/// A line of `list`.
pub(super) fn listed(upload: &ListedUpload) -> String {
    let ListedUpload { upload_id, state, object, account, at, .. } = upload;
    let until = upload.not_before.map(|until| format!("not before {until}"));
    let more = [until.as_ref(), upload.videoid.as_ref(), upload.error.as_ref()];
    let more: String = more.into_iter().flatten().map(|text| format!("  {text}")).collect();
    format!("{upload_id}  {state:<9}  {at}  {account}  {object}{more}")
}

pub(super) fn count(uploads: usize, next: Option<&str>) -> String {
    let more = next.map(|next| format!(", and there are more: --after {next}")).unwrap_or_default();
    format!("{uploads} uploads{more}")
}

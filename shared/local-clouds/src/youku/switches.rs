//! Switches: what Youku's pages leave open, so that a client can be tested against either answer.

use serde::{Deserialize, Serialize};

use crate::youku::host::CallHost;

/// Questions that Youku's pages leave open. Set at the start, by
/// [`YoukuServer::set_switches`](super::YoukuServer::set_switches), or by `POST /_sandbox/switches` with the
/// fields to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Create takes a GET too, as every published client sends it; Youku's page names POST alone.
    pub create_takes_get: bool,
    /// What a second commit of the same upload token answers.
    pub second_commit: SecondCommit,
    /// A committed upload token answers 120010223 to every later call, the second commit included.
    pub committed_token_expired: bool,
    /// What cancel answers after a commit. The video stays in either case.
    pub cancel_after_commit: CancelAfterCommit,
    /// The state `videos/show` gives to an id that was created and not committed, e.g. `encoding`, `none` or `blocked`;
    /// absent: the id is unknown to it.
    pub uncommitted_state: Option<String>,
    /// `videos/show` and `videos/show_batch` do not know committed videos; `videos/by_me` lists them.
    pub show_hides_videos: bool,
    /// Slice mode: create returns a `video_id`.
    pub slice_create_video_id: bool,
    /// OSS mode: create returns a `video_id`.
    pub oss_create_video_id: bool,
    /// Commit returns a `video_id`; the second commit too.
    pub commit_video_id: bool,
    /// What commit answers if the bytes do not have the MD5 given to create.
    pub commit_md5_error: CommitMd5Error,
    /// What becomes of a session that `isweb=1` opens without an MD5, as only Youku's own page is known to do.
    pub web_upload: WebUpload,
    /// What becomes of an object that one PutObject sends into the bucket. Every published client uses multipart.
    pub single_put: SinglePut,
    /// What becomes of a title of more than 60 characters, at create and in an update.
    pub long_title: OverLimit,
    /// What becomes of a tag of more than 20 characters.
    pub long_tag: OverLimit,
    /// What becomes of more than 10 tags.
    pub many_tags: OverLimit,
    /// Milliseconds for which an upload token that create hands out from now on is known, unless its upload is committed; absent: as
    /// [`YoukuConfig::upload_token_life`](super::YoukuConfig::upload_token_life) says.
    pub session_life_ms: Option<u64>,
    /// Milliseconds for which STS credentials that are handed out from now on live, as `expire_time` states it, rounded down to seconds;
    /// absent: as [`YoukuConfig::sts_life`](super::YoukuConfig::sts_life) says.
    pub sts_life_ms: Option<u64>,
    /// What the bucket answers to STS credentials that are over.
    pub expired_sts: ExpiredSts,
    /// Create returns `instant_upload_ok`, with `yes` if a committed video has the same MD5: commit may
    /// follow at once.
    pub instant_upload: bool,
    /// How an error body is delivered.
    pub error_form: ErrorForm,
    /// Errors come with HTTP status 200.
    pub errors_answer_200: bool,
    /// Slice mode: this many calls of `check` answer status 3 (not yet all written) before the first answers 1.
    pub confirm_after_checks: u32,
    /// How many calls of `videos/show` answer `encoding` before the final state.
    pub encoding_shows: u32,
    /// Milliseconds after which encoding ends, however many calls were made; absent: only `encoding_shows`
    /// counts.
    pub encoding_ms: Option<u64>,
    /// The state after encoding: `normal`, `fail`, `in_review`, `limited` or `blocked`. `POST /_sandbox/videos/{id}/state`
    /// beats it for one video.
    pub final_state: String,
    /// On which hosts `videos/show` lives.
    pub show_host: CallHost,
    /// On which hosts `videos/show_batch` lives. No public code calls it on the new one.
    pub show_batch_host: CallHost,
    /// On which hosts `videos/by_me` lives.
    pub by_me_host: CallHost,
    /// On which hosts `videos/update` lives. No public code calls it on the new one.
    pub update_host: CallHost,
    /// On which hosts `videos/destroy` lives. No public code calls it on the new one.
    pub destroy_host: CallHost,
    /// The most ids that `videos/show_batch` takes; more are refused. Absent: any number.
    pub max_batch_ids: Option<usize>,
    /// The most videos that a page of `videos/by_me` holds, whatever `count` asks for.
    pub max_page_size: usize,
    /// The numbers of lists (`total`, `page`, `count`) and `view_count` are strings.
    pub numbers_are_strings: bool,
    /// `videos/by_me` lists what was created and not committed, in the state `none`.
    pub by_me_lists_uncommitted: bool,
    /// An update sends the video back to review: it is `in_review` until as many calls or as much time have passed as encoding takes.
    pub update_restarts_review: bool,
    /// The states in which an update is refused, e.g. `encoding` and `in_review`.
    pub update_refused_in: Vec<String>,
    /// An update or removal happens and answers 1002 all the same.
    pub change_answers_1002: bool,
    /// What an update makes of a field that is sent empty.
    pub empty_field: EmptyField,
    /// Review rejects what `ffprobe` cannot read: the state after encoding is `fail` for a video committed while this is on in which it finds no
    /// pictures. A commit then takes as long as `ffprobe` does. Discarded bytes are not looked at.
    pub reject_unreadable: bool,
    /// A refresh revokes the client's earlier access tokens at once (they answer 1008).
    pub refresh_revokes_access_token: bool,
    /// `expires_in` of a refresh is a string.
    pub expires_in_is_string: bool,
    /// For measurements, not a question about Youku: the bucket hashes the bytes that arrive and discards
    /// them, so that an upload of any size takes no disk. A commit then checks only the size; the video says
    /// `discarded`, has a CRC-64 and no MD5. Slice mode is not affected.
    pub discard: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            create_takes_get: true,
            second_commit: SecondCommit::Kind,
            committed_token_expired: false,
            cancel_after_commit: CancelAfterCommit::Refuse,
            uncommitted_state: None,
            show_hides_videos: false,
            slice_create_video_id: true,
            oss_create_video_id: true,
            commit_video_id: true,
            commit_md5_error: CommitMd5Error::Own,
            web_upload: WebUpload::Taken,
            single_put: SinglePut::Taken,
            long_title: OverLimit::Refused,
            long_tag: OverLimit::Refused,
            many_tags: OverLimit::Refused,
            session_life_ms: None,
            sts_life_ms: None,
            expired_sts: ExpiredSts::Expired,
            instant_upload: false,
            error_form: ErrorForm::Json,
            errors_answer_200: false,
            confirm_after_checks: 0,
            encoding_shows: 1,
            encoding_ms: None,
            final_state: "normal".to_owned(),
            show_host: CallHost::Both,
            show_batch_host: CallHost::Old,
            by_me_host: CallHost::Both,
            update_host: CallHost::Old,
            destroy_host: CallHost::Old,
            max_batch_ids: None,
            max_page_size: 100,
            numbers_are_strings: false,
            by_me_lists_uncommitted: false,
            update_restarts_review: false,
            update_refused_in: Vec::new(),
            change_answers_1002: false,
            empty_field: EmptyField::Clears,
            reject_unreadable: false,
            refresh_revokes_access_token: false,
            expires_in_is_string: false,
            discard: false,
        }
    }
}

/// What a second commit answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecondCommit {
    /// 200 and the same video id.
    Kind,
    /// An error.
    Refuse,
}

/// What cancel answers after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CancelAfterCommit {
    /// 200 and the upload token.
    Ok,
    /// An error.
    Refuse,
}

/// What commit answers for a wrong MD5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitMd5Error {
    /// 120010224, a number of this server's own.
    Own,
    /// 120010225 "Hash check error", which Youku's pages name for a slice.
    HashCheck,
}

/// What becomes of a session without an MD5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebUpload {
    /// It is opened and committed like any other.
    Taken,
    /// Create answers that the MD5 is missing.
    RefusedAtCreate,
    /// Commit refuses it, for good.
    RefusedAtCommit,
}

/// What becomes of an object that one PutObject sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SinglePut {
    /// It is a video like any other.
    Taken,
    /// The bucket denies it: the keys that create hands out allow multipart uploads alone.
    RefusedAtBucket,
    /// Commit refuses it, for good.
    RefusedAtCommit,
}

/// What becomes of a text or a list that is longer than Youku's page allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OverLimit {
    /// The call is refused.
    Refused,
    /// What is beyond the limit is left out.
    Cut,
    /// It is taken as it is.
    Taken,
}

/// What the bucket answers to STS credentials that are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExpiredSts {
    /// 403 `SecurityTokenExpired`.
    Expired,
    /// 403 `InvalidAccessKeyId`, as to keys that never were.
    Unknown,
    /// 403 `AccessDenied`.
    Denied,
    /// It takes them beyond the time that was stated, until a commit or a cancel ends them.
    Taken,
}

impl ExpiredSts {
    /// OSS's code for the refusal.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Expired | Self::Taken => "SecurityTokenExpired",
            Self::Unknown => "InvalidAccessKeyId",
            Self::Denied => "AccessDenied",
        }
    }
}

/// What an update makes of an empty field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmptyField {
    /// The field is empty from then on, or what it is where create leaves it out.
    Clears,
    /// The update is refused.
    Refused,
    /// The field stays what it was.
    Ignored,
}

/// How an error body is delivered. Clients report all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErrorForm {
    /// JSON as `application/json`.
    Json,
    /// JSON as `text/plain`.
    Text,
    /// `code=..&type=..&description=..` as `text/plain`.
    Form,
}

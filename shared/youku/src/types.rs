//! What Youku answers.

use std::time::{Duration, SystemTime};

use secrecy::SecretString;

use crate::Error;
use crate::answer::Answer;
use crate::refusal::plain_word;

/// A fresh pair of tokens. The refresh token that was used is spent: whoever refreshes must keep this one.
#[derive(Debug, Clone)]
pub struct TokenPair {
    /// The new access token.
    pub access_token: SecretString,
    /// The new refresh token, good for one use.
    pub refresh_token: SecretString,
    /// How long the access token lives from now on; about a month.
    pub expires_in: Duration,
}

/// The credentials and the place in Youku's own OSS bucket that one upload may write to.
#[derive(Debug, Clone)]
pub struct StsGrant {
    /// OSS endpoint as Youku sent it, usually without a scheme: `oss-cn-shanghai.aliyuncs.com`.
    pub endpoint: String,
    /// Bucket to write to.
    pub bucket: String,
    /// Key to write to.
    pub object: String,
    /// Temporary access key id.
    pub access_key_id: String,
    /// Temporary access key secret.
    pub access_key_secret: SecretString,
    /// The STS token that goes with the key.
    pub security_token: SecretString,
    /// When the credentials end, by this machine's clock, also where that is wrong; fetch new ones before.
    pub expires: SystemTime,
}

/// An upload opened in OSS mode.
#[derive(Debug, Clone)]
pub struct OssSession {
    /// Names the upload in every later call.
    pub upload_token: SecretString,
    /// The video's id to be, if Youku tells it now.
    pub video_id: Option<String>,
    /// Where the bytes go.
    pub grant: StsGrant,
    /// Youku says that it holds a file of this MD5 already.
    pub instant: bool,
}

/// An upload opened in slice mode.
#[derive(Debug, Clone)]
pub struct SliceSession {
    /// Names the upload in every later call.
    pub upload_token: SecretString,
    /// The slice server, such as `g01.upload.youku.com`; see [`Client::slice_server`](crate::Client::slice_server).
    pub upload_server_uri: String,
    /// The video's id to be, if Youku tells it now.
    pub video_id: Option<String>,
    /// Youku already holds these bytes: commit without sending any.
    pub instant: bool,
}

/// A stretch of the file that the slice server wants from whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The server's number for it; 0 with length 0 means there is none to hand out now.
    pub id: u64,
    /// First byte, counted from the file's start.
    pub offset: u64,
    /// Bytes in it, at most 10 MiB.
    pub length: u64,
    /// Bytes of the whole file that have arrived.
    pub transferred: u64,
    /// The whole file has arrived.
    pub finished: bool,
}

impl Slice {
    /// No slice is left to hand out. Others may still hold some: see [`CheckStatus`].
    pub fn is_none_left(&self) -> bool {
        self.id == 0 && self.length == 0
    }
}

/// How far a slice upload has come on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStatus {
    /// 1: everything is written; commit.
    Written,
    /// 2: every slice is handed out, some are still on their way; ask again later.
    Transferring,
    /// 3: everything has arrived, not all of it is written; ask again later.
    Writing,
    /// 4: slices are left to hand out.
    SlicesLeft,
}

/// The slice server's account of an upload.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What to do next.
    pub status: CheckStatus,
    /// The address that commit and cancel must name.
    pub upload_server_ip: Option<String>,
    /// Share of the file that has arrived, 0 to 100.
    pub transferred_percent: f64,
    /// Share of the file that is written, 0 to 100.
    pub confirmed_percent: f64,
    /// Slices not yet handed out.
    pub empty_tasks: u64,
    /// The server is done with the upload.
    pub finished: bool,
}

/// What became of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoState {
    /// Published.
    Normal,
    /// Being encoded.
    Encoding,
    /// Encoding or review ended badly.
    Fail,
    /// Waiting for review.
    InReview,
    /// Published with restrictions.
    Limited,
    /// Taken down or shielded: it was published once.
    Blocked,
    /// Youku's word `none`, which nobody documents: perhaps an upload that was never committed.
    Absent,
    /// A state this crate does not know; the name is empty if it is not a plain word.
    Other(String),
}

/// A video as Youku shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoInfo {
    /// Youku's id.
    pub id: String,
    /// Title; empty if Youku sends none.
    pub title: String,
    /// Watch page.
    pub link: String,
    /// What became of it.
    pub state: VideoState,
}

/// The watch page of a video.
pub fn watch_page(video_id: &str) -> String {
    format!("https://v.youku.com/v_show/id_{video_id}.html")
}

impl TokenPair {
    pub(crate) fn from_answer(answer: &Answer) -> Result<Self, Error> {
        Ok(Self {
            access_token: answer.secret("access_token")?,
            refresh_token: answer.secret("refresh_token")?,
            expires_in: Duration::from_secs(answer.number("expires_in")?),
        })
    }
}

impl StsGrant {
    /// A fresh grant names no place of its own: it is for the bucket and object it was asked for.
    pub(crate) fn from_answer(answer: &Answer, bucket: String, object: String) -> Result<Self, Error> {
        let expires: jiff::Timestamp =
            answer.text("expire_time")?.parse().map_err(|_| answer.misfit("expire_time"))?;
        Ok(Self {
            endpoint: answer.text("endpoint")?,
            bucket,
            object,
            access_key_id: answer.text("temp_access_id")?,
            access_key_secret: answer.secret("temp_access_secret")?,
            security_token: answer.secret("security_token")?,
            expires: answer.by_our_clock(expires.into()),
        })
    }
}

impl OssSession {
    pub(crate) fn from_answer(answer: &Answer) -> Result<Self, Error> {
        let bucket = answer.text("oss_bucket")?;
        let object = answer.text("oss_object")?;
        Ok(Self {
            upload_token: answer.secret("upload_token")?,
            video_id: answer.optional_text("video_id"),
            grant: StsGrant::from_answer(answer, bucket, object)?,
            instant: answer.flag("instant_upload_ok"),
        })
    }
}

impl SliceSession {
    pub(crate) fn from_answer(answer: &Answer) -> Result<Self, Error> {
        Ok(Self {
            upload_token: answer.secret("upload_token")?,
            upload_server_uri: answer.text("upload_server_uri")?,
            video_id: answer.optional_text("video_id"),
            instant: answer.flag("instant_upload_ok"),
        })
    }
}

impl Slice {
    pub(crate) fn from_answer(answer: &Answer, max_length: u64) -> Result<Self, Error> {
        let slice = Self {
            id: answer.number("slice_task_id")?,
            offset: answer.number("offset")?,
            length: answer.number("length")?,
            transferred: answer.number("transferred").unwrap_or(0),
            finished: answer.flag("finished"),
        };
        // A slice is held in memory, so its length is not taken on trust.
        if slice.length > max_length || slice.offset.checked_add(slice.length).is_none() {
            return Err(answer.misfit("length"));
        }
        Ok(slice)
    }
}

impl Check {
    pub(crate) fn from_answer(answer: &Answer) -> Result<Self, Error> {
        Ok(Self {
            status: match answer.number("status")? {
                1 => CheckStatus::Written,
                2 => CheckStatus::Transferring,
                3 => CheckStatus::Writing,
                4 => CheckStatus::SlicesLeft,
                _ => return Err(answer.misfit("status")),
            },
            upload_server_ip: answer.optional_text("upload_server_ip"),
            transferred_percent: answer.decimal("transferred_percent"),
            confirmed_percent: answer.decimal("confirmed_percent"),
            empty_tasks: answer.number("empty_tasks").unwrap_or(0),
            finished: answer.flag("finished"),
        })
    }
}

impl VideoInfo {
    /// `None` when the answer describes no video.
    pub(crate) fn from_answer(answer: &Answer) -> Option<Self> {
        let id = answer.optional_text("id")?;
        Some(Self {
            title: answer.optional_text("title").unwrap_or_default(),
            link: answer.optional_text("link").unwrap_or_else(|| watch_page(&id)),
            state: match answer.optional_text("state").unwrap_or_default().as_str() {
                "normal" => VideoState::Normal,
                "encoding" => VideoState::Encoding,
                "fail" => VideoState::Fail,
                "in_review" => VideoState::InReview,
                "limited" => VideoState::Limited,
                "blocked" => VideoState::Blocked,
                "none" => VideoState::Absent,
                other => VideoState::Other(plain_word(other).unwrap_or_default()),
            },
            id,
        })
    }
}

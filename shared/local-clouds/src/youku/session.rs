//! One upload session, from create to its end.

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ahead::Progress;
use super::error::Refusal;
use super::metadata::{Metadata, Mode};
use super::slices::SlicePlan;

/// KiB of a slice where create_file names none.
const SLICE_KIB_DEFAULT: u64 = 2048;
/// Most KiB of a slice.
const SLICE_KIB_MAX: u64 = 10_240;

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionState {
    /// Created, no byte received.
    Created,
    /// Bytes were received.
    Transferring,
    /// Committed: a video.
    Committed,
    /// Cancelled by its client.
    Cancelled,
    /// Its upload token ended before it was committed.
    Expired,
}

/// Where a session's or a video's bytes lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Content {
    /// Key in Youku's own bucket.
    Object(String),
    /// File under the data directory.
    File(PathBuf),
}

/// One upload session.
#[derive(Debug)]
pub(super) struct Session {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) token: String,
    pub(super) client_id: String,
    pub(super) video_id: String,
    pub(super) metadata: Metadata,
    pub(super) expires: SystemTime,
    pub(super) committed: bool,
    pub(super) cancelled: bool,
    /// Where its own bytes go.
    pub(super) content: Content,
    /// The content of a video that has the same MD5: no transfer is needed.
    pub(super) instant: Option<Content>,
    /// Slice mode, after create_file.
    pub(super) plan: Option<SlicePlan>,
    /// Slice mode: the MD5 so far.
    pub(super) ahead: Progress,
    /// Bytes of slice bodies taken in, repeated and broken ones included.
    pub(super) received: u64,
    /// `check` answers 3 this many times yet.
    pub(super) checks_before_confirmed: u32,
    /// OSS mode: ids of the STS credentials handed out.
    pub(super) sts_ids: Vec<String>,
    /// Commit calls that named this session.
    pub(super) commit_calls: u32,
}

impl Session {
    /// `received` counts the bytes taken in, in either mode.
    pub(super) fn state(&self, received: u64, now: SystemTime) -> SessionState {
        match () {
            () if self.committed => SessionState::Committed,
            () if self.cancelled => SessionState::Cancelled,
            () if self.expires <= now => SessionState::Expired,
            () if received > 0 => SessionState::Transferring,
            () => SessionState::Created,
        }
    }

    /// Whether the token still opens this session at all.
    pub(super) fn alive(&self, committed_token_expired: bool, now: SystemTime) -> Result<(), Refusal> {
        if self.cancelled || self.expires <= now || (self.committed && committed_token_expired) {
            return Err(Refusal::upload_token());
        }
        Ok(())
    }

    /// Begins the slices. A repeated call with the same size changes nothing; whether the file must be made is answered.
    pub(super) fn create_file(
        &mut self,
        size: u64,
        slice_kib: Option<u64>,
        returns: Duration,
    ) -> Result<bool, Refusal> {
        if self.metadata.mode != Mode::Slice {
            return Err(Refusal::not_ready("This upload goes to OSS"));
        }
        if size != self.metadata.file_size {
            return Err(Refusal::parameter("file_size", "differs from create"));
        }
        let slice_kib = slice_kib.unwrap_or(SLICE_KIB_DEFAULT);
        if !(1..=SLICE_KIB_MAX).contains(&slice_kib) {
            return Err(Refusal::parameter("slice_length", "must be 1 to 10240 KiB"));
        }
        if self.plan.is_some() {
            return Ok(false);
        }
        self.plan = Some(SlicePlan::new(size, slice_kib, returns));
        Ok(true)
    }

    pub(super) fn plan(&mut self) -> Result<&mut SlicePlan, Refusal> {
        self.plan.as_mut().ok_or_else(|| Refusal::not_ready("Call create_file first"))
    }

    /// The answer of `check`.
    pub(super) fn check(&mut self, server: &str, now: Instant) -> Result<Value, Refusal> {
        let size = self.metadata.file_size;
        let mut progress = self.plan()?.progress(now);
        if progress.status == 1 && self.checks_before_confirmed > 0 {
            self.checks_before_confirmed -= 1;
            progress.status = 3;
        }
        Ok(json!({
            "status": progress.status,
            "upload_server_ip": server,
            "transferred_percent": progress.transferred * 100 / size,
            "confirmed_percent": progress.written * 100 / size,
            "empty_tasks": progress.waiting,
            "finished": progress.status == 1,
        }))
    }

    /// Whether the slices let a commit pass.
    pub(super) fn all_written(&mut self, now: Instant) -> Result<(), Refusal> {
        let confirmed = self.checks_before_confirmed == 0;
        match self.plan()?.progress(now).status {
            1 if confirmed => Ok(()),
            _ => Err(Refusal::not_ready("Upload is not complete")),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn session(mode: Mode, now: SystemTime) -> Session {
        Session {
            number: 1,
            token: "token".to_owned(),
            client_id: "client".to_owned(),
            video_id: "X1".to_owned(),
            metadata: Metadata {
                title: "t".to_owned(),
                tags: "tt".to_owned(),
                description: String::new(),
                category: "Others".to_owned(),
                public_type: "all".to_owned(),
                file_name: "a.mp4".to_owned(),
                file_size: 3000,
                file_md5: None,
                mode,
            },
            expires: now + Duration::from_secs(60),
            committed: false,
            cancelled: false,
            content: Content::File("a".into()),
            instant: None,
            plan: None,
            ahead: Progress::default(),
            received: 0,
            checks_before_confirmed: 0,
            sts_ids: Vec::new(),
            commit_calls: 0,
        }
    }

    #[test]
    fn states_follow_from_what_happened() {
        let now = SystemTime::now();
        let mut session = session(Mode::Oss, now);
        assert_eq!(session.state(0, now), SessionState::Created);
        assert_eq!(session.state(1, now), SessionState::Transferring);
        assert_eq!(session.state(1, session.expires), SessionState::Expired);
        session.cancelled = true;
        assert_eq!(session.state(1, now), SessionState::Cancelled);
        (session.cancelled, session.committed) = (false, true);
        assert_eq!(session.state(1, session.expires), SessionState::Committed);
    }

    #[test]
    fn create_file_holds_its_limits_and_may_be_repeated() {
        let now = SystemTime::now();
        let minute = Duration::from_secs(60);
        let mut slices = session(Mode::Slice, now);
        assert!(slices.check("ip", Instant::now()).is_err());
        assert!(slices.create_file(2999, None, minute).is_err());
        assert!(slices.create_file(3000, Some(10_241), minute).is_err());
        assert_eq!(slices.create_file(3000, Some(1), minute), Ok(true));
        slices.plan().unwrap().hand_out(Instant::now());
        assert_eq!(slices.create_file(3000, Some(1), minute), Ok(false));
        assert_eq!(slices.plan().unwrap().hand_out(Instant::now()).unwrap().id, 2);
        assert!(session(Mode::Oss, now).create_file(3000, None, minute).is_err());
    }

    #[test]
    fn check_answers_three_as_often_as_asked_before_one() {
        let mut session = session(Mode::Slice, SystemTime::now());
        session.create_file(3000, None, Duration::from_secs(60)).unwrap();
        session.checks_before_confirmed = 2;
        session.plan().unwrap().written(1);
        let now = Instant::now();
        assert!(session.all_written(now).is_err());
        let statuses: Vec<_> = (0..3).map(|_| session.check("ip", now).unwrap()["status"].clone()).collect();
        assert_eq!(statuses, [3, 3, 1]);
        assert_eq!(session.all_written(now), Ok(()));
    }
}

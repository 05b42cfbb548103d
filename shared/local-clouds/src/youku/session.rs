//! An upload session, from create to its end.

use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use crate::youku::error::ApiError;
use crate::youku::file_hash::HashProgress;
use crate::youku::metadata::{Metadata, Mode};
use crate::youku::session_state::{ContentLocation, SessionState};
use crate::youku::slices::SlicePlan;

/// Size of a slice in KiB if create_file names none.
const SLICE_KIB_DEFAULT: u64 = 2048;

/// Largest size of a slice in KiB.
const SLICE_KIB_MAX: u64 = 10_240;

/// One upload session.
#[derive(Debug)]
pub(crate) struct Session {
    /// Counted from 1.
    pub(crate) number: u64,
    pub(crate) token: String,
    pub(crate) client_id: String,
    pub(crate) video_id: String,
    pub(crate) metadata: Metadata,
    pub(crate) expires: SystemTime,
    pub(crate) committed: bool,
    pub(crate) cancelled: bool,
    /// Where its own bytes go.
    pub(crate) content: ContentLocation,
    /// The content of a video that has the same MD5: no transfer is needed.
    pub(crate) instant: Option<ContentLocation>,
    /// Slice mode: set by create_file.
    pub(crate) plan: Option<SlicePlan>,
    /// Slice mode: how far the file is hashed.
    pub(crate) ahead: HashProgress,
    /// Bytes of slice bodies received, including repeated and broken ones.
    pub(crate) received: u64,
    /// How many more times `check` answers 3.
    pub(crate) checks_before_confirmed: u32,
    /// OSS mode: ids of the STS credentials issued.
    pub(crate) sts_ids: Vec<String>,
    /// Commit calls that named this session.
    pub(crate) commit_calls: u32,
}

impl Session {
    /// Derives the state; `received` = bytes received, in either mode.
    pub(crate) fn state(&self, received: u64, now: SystemTime) -> SessionState {
        match () {
            () if self.committed => SessionState::Committed,
            () if self.cancelled => SessionState::Cancelled,
            () if self.expires <= now => SessionState::Expired,
            () if received > 0 => SessionState::Transferring,
            () => SessionState::Created,
        }
    }

    /// Refuses if the token no longer opens this session.
    pub(crate) fn check_alive(&self, committed_token_expired: bool, now: SystemTime) -> Result<(), ApiError> {
        if self.cancelled || self.expires <= now || (self.committed && committed_token_expired) {
            return Err(ApiError::upload_token());
        }
        Ok(())
    }

    /// Plans the slices. True: the file must be created. A repeated call with the same size changes nothing.
    pub(crate) fn create_file(
        &mut self,
        size: u64,
        slice_kib: Option<u64>,
        returns: Duration,
    ) -> Result<bool, ApiError> {
        if self.metadata.mode != Mode::Slice {
            return Err(ApiError::not_ready("This upload goes to OSS"));
        }
        if size != self.metadata.file_size {
            return Err(ApiError::parameter("file_size", "differs from create"));
        }
        let slice_kib = slice_kib.unwrap_or(SLICE_KIB_DEFAULT);
        if !(1..=SLICE_KIB_MAX).contains(&slice_kib) {
            return Err(ApiError::parameter("slice_length", "must be 1 to 10240 KiB"));
        }
        if self.plan.is_some() {
            return Ok(false);
        }
        self.plan = Some(SlicePlan::new(size, slice_kib, returns));
        Ok(true)
    }

    pub(crate) fn plan(&mut self) -> Result<&mut SlicePlan, ApiError> {
        self.plan.as_mut().ok_or_else(|| ApiError::not_ready("Call create_file first"))
    }

    /// The answer of `check`.
    pub(crate) fn check_json(&mut self, server: &str, now: Instant) -> Result<Value, ApiError> {
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

    /// Refuses a commit while slices are missing.
    pub(crate) fn check_all_written(&mut self, now: Instant) -> Result<(), ApiError> {
        let confirmed = self.checks_before_confirmed == 0;
        match self.plan()?.progress(now).status {
            1 if confirmed => Ok(()),
            _ => Err(ApiError::not_ready("Upload is not complete")),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn session(mode: Mode, now: SystemTime) -> Session {
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
                watch_password: None,
                file_name: "a.mp4".to_owned(),
                file_size: 3000,
                file_md5: None,
                mode,
            },
            expires: now + Duration::from_secs(60),
            committed: false,
            cancelled: false,
            content: ContentLocation::File("a".into()),
            instant: None,
            plan: None,
            ahead: HashProgress::default(),
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
        assert!(slices.check_json("ip", Instant::now()).is_err());
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
        session.plan().unwrap().mark_written(1);
        let now = Instant::now();
        assert!(session.check_all_written(now).is_err());
        let statuses: Vec<_> =
            (0..3).map(|_| session.check_json("ip", now).unwrap()["status"].clone()).collect();
        assert_eq!(statuses, [3, 3, 1]);
        assert_eq!(session.check_all_written(now), Ok(()));
    }
}

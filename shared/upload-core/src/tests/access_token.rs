//! Uploads whose access token ends at any of their calls, or cannot be refreshed.

use super::{clock, content, memory::Memory, request_for};
use crate::{
    access_token::{
        AccessTokens, CallError,
        tests::authority::{AskFault, Authority},
    },
    ledger::{Ledger, StepKind},
    *,
};
use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;

/// Youku in memory that requires access tokens.
struct Guarded {
    memory: Memory,
    authority: Authority,
    tokens: AccessTokens,
    ledger: Ledger,
}

impl Guarded {
    async fn call<T, Fut>(&self, call: impl Fn() -> Fut) -> Result<T, Error>
    where
        Fut: Future<Output = Result<T, Error>>,
    {
        let with = |token| {
            let called = call();
            async move {
                self.authority.call(token).await?;
                called.await.map_err(CallError::Other)
            }
        };
        self.tokens.call(&self.ledger, with).await
    }
}

#[async_trait]
impl Youku for Guarded {
    async fn ready(&self) -> Result<(), Error> {
        self.tokens.ensure_usable(&self.ledger).await
    }

    async fn create_for_bucket(&self, video: &NewVideo, md5: Option<Md5>) -> Result<OssSession, Error> {
        self.call(|| self.memory.create_for_bucket(video, md5)).await
    }

    async fn create_for_slices(&self, video: &NewVideo, md5: Md5) -> Result<SliceSession, Error> {
        self.call(|| self.memory.create_for_slices(video, md5)).await
    }

    async fn refresh_credentials(
        &self,
        token: &SecretString,
        target: &UploadTarget,
    ) -> Result<UploadCredentials, Error> {
        self.call(|| self.memory.refresh_credentials(token, target)).await
    }

    async fn commit(&self, token: &SecretString, ip: Option<&str>) -> Result<Option<String>, Error> {
        self.call(|| self.memory.commit(token, ip)).await
    }

    async fn cancel(&self, token: &SecretString, ip: Option<&str>) -> Result<(), Error> {
        self.call(|| self.memory.cancel(token, ip)).await
    }

    async fn show(&self, id: &str) -> Result<Option<VideoState>, Error> {
        self.memory.show(id).await
    }

    async fn show_batch(&self, ids: &[String]) -> Result<Option<Vec<(String, VideoState)>>, Error> {
        self.memory.show_batch(ids).await
    }

    async fn find_own(&self, id: &str) -> Result<Option<VideoState>, Error> {
        self.call(|| self.memory.find_own(id)).await
    }

    async fn show_video(&self, id: &str) -> Result<Option<VideoInfo>, Error> {
        self.memory.show_video(id).await
    }

    async fn own_videos(&self, page: u64, count: u64) -> Result<Option<OwnVideos>, Error> {
        self.call(|| self.memory.own_videos(page, count)).await
    }

    async fn update(&self, id: &str, edit: &VideoEdit) -> Result<(), Error> {
        self.call(|| self.memory.update(id, edit)).await
    }

    fn bucket(&self, grant: &UploadCredentials) -> Result<Arc<dyn Bucket>, Error> {
        self.memory.bucket(grant)
    }

    async fn slice_server(&self, name: &str) -> Result<Arc<dyn SliceServer>, Error> {
        self.memory.slice_server(name).await
    }

    async fn slice_server_at(&self, address: &str) -> Result<Arc<dyn SliceServer>, Error> {
        self.memory.slice_server_at(address).await
    }
}

/// An uploader of a process whose settings hold the pair `first`.
fn uploader(memory: &Memory, authority: &Authority, first: u32) -> Uploader {
    let (tokens, ledger) = (authority.process(first), memory.ledger());
    let (memory, authority) = (memory.clone(), authority.clone());
    let youku = Guarded { memory: memory.clone(), authority, tokens, ledger: ledger.clone() };
    let settings =
        TransferSettings { part_size: 1 << 20, in_flight: 3, slice_kib: 256, ..Default::default() };
    Uploader::new(Arc::new(memory), Arc::new(youku), ledger, settings, clock::machine_clock())
}

fn assert_published(memory: &Memory, published: &PublishedVideo) {
    let world = memory.world();
    assert_eq!(world.videos.len(), 1, "one video");
    let video = published.video_id.as_ref().and_then(|id| world.videos.get(id));
    assert!(video == Some(&world.content), "the object's bytes");
}

#[tokio::test(start_paused = true)]
async fn an_access_token_may_end_before_any_call_of_an_upload() {
    for (mode, calls) in [(Mode::Oss, 3), (Mode::Slice, 2)] {
        for revokes in [false, true] {
            for call in 0..calls {
                let memory = Memory::holding(content());
                // In OSS mode one call in the middle: fresh credentials for the bucket.
                memory.fault("part", 2, super::memory::Fault::Refuse(ErrorKind::CredentialExpired));
                let authority = Authority::new(Default::default());
                (authority.tokens().revokes, authority.tokens().expire_after) = (revokes, Some(call));
                let request = request_for(&memory, mode).await.expect("it is there");
                let published =
                    uploader(&memory, &authority, 0).upload(&request, &RunContext::default()).await;
                assert_published(&memory, &published.expect("the upload survives this"));
                let tokens = authority.tokens();
                assert_eq!((tokens.refreshes, tokens.expire_after), (1, None), "{mode:?}, call {call}");
            }
        }
    }
}

/// An upload whose account must be authorized again waits without a further step, and resumes with new tokens.
#[tokio::test(start_paused = true)]
async fn an_upload_waits_for_reauthorization_and_resumes() {
    // The token ends before create, and before commit.
    for (mode, call) in [(Mode::Oss, 0), (Mode::Oss, 1), (Mode::Slice, 0), (Mode::Slice, 1)] {
        let memory = Memory::holding(content());
        let authority = Authority::new(Default::default());
        authority.tokens().expire_after = Some(call);
        authority.tokens().faults.push_back(AskFault::LoseAnswer);
        let request = request_for(&memory, mode).await.expect("it is there");
        let old = uploader(&memory, &authority, 0);
        let id = UploadId::new(&request.object, &request.job);
        let steps =
            async || memory.ledger().read(&id).await.expect("readable").expect("it is there").history.len();

        let error = old.upload(&request, &RunContext::default()).await.expect_err("it waits");
        assert_eq!(error.kind(), ErrorKind::Reauthorize, "{error:?}");
        let before = steps().await;
        for _ in 0..3 {
            assert_eq!(
                old.upload(&request, &RunContext::default()).await.expect_err("waits").kind(),
                ErrorKind::Reauthorize
            );
            let swept =
                sweep(&memory.ledger(), |_, _| async { Ok(old.clone()) }, None, 9, &RunContext::default())
                    .await;
            let swept = swept.expect("the ledger can be read");
            assert!(swept.resumed.is_empty() && swept.skipped == 1, "{swept:?}");
        }
        assert_eq!((steps().await, authority.tokens().refreshes), (before, 1), "nothing was done for it");

        let newest = authority.tokens().newest;
        authority.tokens().good.insert(newest);
        let new = uploader(&memory, &authority, newest);
        let swept =
            sweep(&memory.ledger(), |_, _| async { Ok(new.clone()) }, None, 9, &RunContext::default()).await;
        let swept = swept.expect("the ledger can be read");
        let [(_, Ok(published))] = &swept.resumed[..] else { panic!("{swept:?}") };
        assert_published(&memory, published);
        let record = memory.ledger().read(&id).await.expect("readable").expect("it is there");
        let created = record.history.iter().filter(|entry| entry.step.kind() == StepKind::Created);
        assert_eq!(created.count(), 1, "one session");
    }
}

/// A refused token says nothing about a commit whose answer was lost.
#[tokio::test(start_paused = true)]
async fn a_refused_token_says_nothing_about_a_lost_commit() {
    for refuses_second_commit in [false, true] {
        let memory = Memory::holding(content());
        memory.world().quirks.refuses_second_commit = refuses_second_commit;
        let authority = Authority::new(Default::default());
        let request = request_for(&memory, Mode::Oss).await.expect("it is there");
        // The run ends between commit and its record; the next one finds its token refused for good.
        memory.fault("commit", 0, super::memory::Fault::LoseAnswer);
        authority.tokens().faults.push_back(AskFault::LoseAnswer);
        authority.tokens().expire_after = Some(2);
        let error = uploader(&memory, &authority, 0)
            .upload(&request, &RunContext::default())
            .await
            .expect_err("waits");
        assert_eq!(error.kind(), ErrorKind::Reauthorize, "{error:?}");
        let newest = authority.tokens().newest;
        authority.tokens().good.insert(newest);
        let published = uploader(&memory, &authority, newest).upload(&request, &RunContext::default()).await;
        assert_published(&memory, &published.expect("adopted, or committed again"));
    }
}

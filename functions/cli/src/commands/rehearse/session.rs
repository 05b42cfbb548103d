//! Uploads of a rehearsal, each step written into the record before it is taken.

use super::{
    clip::Clip,
    obstacle::Obstacle,
    record::{Entry, Number},
    stage::{Judged, SYSTEM_ERROR, Stage},
    text::text,
    upload::{Session, SliceSession},
};
use app::{
    storage::{MultipartId, PutOptions},
    youku::{self, ErrorKind, Md5, OssSession, SendError},
};
use http_body_util::Full;
use secrecy::{ExposeSecret, SecretString};
use std::error::Error as _;

/// Which MD5 of the file `create` gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatedMd5 {
    Right,
    Wrong,
    /// `isweb=1`.
    Nothing,
}

impl Stage {
    /// Makes a clip, and writes down that it is about to be created.
    pub(super) fn begin(&mut self) -> Result<(Number, Clip), Obstacle> {
        if self.shutdown.is_requested() {
            return Err(Obstacle::Stopped);
        }
        let clip = Clip::make().map_err(|_| breaks_a_limit())?;
        let n = self.record.next_number();
        self.record.append(Entry::Creating { n, title: clip.title().to_owned() })?;
        Ok((n, clip))
    }

    /// Judges an answer of `create`: a refusal leaves nothing.
    fn judge_create<T>(&mut self, n: Number, opened: Judged<T>) -> Result<Judged<T>, Obstacle> {
        let judged = self.judge(opened);
        if matches!(judged, Ok(Err(_)) | Err(Obstacle::RateLimited | Obstacle::CallsUsedUp)) {
            self.record.append(Entry::Gone { n })?;
        }
        judged
    }

    /// Opens an upload in OSS mode. A refusal leaves nothing.
    pub(super) async fn open(&mut self, stated: StatedMd5) -> Result<Judged<Session>, Obstacle> {
        let (n, clip) = self.begin()?;
        self.open_clip(n, clip, stated).await
    }

    /// Opens an upload of a clip that is written down. A refusal leaves nothing.
    pub(super) async fn open_clip(
        &mut self,
        n: Number,
        clip: Clip,
        stated: StatedMd5,
    ) -> Result<Judged<Session>, Obstacle> {
        let md5 = match stated {
            StatedMd5::Right => Some(clip.md5),
            StatedMd5::Wrong => Some(Md5([0xa5; 16])),
            StatedMd5::Nothing => None,
        };
        let opened = self.client()?.create_for_oss(&clip.video, md5).await;
        let opened = match self.judge_create(n, opened)? {
            Ok(opened) => opened,
            Err(refused) => return Ok(Err(refused)),
        };
        self.record_created(n, &opened)?;
        let store = self.app.youku_bucket(&opened.credentials, None)?;
        let (upload_token, video_id) = (opened.upload_token, opened.video_id);
        Ok(Ok(Session { n, clip, upload_token, video_id, credentials: opened.credentials, store }))
    }

    /// Writes down what the clean-up needs of an upload in OSS mode.
    fn record_created(&mut self, n: Number, opened: &OssSession) -> Result<(), Obstacle> {
        let target = &opened.credentials.target;
        let created = Entry::Created {
            n,
            upload_token: opened.upload_token.expose_secret().to_owned(),
            video_id: opened.video_id.clone(),
            target: Some([&target.endpoint, &target.bucket, &target.object].map(Clone::clone)),
            server: None,
        };
        Ok(self.record.append(created)?)
    }

    /// Opens an upload for the bytes of a clip that was published, and answers whether Youku says that it has them.
    pub(super) async fn open_again(&mut self, first: &Session) -> Result<bool, Obstacle> {
        let n = self.record.next_number();
        let clip = first.clip.retitle().map_err(|_| breaks_a_limit())?;
        self.record.append(Entry::Creating { n, title: clip.title().to_owned() })?;
        let opened = self.client()?.create_for_oss(&clip.video, Some(clip.md5)).await;
        let opened = self.judge_create(n, opened)?.map_err(Obstacle::Youku)?;
        self.record_created(n, &opened)?;
        Ok(opened.already_stored)
    }

    /// Opens an upload in OSS mode, which Youku must not refuse.
    pub(super) async fn open_usual(&mut self) -> Result<Session, Obstacle> {
        self.open(StatedMd5::Right).await?.map_err(Obstacle::Youku)
    }

    /// Opens an upload to a slice server.
    pub(super) async fn open_for_slices(&mut self) -> Result<SliceSession, Obstacle> {
        let (n, clip) = self.begin()?;
        let client = self.client()?;
        let opened = client.create_for_slices(&clip.video, clip.md5).await;
        let opened = self.judge_create(n, opened)?.map_err(Obstacle::Youku)?;
        self.record.append(Entry::Created {
            n,
            upload_token: opened.upload_token.expose_secret().to_owned(),
            video_id: opened.video_id.clone(),
            target: None,
            server: Some(opened.upload_server_uri.clone()),
        })?;
        let server = client.slice_server(&opened.upload_server_uri).await;
        let server = self.require(server)?;
        Ok(SliceSession { n, clip, upload_token: opened.upload_token, video_id: opened.video_id, server })
    }

    /// Begins a multipart upload into Youku's bucket, and sends the clip as its one part.
    pub(super) async fn send_part(
        &mut self,
        session: &Session,
    ) -> Result<(MultipartId, (u32, String)), Obstacle> {
        let key = &session.credentials.target.object;
        let id = session.store.initiate_multipart(key, &PutOptions::default()).await?;
        self.record.append(Entry::Initiated { n: session.n, multipart: id.to_string() })?;
        let bytes = session.clip.bytes.clone();
        let length = bytes.len() as u64;
        let part = session.store.upload_part(key, &id, 1, Full::new(bytes), length).await?;
        Ok((id, (1, part.etag)))
    }

    /// Sends the clip as the product does: by a multipart upload.
    pub(super) async fn send(&mut self, session: &Session) -> Result<(), Obstacle> {
        let (id, part) = self.send_part(session).await?;
        let key = &session.credentials.target.object;
        session.store.complete_multipart(key, &id, &[part], false).await?;
        Ok(self.record.append(Entry::Completed { n: session.n })?)
    }

    /// Commits, and answers the video's id or that it is not known. Every commit goes this way, so that the record knows of each.
    /// Only a first one that Youku refused with a code of its own leaves no video.
    pub(super) async fn commit(
        &mut self,
        n: Number,
        upload_token: &SecretString,
        server: Option<&str>,
    ) -> Result<Judged<Option<String>>, Obstacle> {
        self.require_removal().await?;
        let is_first = !self.record.is_committing(n);
        self.record.append(Entry::Committing { n })?;
        let answer = self.client()?.commit(upload_token, server).await;
        if is_first && answer.as_ref().is_err_and(was_never_sent) {
            self.record.append(Entry::Refused { n })?;
        }
        let answer = self.judge(answer)?;
        match &answer {
            Ok(None) => self.record.append(Entry::Committed { n })?,
            Ok(Some(video_id)) => self.record.name_video(n, video_id)?,
            Err(error) if is_first && is_final(error) => {
                self.record.append(Entry::Refused { n })?;
            }
            _ => {}
        }
        if answer.is_ok() {
            self.check_privacy(n).await?;
        }
        Ok(answer)
    }

    /// Publishes a clip as the product does. Answers the session and the id that commit named.
    pub(super) async fn publish(&mut self) -> Result<(Session, Option<String>), Obstacle> {
        self.require_removal().await?;
        let session = self.open_usual().await?;
        self.send(&session).await?;
        let committed = self.commit(session.n, &session.upload_token, None).await?;
        let committed = committed.map_err(Obstacle::Youku)?;
        self.has_published = true;
        Ok((session, committed))
    }

    /// Checks that an ordinary upload becomes a video, in this run: else what is refused is not what a fact asks about.
    pub(super) async fn require_control(&mut self) -> Result<(), Obstacle> {
        if self.has_published { Ok(()) } else { self.publish().await.map(drop) }
    }

    /// The id of a published video: as create or commit named it, else found by its title.
    pub(super) async fn find_id(
        &mut self,
        session: &Session,
        committed: Option<String>,
    ) -> Result<String, Obstacle> {
        if let Some(id) = committed.or_else(|| session.video_id.clone()) {
            return Ok(id);
        }
        let title = session.clip.title().to_owned();
        let missing = || Obstacle::Other(text!("nothing names the video's id", "没有得到视频的编号"));
        self.find_by_title(&title).await?.id().ok_or_else(missing)
    }
}

fn breaks_a_limit() -> Obstacle {
    Obstacle::Other(text!("the clip breaks a limit of Youku's", "片段超出优酷的限制"))
}

/// Whether Youku has seen nothing of a call, such as one beyond the rehearsal's own bound.
fn was_never_sent(error: &youku::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<SendError>());
    cause.is_some_and(SendError::never_sent)
}

/// Whether a refused commit leaves no video: Youku itself says so. The code of a system error decides nothing, nor does a page of another's.
fn is_final(error: &youku::Error) -> bool {
    matches!(error.kind(), ErrorKind::Refused | ErrorKind::FileHashMismatch)
        && error.details().code.is_some_and(|code| code != SYSTEM_ERROR)
}

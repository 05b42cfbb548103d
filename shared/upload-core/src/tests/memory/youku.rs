//! Youku's calls: sessions, commits, videos.

use super::super::clock;
use super::{
    Fault, Hidden, Memory, Session, SinglePut, WebSessions, bucket::MemoryBucket, md5_of, number,
    slices::SLICE_ADDRESS, token,
};
use crate::{
    metadata::{PublicType, VideoMetadata},
    *,
};
use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::time::Instant;

impl Memory {
    async fn create(&self, video: &NewVideo, md5: Option<Md5>) -> Result<(Option<Fault>, usize), Error> {
        let fault = self.begin_api("create").await?;
        let mut world = self.world();
        if md5.is_none() && world.quirks.web_sessions == Some(WebSessions::RefusedAtCreate) {
            return Err(Error::new(ErrorKind::Youku, "create", "file_md5 is missing"));
        }
        let (file_name, stated_md5) = (video.file_name().to_owned(), md5.map(|md5| md5.to_string()));
        let granted = Some(Instant::now());
        let metadata = video.metadata().clone();
        world.sessions.push(Session { file_name, stated_md5, metadata, granted, ..Session::default() });
        Ok((fault, world.sessions.len() - 1))
    }
}

impl Memory {
    fn make_video(&self, n: usize) -> Result<String, Error> {
        let mut world = self.world();
        let refuses = world.quirks.refuses_second_commit;
        let refuses_web = world.quirks.web_sessions == Some(WebSessions::RefusedAtCommit);
        let refuses_put = world.quirks.single_put == Some(SinglePut::RefusedAtCommit);
        let session = &mut world.sessions[n];
        if refuses_put && session.was_put {
            return Err(Error::new(ErrorKind::Youku, "commit", "the object was not uploaded in parts"));
        }
        let bytes = match &session.landed {
            Some(landed) => landed.clone(),
            None => session.written.values().flatten().copied().collect(),
        };
        let bytes = session.instant.clone().unwrap_or(bytes);
        match &session.stated_md5 {
            None if refuses_web => {
                return Err(Error::new(ErrorKind::Youku, "commit", "the upload has no MD5"));
            }
            Some(stated) if md5_of(&bytes).to_string() != *stated => {
                return Err(Error::new(ErrorKind::HashRefused, "commit", "the file has another MD5"));
            }
            _ => {}
        }
        session.dead |= refuses;
        let (id, file_name) = (format!("V{n}"), session.file_name.clone());
        world.committed.push(file_name);
        assert!(world.videos.insert(id.clone(), bytes).is_none() || !refuses, "committed twice");
        Ok(id)
    }
}

impl super::World {
    /// What `show` says of a video.
    fn show(&mut self, id: &str) -> Option<VideoState> {
        let committed = self.videos.contains_key(id);
        let shown = self.shown.entry(id.to_owned()).or_default();
        *shown += 1;
        let usual = if committed && *shown > 1 { VideoState::Normal } else { VideoState::Encoding };
        let next = if self.states.len() > 1 { self.states.pop_front() } else { None };
        let state = next.or(self.states.front().copied()).unwrap_or(usual);
        let is_hidden = self.quirks.hidden.is_some();
        ((committed && !is_hidden) || self.quirks.shows_uncommitted).then_some(state)
    }

    /// What the video of this id states now.
    pub(crate) fn metadata_of(&self, id: &str) -> VideoMetadata {
        let session = id.strip_prefix('V').and_then(|n| self.sessions.get(n.parse::<usize>().ok()?));
        let first = session.map(|session| session.metadata.clone()).unwrap_or_default();
        let edits = self.edits.iter().filter(|(_, edited, _)| edited == id);
        edits.fold(first, |before, (_, _, edit)| VideoMetadata::merge(edit.clone(), before))
    }
}

impl Memory {
    /// Whether Youku holds a file of this MD5: a commit takes that one then.
    fn is_known(&self, n: usize, md5: Md5) -> bool {
        let mut world = self.world();
        let known = world.known.iter().find(|(known, _)| *known == md5).map(|(_, bytes)| bytes.clone());
        world.sessions[n].instant.clone_from(&known);
        known.is_some()
    }

    fn early_id(&self, number: usize) -> Option<String> {
        Some(format!("V{number}")).filter(|_| !self.world().quirks.hides_video_id)
    }

    fn grant(&self, number: usize, generation: u32) -> UploadCredentials {
        UploadCredentials {
            target: UploadTarget { endpoint: "e".into(), bucket: "b".into(), object: number.to_string() },
            access_key_id: generation.to_string(),
            access_key_secret: "".into(),
            security_token: "".into(),
            expires: clock::right() + self.world().credentials_life,
        }
    }
}

#[async_trait]
impl Youku for Memory {
    fn client_id(&self) -> Option<&str> {
        self.client
    }

    fn access_token(&self) -> Option<SecretString> {
        self.token.map(Into::into)
    }

    async fn create_for_bucket(&self, video: &NewVideo, md5: Option<Md5>) -> Result<OssSession, Error> {
        let (fault, n) = self.create(video, md5).await?;
        let (video_id, credentials) = (self.early_id(n), self.grant(n, 0));
        let already_stored = md5.is_some_and(|md5| self.is_known(n, md5));
        let session = OssSession { upload_token: token(n), video_id, credentials, already_stored };
        self.end(fault, "create", ErrorKind::Youku, session).await
    }

    async fn create_for_slices(&self, video: &NewVideo, md5: Md5) -> Result<SliceSession, Error> {
        let (fault, n) = self.create(video, Some(md5)).await?;
        let (video_id, upload_server_uri) = (self.early_id(n), "s".into());
        let already_stored = self.is_known(n, md5);
        let session = SliceSession { upload_token: token(n), video_id, upload_server_uri, already_stored };
        self.end(fault, "create", ErrorKind::Youku, session).await
    }

    async fn refresh_credentials(
        &self,
        token: &SecretString,
        _: &UploadTarget,
    ) -> Result<UploadCredentials, Error> {
        let fault = self.in_session(token, "sts", self.begin_api("sts").await)?;
        let generation = {
            let session = &mut self.world().sessions[number(token)];
            session.generation += 1;
            session.granted = Some(Instant::now());
            session.generation
        };
        let fresh = self.grant(number(token), generation);
        self.end(fault, "sts", ErrorKind::Youku, fresh).await
    }

    async fn commit(&self, token: &SecretString, _: Option<&str>) -> Result<Option<String>, Error> {
        let fault = self.in_session(token, "commit", self.begin_api("commit").await)?;
        let id = self.make_video(number(token))?;
        let id = Some(id).filter(|_| !self.world().commit_hides_video_id);
        self.end(fault, "commit", ErrorKind::Youku, id).await
    }

    async fn cancel(&self, token: &SecretString, _: Option<&str>) -> Result<(), Error> {
        let fault = self.begin_api("cancel").await?;
        self.world().sessions[number(token)].dead = true;
        self.end(fault, "cancel", ErrorKind::Youku, ()).await
    }

    async fn show(&self, id: &str) -> Result<Option<VideoState>, Error> {
        self.begin_api("show").await?;
        Ok(self.world().show(id))
    }

    async fn show_batch(&self, ids: &[String]) -> Result<Option<Vec<(String, VideoState)>>, Error> {
        self.begin_api("show_batch").await?;
        let mut world = self.world();
        if world.batches.is_missing {
            return Ok(None);
        }
        if world.batches.max_ids.is_some_and(|most| ids.len() > most) {
            let refused = Error::new(ErrorKind::Youku, "show_batch", "video_ids are too many");
            return Err(if world.batches.fails { refused.retryable() } else { refused });
        }
        world.batches.asked.push((Instant::now(), ids.len()));
        let most = world.batches.answers.unwrap_or(ids.len());
        let shown = ids.iter().take(most).filter_map(|id| Some((id.clone(), world.show(id)?)));
        Ok(Some(shown.collect()))
    }

    async fn find_own(&self, id: &str) -> Result<Option<VideoState>, Error> {
        self.begin_api("by_me").await?;
        let world = self.world();
        let is_listed = world.videos.contains_key(id) && world.quirks.hidden != Some(Hidden::Everywhere);
        Ok(is_listed.then_some(world.states.front().copied().unwrap_or(VideoState::Normal)))
    }

    async fn show_video(&self, id: &str) -> Result<Option<VideoInfo>, Error> {
        let Some(state) = self.show(id).await? else { return Ok(None) };
        let metadata = self.world().metadata_of(id);
        Ok(Some(VideoInfo {
            id: id.to_owned(),
            title: metadata.title,
            link: watch_page(id),
            state,
            unlisted_state: None,
            public_type: Some(metadata.public_type.unwrap_or(PublicType::All).as_str().to_owned()),
            tags: metadata.tags.map(|tags| tags.join(",")),
            category: metadata.category,
            description: metadata.description,
        }))
    }

    async fn own_videos(&self, page: u64, count: u64) -> Result<Option<OwnVideos>, Error> {
        self.begin_api("by_me").await?;
        let ids: Vec<_> = self.world().videos.keys().rev().cloned().collect();
        let skipped = usize::try_from((page - 1) * count).expect("few");
        let wanted = usize::try_from(count).expect("few");
        let mut own = OwnVideos { total: Some(ids.len() as u64), is_last: true, ..OwnVideos::default() };
        for id in ids.iter().skip(skipped).take(wanted) {
            own.videos.extend(self.show_video(id).await?);
        }
        own.is_last = skipped + wanted >= ids.len();
        Ok(Some(own))
    }

    async fn update(&self, id: &str, edit: &VideoEdit) -> Result<(), Error> {
        let fault = self.begin_api("update").await?;
        if !self.world().videos.contains_key(id) {
            return Err(Error::new(ErrorKind::Youku, "update", "there is no such video"));
        }
        self.world().edits.push((Instant::now(), id.to_owned(), edit.metadata().clone()));
        self.end(fault, "update", ErrorKind::Youku, ()).await
    }

    fn bucket(&self, grant: &UploadCredentials) -> Result<Arc<dyn Bucket>, Error> {
        let session = grant.target.object.parse().expect("ours");
        let generation = grant.access_key_id.parse().expect("ours");
        Ok(Arc::new(MemoryBucket { memory: self.clone(), session, generation }))
    }

    async fn slice_server(&self, _: &str) -> Result<Arc<dyn SliceServer>, Error> {
        Ok(Arc::new(self.clone()))
    }

    async fn slice_server_at(&self, address: &str) -> Result<Arc<dyn SliceServer>, Error> {
        assert_eq!(address, SLICE_ADDRESS);
        Ok(Arc::new(self.clone()))
    }
}

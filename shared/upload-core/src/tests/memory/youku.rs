//! Youku's calls: sessions, commits, videos.

use super::{Fault, Memory, Session, bucket::MemoryBucket, md5_of, number, slices::SLICE_ADDRESS, token};
use crate::*;
use async_trait::async_trait;
use secrecy::SecretString;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

impl Memory {
    async fn create(&self, video: &Video) -> Result<(Option<Fault>, usize), Error> {
        let fault = self.begin("create").await?;
        let mut world = self.world();
        world.sessions.push(Session { stated_md5: video.md5.to_string(), ..Session::default() });
        Ok((fault, world.sessions.len() - 1))
    }

    fn alive(&self, number: usize, operation: &'static str) -> Result<(), Error> {
        if self.world().sessions[number].dead {
            return Err(Error::new(ErrorKind::SessionOver, operation, "the session is over"));
        }
        Ok(())
    }
}

impl Memory {
    fn make_video(&self, n: usize) -> Result<String, Error> {
        let mut world = self.world();
        let refuses = world.again_refuses;
        let session = &mut world.sessions[n];
        let bytes = match &session.landed {
            Some(landed) => landed.clone(),
            None => session.written.values().flatten().copied().collect(),
        };
        if md5_of(&bytes).to_string() != session.stated_md5 {
            return Err(Error::new(ErrorKind::Youku, "commit", "the file has another MD5"));
        }
        session.dead |= refuses;
        let id = format!("V{n}");
        assert!(world.videos.insert(id.clone(), bytes).is_none() || !refuses, "committed twice");
        Ok(id)
    }
}

fn grant(number: usize, generation: u32) -> Grant {
    Grant {
        endpoint: "e".into(),
        bucket: "b".into(),
        object: number.to_string(),
        access_key_id: generation.to_string(),
        access_key_secret: "".into(),
        security_token: "".into(),
        expires: SystemTime::now() + Duration::from_secs(3600),
    }
}

#[async_trait]
impl Youku for Memory {
    fn validate(&self, _: &Video) -> Result<(), Error> {
        Ok(())
    }

    async fn create_for_bucket(&self, video: &Video) -> Result<BucketSession, Error> {
        let (fault, n) = self.create(video).await?;
        let session =
            BucketSession { upload_token: token(n), video_id: Some(format!("V{n}")), grant: grant(n, 0) };
        self.end(fault, "create", ErrorKind::Youku, session).await
    }

    async fn create_for_slices(&self, video: &Video) -> Result<SliceSession, Error> {
        let (fault, n) = self.create(video).await?;
        let video_id = Some(format!("V{n}")).filter(|_| !self.world().hides_video_id);
        let session =
            SliceSession { upload_token: token(n), video_id, upload_server: "s".into(), instant: false };
        self.end(fault, "create", ErrorKind::Youku, session).await
    }

    async fn renew_grant(&self, token: &SecretString, _: &Grant) -> Result<Grant, Error> {
        let fault = self.begin("sts").await?;
        self.alive(number(token), "sts")?;
        let fresh = {
            let session = &mut self.world().sessions[number(token)];
            session.generation += 1;
            grant(number(token), session.generation)
        };
        self.end(fault, "sts", ErrorKind::Youku, fresh).await
    }

    async fn commit(&self, token: &SecretString, _: Option<&str>) -> Result<Option<String>, Error> {
        let fault = self.begin("commit").await?;
        let n = number(token);
        self.alive(n, "commit")?;
        let id = self.make_video(n)?;
        self.end(fault, "commit", ErrorKind::Youku, Some(id)).await
    }

    async fn cancel(&self, token: &SecretString, _: Option<&str>) -> Result<(), Error> {
        self.world().sessions[number(token)].dead = true;
        Ok(())
    }

    async fn show(&self, id: &str) -> Result<Option<VideoState>, Error> {
        self.begin("show").await?;
        let mut world = self.world();
        let known = world.videos.contains_key(id) || world.shows_uncommitted;
        let next = if world.states.len() > 1 { world.states.pop_front() } else { None };
        let state = next.or(world.states.front().copied()).unwrap_or(VideoState::Encoding);
        Ok(known.then_some(state))
    }

    fn bucket(&self, grant: &Grant) -> Result<Arc<dyn Bucket>, Error> {
        let session = grant.object.parse().expect("ours");
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

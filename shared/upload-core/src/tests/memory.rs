//! A source and a Youku in memory, with scripted faults: what the real ones may do, without sockets and under a paused clock.

use super::points::Points;
use crate::{
    ledger::{
        Ledger, LedgerSettings,
        tests::memory::{MemoryStore, TestSeal},
    },
    *,
};
use async_trait::async_trait;
use bytes::Bytes;
use crc_fast::{CrcAlgorithm, checksum};
use futures_util::{StreamExt, TryStreamExt, stream};
use md5::{Digest as _, Md5 as Md5Hash};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    ops::Range,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime},
};

/// What happens to one call instead of working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Refused with this kind, retryable, nothing done.
    Refuse(ErrorKind),
    /// Refused with this kind for good, nothing done.
    Deny(ErrorKind),
    /// Done, and the answer lost.
    LoseAnswer,
    /// The body ends early (read), or one of its bits flips (read, put).
    Cut,
    Flip,
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) content: Vec<u8>,
    pub(crate) etag: String,
    pub(crate) tells_md5: bool,
    pub(crate) tells_crc: bool,
    pub(crate) answers_crc: bool,
    pub(crate) again_refuses: bool,
    pub(crate) hides_parts: bool,
    pub(crate) hides_video_id: bool,
    pub(crate) shows_uncommitted: bool,
    faults: VecDeque<(&'static str, u32, Fault)>,
    pub(crate) calls: Vec<&'static str>,
    sessions: Vec<Session>,
    /// Bytes of committed videos, by id.
    pub(crate) videos: BTreeMap<String, Vec<u8>>,
}

#[derive(Default)]
struct Session {
    dead: bool,
    generation: u32,
    expired: u32,
    stated_md5: String,
    parts: BTreeMap<u32, Vec<u8>>,
    landed: Option<Vec<u8>>,
    wanted: BTreeSet<u64>,
    slice: u64,
    written: BTreeMap<u64, Vec<u8>>,
}

#[derive(Clone)]
pub(crate) struct Memory {
    world: Arc<Mutex<World>>,
    pub(crate) ledger: MemoryStore,
    pub(crate) points: Points,
}

pub(crate) fn crc64(bytes: &[u8]) -> u64 {
    checksum(CrcAlgorithm::Crc64Xz, bytes)
}

fn md5_of(bytes: &[u8]) -> Md5 {
    Md5(Md5Hash::digest(bytes).into())
}

impl Memory {
    pub(crate) fn holding(content: Vec<u8>) -> Self {
        let world = World {
            content,
            etag: "A".into(),
            tells_md5: true,
            tells_crc: true,
            answers_crc: true,
            ..World::default()
        };
        let points = Points::default();
        Self { world: Arc::new(Mutex::new(world)), ledger: MemoryStore::with(points.clone()), points }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panics while holding it")
    }

    /// The call of `operation` after `skip` more of them meets this fault.
    pub(crate) fn fault(&self, operation: &'static str, skip: u32, fault: Fault) {
        self.world().faults.push_back((operation, skip, fault));
    }

    pub(crate) fn uploader(&self) -> Uploader {
        let settings =
            TransferSettings { part_size: 1 << 20, in_flight: 3, slice_kib: 256, ..Default::default() };
        Uploader::new(Arc::new(self.clone()), Arc::new(self.clone()), self.ledger(), settings)
    }

    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::new(Arc::new(self.ledger.clone()), Arc::new(TestSeal), LedgerSettings::default())
    }

    /// Notes the call and answers the fault it meets.
    fn meets(&self, operation: &'static str) -> Option<Fault> {
        let mut world = self.world();
        world.calls.push(operation);
        let due = world.faults.iter().position(|(name, skip, _)| *name == operation && *skip == 0);
        if due.is_none() {
            world
                .faults
                .iter_mut()
                .filter(|(name, ..)| *name == operation)
                .for_each(|(_, skip, _)| *skip -= 1);
        }
        due.and_then(|at| world.faults.remove(at)).map(|(.., fault)| fault)
    }

    async fn begin(&self, operation: &'static str) -> Result<Option<Fault>, Error> {
        self.points.pass(operation).await;
        match self.meets(operation) {
            Some(Fault::Refuse(kind)) => Err(Error::new(kind, operation, "refused for now").retryable()),
            Some(Fault::Deny(kind)) => Err(Error::new(kind, operation, "refused")),
            other => Ok(other),
        }
    }
}

impl Memory {
    async fn end<T>(
        &self,
        fault: Option<Fault>,
        operation: &'static str,
        kind: ErrorKind,
        answer: T,
    ) -> Result<T, Error> {
        self.points.pass("answer").await;
        match fault {
            Some(Fault::LoseAnswer) => Err(Error::new(kind, operation, "the answer was lost").retryable()),
            _ => Ok(answer),
        }
    }
}

#[async_trait]
impl Source for Memory {
    async fn head(&self, location: &Location) -> Result<Object, Error> {
        self.begin("head").await?;
        let world = self.world();
        Ok(Object {
            location: location.clone(),
            etag: world.etag.clone(),
            version_id: None,
            size: world.content.len() as u64,
            md5: world.tells_md5.then(|| md5_of(&world.content)),
            crc64: world.tells_crc.then(|| crc64(&world.content)),
            user_metadata: BTreeMap::new(),
        })
    }

    async fn read(&self, object: &Object, range: Range<u64>) -> Result<ByteStream, Error> {
        let fault = self.begin("read").await?;
        let world = self.world();
        if world.etag != object.etag {
            return Err(Error::new(ErrorKind::SourceChanged, "read", "another version is there"));
        }
        let range = usize::try_from(range.start).expect("small")..usize::try_from(range.end).expect("small");
        let mut bytes = world.content[range].to_vec();
        match fault {
            Some(Fault::Flip) => bytes[0] ^= 1,
            Some(Fault::Cut) => bytes.truncate(bytes.len() / 2),
            _ => {}
        }
        let chunks: Vec<_> = bytes.chunks(64 << 10).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        Ok(stream::iter(chunks).boxed())
    }

    async fn read_small(&self, _: &Location, _: usize) -> Result<Option<Bytes>, Error> {
        Ok(None)
    }
}

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

const SLICE_ADDRESS: &str = "10.0.0.1:80";

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

fn token(number: usize) -> SecretString {
    SecretString::from(number.to_string())
}

fn number(token: &SecretString) -> usize {
    token.expose_secret().parse().expect("one of our tokens")
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
        let world = self.world();
        let known = world.videos.contains_key(id) || world.shows_uncommitted;
        Ok(known.then_some(VideoState::Encoding))
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

struct MemoryBucket {
    memory: Memory,
    session: usize,
    generation: u32,
}

impl MemoryBucket {
    fn join(&self, parts: &[(u32, String)]) -> Result<Option<u64>, Error> {
        let mut world = self.memory.world();
        let answers_crc = world.answers_crc;
        let session = &mut world.sessions[self.session];
        if session.landed.is_some() {
            return Err(Error::new(ErrorKind::NoSuchUpload, "complete", "there is no such upload"));
        }
        let whole: Vec<u8> = parts.iter().flat_map(|(n, _)| session.parts[n].clone()).collect();
        let crc64 = answers_crc.then(|| crc64(&whole));
        session.landed = Some(whole);
        Ok(crc64)
    }

    async fn begin(&self, operation: &'static str) -> Result<Option<Fault>, Error> {
        let fault = self.memory.begin(operation).await;
        let mut world = self.memory.world();
        let session = &mut world.sessions[self.session];
        if matches!(&fault, Err(error) if error.kind() == ErrorKind::CredentialExpired) {
            session.expired = self.generation + 1;
        }
        if self.generation < session.expired {
            return Err(Error::new(ErrorKind::CredentialExpired, operation, "the token is stale").retryable());
        }
        fault
    }
}

#[async_trait]
impl Bucket for MemoryBucket {
    async fn initiate(&self) -> Result<MultipartId, Error> {
        let fault = self.begin("initiate").await?;
        self.memory.end(fault, "initiate", ErrorKind::Target, MultipartId("M".into())).await
    }

    async fn put_part(
        &self,
        _: &MultipartId,
        n: u32,
        length: u64,
        bytes: ByteStream,
    ) -> Result<PartReceipt, Error> {
        let fault = self.begin("part").await?;
        let broken = |_| Error::new(ErrorKind::Target, "part", "the body broke").retryable();
        let chunks: Vec<Bytes> = bytes.try_collect().await.map_err(broken)?;
        let mut bytes = chunks.concat();
        assert_eq!(bytes.len() as u64, length);
        if fault == Some(Fault::Flip) {
            bytes[0] ^= 1;
        }
        let receipt = receipt(&bytes, self.memory.world().answers_crc);
        self.memory.world().sessions[self.session].parts.insert(n, bytes);
        self.memory.end(fault, "part", ErrorKind::Target, receipt).await
    }

    async fn parts(&self, _: &MultipartId) -> Result<Vec<(u32, PartReceipt)>, Error> {
        self.begin("parts").await?;
        if self.memory.world().hides_parts {
            return Err(Error::new(ErrorKind::Target, "parts", "access denied"));
        }
        let world = self.memory.world();
        let parts = &world.sessions[self.session].parts;
        Ok(parts.iter().map(|(n, bytes)| (*n, receipt(bytes, world.answers_crc))).collect())
    }

    async fn complete(&self, _: &MultipartId, parts: &[(u32, String)]) -> Result<Landed, Error> {
        let fault = self.begin("complete").await?;
        let crc64 = self.join(parts)?;
        self.memory.end(fault, "complete", ErrorKind::Target, Landed { size: None, crc64 }).await
    }

    async fn head(&self) -> Result<Landed, Error> {
        self.begin("target_head").await?;
        let world = self.memory.world();
        let missing = || Error::new(ErrorKind::Target, "target_head", "there is no such object");
        let landed = world.sessions[self.session].landed.as_ref().ok_or_else(missing)?;
        Ok(Landed { size: Some(landed.len() as u64), crc64: world.answers_crc.then(|| crc64(landed)) })
    }
}

fn receipt(bytes: &[u8], answers_crc: bool) -> PartReceipt {
    PartReceipt {
        etag: md5_of(bytes).to_string().to_ascii_uppercase(),
        crc64: answers_crc.then(|| crc64(bytes)),
        size: bytes.len() as u64,
    }
}

#[async_trait]
impl SliceServer for Memory {
    fn address(&self) -> &str {
        SLICE_ADDRESS
    }

    async fn create_file(
        &self,
        token: &SecretString,
        size: u64,
        _: &str,
        slice_kib: u32,
    ) -> Result<(), Error> {
        let fault = self.begin("create_file").await?;
        {
            let session = &mut self.world().sessions[number(token)];
            session.slice = u64::from(slice_kib) << 10;
            session.wanted = (0..size).step_by(slice_kib as usize * 1024).collect();
        }
        self.end(fault, "create_file", ErrorKind::Target, ()).await
    }

    async fn next_slice(&self, token: &SecretString) -> Result<Slice, Error> {
        let fault = self.begin("next").await?;
        let next = self.hand_out(number(token));
        self.end(fault, "next", ErrorKind::Target, next).await
    }

    async fn send_slice(
        &self,
        token: &SecretString,
        slice: Slice,
        bytes: Bytes,
        md5: Md5,
    ) -> Result<Slice, Error> {
        let fault = self.begin("slice").await?;
        if fault == Some(Fault::Flip) {
            return Err(Error::new(ErrorKind::Integrity, "slice", "hash check error").retryable());
        }
        assert_eq!((md5_of(&bytes), bytes.len() as u64), (md5, slice.length));
        let refused =
            self.world().sessions[number(token)].written.insert(slice.offset, bytes.to_vec()).is_some();
        if refused {
            return Err(Error::new(ErrorKind::Target, "slice", "nobody holds this slice"));
        }
        let next = self.hand_out(number(token));
        self.end(fault, "slice", ErrorKind::Target, next).await
    }

    async fn check(&self, token: &SecretString) -> Result<SliceCheck, Error> {
        let fault = self.begin("check").await?;
        let check = self.how_far(number(token));
        self.end(fault, "check", ErrorKind::Target, check).await
    }
}

impl Memory {
    fn how_far(&self, n: usize) -> SliceCheck {
        let mut world = self.world();
        let total = world.content.len() as u64;
        let session = &mut world.sessions[n];
        let held: u64 = session.written.values().map(|bytes| bytes.len() as u64).sum();
        if held < total && session.wanted.is_empty() {
            // Slices that were handed out and never delivered come back.
            session.wanted = (0..total).step_by(usize::try_from(session.slice).expect("small")).collect();
            let Session { wanted, written, .. } = session;
            wanted.retain(|offset| !written.contains_key(offset));
        }
        if held == total {
            SliceCheck::Written { server_ip: Some("10.0.0.1".into()) }
        } else {
            SliceCheck::Wanting
        }
    }

    fn hand_out(&self, n: usize) -> Slice {
        let mut world = self.world();
        let total = world.content.len() as u64;
        let session = &mut world.sessions[n];
        let Some(offset) = session.wanted.pop_first() else { return Slice { id: 0, offset: 0, length: 0 } };
        Slice { id: offset + 1, offset, length: session.slice.min(total - offset) }
    }
}

//! The local Youku on its two listeners.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::cloud::{Inner, State, Youku};
use super::config::YoukuConfig;
use super::disk::Disk;
use super::switches::Switches;
use super::tokens::TokenPair;
use super::video::{ReceivedView, SessionView, VideoView};
use crate::control::{Control, Link, Server, serve};
use crate::oss::{Clock, Oss, OssConfig, Subscription};

/// A running local Youku: the API and slice server on one listener, its own OSS on the other. Ends when dropped.
pub struct YoukuServer {
    youku: Youku,
    api: Server,
    bucket: Server,
    control: Control,
    bucket_control: Control,
    /// Aborted when dropped.
    progress: JoinSet<()>,
}

impl YoukuServer {
    /// Serves on both listeners with one shared link. Videos and tokens of an earlier run in the same directory are
    /// taken up; sessions that were not committed are not.
    ///
    /// # Errors
    /// The data directory cannot be used, or a listener has no address.
    pub async fn start(config: YoukuConfig, api: TcpListener, bucket: TcpListener) -> io::Result<Self> {
        let disk = Disk::open(&config.data_dir)?;
        let oss = Oss::new(OssConfig {
            region: config.region.clone(),
            allow_v1: config.bucket_allows_v1,
            allow_v4: config.bucket_allows_v4,
            md5_ahead: true,
            ..OssConfig::new(disk.bucket_dir())
        })?;
        oss.create_bucket(&config.bucket);
        oss.set_discard(config.switches.discard);
        let state = first_state(&config, &disk)?;
        let youku = Youku(Arc::new(Inner {
            host: api.local_addr()?.to_string(),
            bucket_url: format!("http://{}", bucket.local_addr()?),
            oss: oss.clone(),
            clock: Clock::default(),
            progress: watch::Sender::new(0),
            state: Mutex::new(state),
            disk,
            config,
        }));
        let mut progress = JoinSet::new();
        progress.spawn(follow_bucket(youku.clone()));
        let link = Link::default();
        let (control, bucket_control) = (Control::with_link(link.clone()), Control::with_link(link));
        Ok(Self {
            api: serve(api, youku.clone(), control.clone()),
            bucket: serve(bucket, oss, bucket_control.clone()),
            youku,
            control,
            bucket_control,
            progress,
        })
    }

    /// `http://127.0.0.1:PORT` of the API; the slice server is the same address.
    pub fn api(&self) -> String {
        format!("http://{}", self.api.addr())
    }

    /// `http://127.0.0.1:PORT` of Youku's own OSS.
    pub fn bucket(&self) -> String {
        format!("http://{}", self.bucket.addr())
    }

    /// Faults of API and slice server, and the link of everything.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Faults of Youku's own OSS, and the same link.
    pub fn bucket_control(&self) -> Control {
        self.bucket_control.clone()
    }

    /// Youku's own OSS.
    pub fn oss(&self) -> Oss {
        self.youku.0.oss.clone()
    }

    /// Committed videos, oldest first.
    pub fn videos(&self) -> Vec<VideoView> {
        self.youku.videos()
    }

    /// Bytes taken in by each session, oldest first.
    pub fn received(&self) -> Vec<ReceivedView> {
        self.youku.received_all()
    }

    /// All sessions of this process, oldest first.
    pub fn sessions(&self) -> Vec<SessionView> {
        self.youku.sessions()
    }

    /// Bytes taken in by all uploads; changes as slices arrive, and in OSS mode with each part.
    pub fn progress(&self) -> watch::Receiver<u64> {
        self.youku.0.progress.subscribe()
    }

    /// The open questions as they stand.
    pub fn switches(&self) -> Switches {
        self.youku.state().switches.clone()
    }

    /// Answers the open questions anew.
    pub fn set_switches(&self, switches: Switches) {
        self.youku.set_switches(switches);
    }

    /// Sets how many seconds the clock of API and bucket is ahead of this machine's; negative: behind. `Date`, `expire_time` and the
    /// bucket's check of a signature's time are by it; how long tokens and credentials live is not touched.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.youku.set_clock_ahead(seconds);
    }

    /// Sets what `videos/show` says of a committed video from now on, e.g. `fail` or `blocked`; `gone`: it knows the id no
    /// more; `None`: what the switches say. False: there is no such video.
    ///
    /// # Errors
    /// The video's record cannot be written.
    pub fn set_video_state(&self, video_id: &str, state: Option<&str>) -> io::Result<bool> {
        self.youku.set_video_state(video_id, state)
    }

    /// The newest token pair of a client, refreshes counted; absent: no such client.
    pub fn tokens(&self, client_id: &str) -> Option<TokenPair> {
        self.youku.state().tokens.latest(client_id)
    }

    /// Ends every access token of a client (they answer 1009).
    pub fn expire_access_token(&self, client_id: &str) {
        self.youku.expire_access_token(client_id);
    }

    /// Ends the upload token of the session behind a video id; false: there is none.
    pub fn expire_upload_token(&self, video_id: &str) -> bool {
        self.youku.expire_upload_token(video_id)
    }

    /// Ends the STS credentials handed out so far for the session behind a video id; false: there is none.
    pub fn expire_sts(&self, video_id: &str) -> bool {
        self.youku.expire_sts(video_id)
    }

    #[cfg(test)]
    pub(super) fn youku(&self) -> Youku {
        self.youku.clone()
    }

    /// Ends both servers; when this returns, both ports are free.
    pub async fn shutdown(self) {
        let Self { api, bucket, progress, .. } = self;
        drop(progress);
        api.shutdown().await;
        bucket.shutdown().await;
    }
}

/// What an earlier run left, and the accounts.
fn first_state(config: &YoukuConfig, disk: &Disk) -> io::Result<State> {
    let mut tokens = disk.tokens()?;
    for account in &config.accounts {
        let expires = account.access_expires.unwrap_or_else(|| SystemTime::now() + config.access_token_life);
        tokens.add(account, expires);
    }
    disk.save_tokens(&tokens)?;
    let videos = disk.videos()?.into_iter().map(|video| (video.id.clone(), video)).collect();
    Ok(State { tokens, switches: config.switches.clone(), videos, ..State::default() })
}

/// Carries the bytes that arrive in the bucket into the common count.
async fn follow_bucket(youku: Youku) {
    let (sink, mut events) = mpsc::unbounded_channel();
    youku.0.oss.subscribe(Subscription {
        bucket: youku.0.config.bucket.clone(),
        events: vec!["oss:ObjectCreated:*".to_owned()],
        prefix: String::new(),
        suffix: String::new(),
        sink,
    });
    let mut counted = 0;
    while events.recv().await.is_some() {
        let views = youku.received_all().into_iter();
        let total: u64 = views.filter(|view| view.mode == super::Mode::Oss).map(|view| view.bytes).sum();
        youku.0.progress.send_modify(|all| *all += total.saturating_sub(counted));
        counted = counted.max(total);
    }
}

//! The local Youku on its two listeners.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::ServerClock;
use crate::control::handle::Control;
use crate::control::link::Link;
use crate::control::server::{Server, serve};
use crate::oss::config::OssConfig;
use crate::oss::server::Oss;
use crate::youku::change::ChangeView;
use crate::youku::config::YoukuConfig;
use crate::youku::disk::Disk;
use crate::youku::follow_bucket::follow_bucket;
use crate::youku::state::{Shared, State, YoukuService};
use crate::youku::switches::Switches;
use crate::youku::tokens::TokenPair;
use crate::youku::views::{ReceivedView, SessionView, VideoView};

/// A running local Youku: API and slice server on one listener, its own OSS on the other. Both end when
/// dropped.
pub struct YoukuServer {
    youku: YoukuService,
    api: Server,
    bucket: Server,
    control: Control,
    bucket_control: Control,
    /// Aborted when dropped.
    progress: JoinSet<()>,
}

impl YoukuServer {
    /// Serves on both listeners with one shared link. Loads videos and tokens of an earlier run in the same
    /// directory; uncommitted sessions are lost.
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
        oss.0.keys.set_expired_code(config.switches.expired_sts.code());
        let state = load_state(&config, &disk)?;
        let youku = YoukuService(Arc::new(Shared {
            host: api.local_addr()?.to_string(),
            bucket_url: format!("http://{}", bucket.local_addr()?),
            oss: oss.clone(),
            clock: ServerClock::default(),
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

    /// What happened to all videos, oldest first: commits, updates and removals with their times.
    pub fn changes(&self) -> Vec<ChangeView> {
        self.youku.changes()
    }

    /// Bytes received by each session, oldest first.
    pub fn received(&self) -> Vec<ReceivedView> {
        self.youku.received_views()
    }

    /// All sessions of this process, oldest first.
    pub fn sessions(&self) -> Vec<SessionView> {
        self.youku.sessions()
    }

    /// Bytes received by all uploads; changes as slices arrive, and in OSS mode with each part.
    pub fn progress(&self) -> watch::Receiver<u64> {
        self.youku.0.progress.subscribe()
    }

    /// The switches in force.
    pub fn switches(&self) -> Switches {
        self.youku.state().switches.clone()
    }

    /// Sets the switches.
    pub fn set_switches(&self, switches: Switches) {
        self.youku.set_switches(switches);
    }

    /// Sets how many seconds the clock of API and bucket is ahead of this machine's; negative when it is
    /// slow. `Date`, `expire_time` and the bucket's check of a signature's time follow it; the life of tokens
    /// and credentials does not.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.youku.set_clock_ahead(seconds);
    }

    /// Sets what `videos/show` says of a committed video from now on, e.g. `fail` or `blocked`; `gone`: the
    /// id is unknown to it; `None`: what the switches say. False: there is no such video.
    ///
    /// # Errors
    /// The video's record cannot be written.
    pub fn set_video_state(&self, video_id: &str, state: Option<&str>) -> io::Result<bool> {
        self.youku.set_video_state(video_id, state)
    }

    /// The newest token pair of a client, refreshes included; absent: there is no such client.
    pub fn tokens(&self, client_id: &str) -> Option<TokenPair> {
        self.youku.state().tokens.latest(client_id)
    }

    /// Expires every access token of a client (they answer 1009).
    pub fn expire_access_token(&self, client_id: &str) {
        self.youku.expire_access_token(client_id);
    }

    /// Expires the upload token of the session with this video id; false: there is none.
    pub fn expire_upload_token(&self, video_id: &str) -> bool {
        self.youku.expire_upload_token(video_id)
    }

    /// Expires the STS credentials issued so far for the session with this video id; false: there is none.
    pub fn expire_sts(&self, video_id: &str) -> bool {
        self.youku.expire_sts(video_id)
    }

    /// Ends both servers; when this returns, both ports are free.
    pub async fn shutdown(self) {
        let Self { api, bucket, progress, .. } = self;
        drop(progress);
        api.shutdown().await;
        bucket.shutdown().await;
    }
}

/// Loads what an earlier run left, and adds the accounts.
fn load_state(config: &YoukuConfig, disk: &Disk) -> io::Result<State> {
    let mut tokens = disk.tokens()?;
    for account in &config.accounts {
        let expires = account.access_expires.unwrap_or_else(|| SystemTime::now() + config.access_token_life);
        tokens.add(account, expires);
    }
    disk.save_tokens(&tokens)?;
    let videos = disk.videos()?.into_iter().map(|video| (video.id.clone(), video)).collect();
    Ok(State { tokens, switches: config.switches.clone(), videos, ..State::default() })
}

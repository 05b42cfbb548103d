//! The three local clouds wired together: a file put into the bucket calls the function.

use std::fmt::Display;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::clouds::config::{CloudsConfig, Endpoints};
use crate::clouds::forward::forward_events;
use crate::clouds::role::assume_role;
use crate::control::handle::Control;
use crate::control::server::{Server, serve};
use crate::fc::config::credentials::StsCredentials;
use crate::fc::config::function::FunctionConfig;
use crate::fc::config::host::FcConfig;
use crate::fc::host::FcHost;
pub(crate) use crate::oss::auth::access_key::AccessKey;
pub(crate) use crate::oss::auth::policy::Policy;
use crate::oss::config::OssConfig;
use crate::oss::server::Oss;
use crate::oss::subscription::Subscription;
use crate::youku::server::YoukuServer;

/// The running clouds. Dropped, they end; [`LocalClouds::shutdown`] does it in order.
pub struct LocalClouds {
    /// The local OSS.
    pub oss: Oss,
    /// Its faults and link.
    pub oss_control: Control,
    /// The local Youku.
    pub youku: YoukuServer,
    /// The function host.
    pub fc: FcHost,
    /// Where they are.
    pub endpoints: Endpoints,
    /// The function's name.
    pub function: String,
    oss_server: Server,
    /// The function's credentials as they are now.
    role: Mutex<StsCredentials>,
    role_policy: Option<Policy>,
    flush: mpsc::UnboundedSender<oneshot::Sender<()>>,
    tasks: JoinSet<()>,
}

impl LocalClouds {
    /// Starts OSS, Youku and function host. `function` receives their addresses and returns what to run; a
    /// function without credentials of its own gets those of a role.
    ///
    /// # Errors
    /// A folder or a port that cannot be used, which the error names, or a function setting out of range.
    pub async fn start(
        config: CloudsConfig,
        function: impl FnOnce(&Endpoints) -> FunctionConfig,
    ) -> io::Result<Self> {
        let port = |offset| if config.port_base == 0 { 0 } else { config.port_base.saturating_add(offset) };
        let listen = async |offset| {
            let port = port(offset);
            let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
            bound.map_err(|error| with_subject(format_args!("port {port}"), &error))
        };
        let (oss_listener, youku_listener, bucket_listener) =
            (listen(0).await?, listen(1).await?, listen(2).await?);
        let (fc_listener, trigger_listener) = (listen(3).await?, listen(4).await?);
        let url = |listener: &TcpListener| listener.local_addr().map(|addr| format!("http://{addr}"));
        let mut endpoints = Endpoints {
            oss: url(&oss_listener)?,
            youku: url(&youku_listener)?,
            youku_bucket: url(&bucket_listener)?,
            fc: url(&fc_listener)?,
            http_trigger: url(&trigger_listener)?,
            youku_accounts: config.youku.accounts.clone(),
        };

        let folder = config.data_dir.join("oss");
        let oss = Oss::new(OssConfig { region: config.region.clone(), ..OssConfig::new(&folder) })
            .map_err(|error| with_subject(folder.display(), &error))?;
        let buckets = std::iter::once(config.bucket).chain(config.other_buckets).collect::<Vec<_>>();
        buckets.iter().for_each(|bucket| oss.create_bucket(bucket));
        let (id, secret) = &config.access_key;
        oss.add_key(AccessKey::permanent(id, secret));
        let oss_control = Control::new();
        let oss_server = serve(oss_listener, oss.clone(), oss_control.clone());
        let folder = config.youku.data_dir.clone();
        let youku = YoukuServer::start(config.youku, youku_listener, bucket_listener)
            .await
            .map_err(|error| with_subject(folder.display(), &error))?;
        for account in &mut endpoints.youku_accounts {
            if let Some(newest) = youku.tokens(&account.client_id) {
                account.access_token = newest.access_token;
                account.refresh_token = newest.refresh_token;
            }
        }

        let mut function = function(&endpoints);
        let name = function.name.clone();
        let role_policy = config.role_policy;
        let role =
            Mutex::new(function.credentials.get_or_insert_with(|| assume_role(&oss, &role_policy)).clone());
        let fc_config = FcConfig {
            region: config.region,
            keys: vec![config.access_key],
            functions: vec![function],
            ..FcConfig::default()
        };
        let fc = FcHost::start(fc_config, fc_listener, [trigger_listener]).await?;

        let (sink, events) = mpsc::unbounded_channel();
        for bucket in buckets {
            oss.subscribe(Subscription {
                bucket,
                events: config.events.clone(),
                prefix: String::new(),
                suffix: String::new(),
                sink: sink.clone(),
            });
        }
        let (flush, flushes) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(forward_events(events, flushes, fc.invoker(), name.clone()));
        Ok(Self {
            oss,
            oss_control,
            youku,
            fc,
            endpoints,
            function: name,
            oss_server,
            role,
            role_policy,
            flush,
            tasks,
        })
    }

    /// Waits until every event fired so far has been handled and no asynchronous call is left.
    pub async fn wait_settled(&self) {
        let (done, flushed) = oneshot::channel();
        if self.flush.send(done).is_ok() {
            // An error means that events are no longer forwarded: there is nothing to wait for.
            let _ = flushed.await;
        }
        self.fc.wait_async_settled().await;
    }

    /// Gives the function new role credentials and makes the old ones stale, as if they had expired.
    pub fn rotate_role(&self) {
        let new = assume_role(&self.oss, &self.role_policy);
        self.fc.set_credentials(&self.function, Some(new.clone()));
        let mut role = self.role.lock().unwrap_or_else(PoisonError::into_inner);
        self.oss.expire_key(&std::mem::replace(&mut *role, new).access_key_id);
    }

    /// Ends everything; no process is left and the ports are free.
    pub async fn shutdown(self) {
        let Self { fc, youku, oss_server, tasks, .. } = self;
        drop(tasks);
        fc.shutdown().await;
        youku.shutdown().await;
        oss_server.shutdown().await;
    }
}

/// Adds the subject of an error to its text.
fn with_subject(what: impl Display, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}

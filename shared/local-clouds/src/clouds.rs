//! The three local clouds wired together: a file put into the bucket calls the function.

use std::fmt::Display;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::control::{Control, Server, serve};
use crate::fc::{FcConfig, FcHost, FunctionConfig, Invoker, StsCredentials};
use crate::oss::{AccessKey, Oss, OssConfig, Policy, Subscription};
use crate::youku::{Account, YoukuConfig, YoukuServer};

/// Settings of the local clouds. `CloudsConfig { .., ..CloudsConfig::new(dir) }` changes single fields.
#[derive(Clone)]
pub struct CloudsConfig {
    /// Where objects are kept: `oss` in it; Youku has a folder of its own in [`CloudsConfig::youku`].
    pub data_dir: PathBuf,
    /// Region of OSS and function.
    pub region: String,
    /// The bucket whose events call the function; made if missing.
    pub bucket: String,
    /// Those events, as a trigger's configuration names them.
    pub events: Vec<String>,
    /// The user's access key id and secret, for OSS and for calling functions.
    pub access_key: (String, String),
    /// What the function's role may do in OSS; absent = everything.
    pub role_policy: Option<Policy>,
    /// Settings of the local Youku.
    pub youku: YoukuConfig,
    /// First of five ports (OSS, Youku, Youku's bucket, function API, HTTP trigger); 0 = free ones.
    pub port_base: u16,
}

impl CloudsConfig {
    /// A bucket `videos`, one Youku account, free ports, everything kept under `data_dir`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let data_dir = data_dir.into();
        let created = ["PutObject", "PostObject", "CompleteMultipartUpload", "CopyObject"];
        Self {
            youku: YoukuConfig::new(data_dir.join("youku")),
            data_dir,
            region: "cn-hangzhou".to_owned(),
            bucket: "videos".to_owned(),
            events: created.map(|event| format!("oss:ObjectCreated:{event}")).to_vec(),
            access_key: ("local-access-key".to_owned(), "local-access-secret".to_owned()),
            role_policy: None,
            port_base: 0,
        }
    }
}

/// Where the clouds are and who may use Youku; known before the function starts, so that its settings can name them.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// `http://127.0.0.1:PORT` of the local OSS; path style.
    pub oss: String,
    /// `http://127.0.0.1:PORT` of Youku's API.
    pub youku: String,
    /// `http://127.0.0.1:PORT` of Youku's own bucket.
    pub youku_bucket: String,
    /// `http://127.0.0.1:PORT` of the function API.
    pub fc: String,
    /// `http://127.0.0.1:PORT` of the HTTP trigger, if the function has one.
    pub http_trigger: String,
    /// The accounts at the local Youku with their newest tokens: in an earlier run they may have been refreshed.
    pub youku_accounts: Vec<Account>,
}

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
    /// Starts OSS, Youku and function host. `function` is told where they are and says what to run; without credentials
    /// of its own the function gets those of a role.
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
            bound.map_err(|error| about(format_args!("port {port}"), &error))
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
            .map_err(|error| about(folder.display(), &error))?;
        oss.create_bucket(&config.bucket);
        let (id, secret) = &config.access_key;
        oss.add_key(AccessKey::permanent(id, secret));
        let oss_control = Control::new();
        let oss_server = serve(oss_listener, oss.clone(), oss_control.clone());
        let folder = config.youku.data_dir.clone();
        let youku = YoukuServer::start(config.youku, youku_listener, bucket_listener)
            .await
            .map_err(|error| about(folder.display(), &error))?;
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
        oss.subscribe(Subscription {
            bucket: config.bucket,
            events: config.events,
            prefix: String::new(),
            suffix: String::new(),
            sink,
        });
        let (flush, flushes) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(forward(events, flushes, fc.invoker(), name.clone()));
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

    /// Resolves when every event fired so far has been worked on and no asynchronous call is left.
    pub async fn settled(&self) {
        let (done, flushed) = oneshot::channel();
        if self.flush.send(done).is_ok() {
            // An error means that nobody forwards events any more: there is nothing to wait for.
            let _ = flushed.await;
        }
        self.fc.async_settled().await;
    }

    /// Gives the function new role credentials and makes the old ones stale, as if their time were up.
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

/// An error that says what it is about.
fn about(what: impl Display, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}

/// Admits new temporary credentials.
fn assume_role(oss: &Oss, policy: &Option<Policy>) -> StsCredentials {
    let word = || format!("{:032x}", rand::random::<u128>());
    let (access_key_id, access_key_secret, security_token) = (format!("STS.{}", word()), word(), word());
    let (id, secret, token) =
        (access_key_id.clone(), access_key_secret.clone(), Some(security_token.clone()));
    oss.add_key(AccessKey { token, policy: policy.clone(), ..AccessKey::permanent(id, secret) });
    StsCredentials { access_key_id, access_key_secret, security_token }
}

/// Carries events to the function. A flush is answered when the events before it are in the function's queue.
async fn forward(
    mut events: mpsc::UnboundedReceiver<Value>,
    mut flushes: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
    invoker: Invoker,
    function: String,
) {
    let call = |event: Value| invoker.invoke_async(&function, event.to_string());
    loop {
        tokio::select! {
            Some(event) = events.recv() => {
                call(event);
            }
            Some(done) = flushes.recv() => {
                while let Ok(event) = events.try_recv() {
                    call(event);
                }
                // Whoever asked may have gone away.
                let _ = done.send(());
            }
            else => return,
        }
    }
}

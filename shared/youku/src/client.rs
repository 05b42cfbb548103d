//! The calls to the API host.

use crate::{
    config::Config,
    error::{Error, ErrorKind},
    hosts::{Bases, CallUrls, FoundHost, HeldHost, HostedCall, Hosts},
    http::{
        decode,
        form::video_form,
        operation::Operation,
        request::{self, Fields},
        response::Response,
        transport::Transport,
    },
    new_video::NewVideo,
    slices::SliceServer,
    types::{Md5, OssSession, SliceSession, TokenPair, UploadCredentials, UploadTarget},
};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// One account on Youku's API. Clones share their settings and connections.
#[derive(Debug, Clone)]
pub struct Client {
    config: Arc<Config>,
    transport: Arc<dyn Transport>,
    hosts: Hosts,
}

impl Client {
    /// A client over `transport`.
    pub fn new(mut config: Config, transport: Arc<dyn Transport>) -> Self {
        let CallUrls { show, show_batch, by_me, update, destroy } = &mut config.call_urls;
        let stated = [show, show_batch, by_me, update, destroy].into_iter().flatten();
        for url in [&mut config.api, &mut config.old_api].into_iter().chain(stated) {
            url.truncate(url.trim_end_matches('/').len());
        }
        Self { config: Arc::new(config), transport, hosts: Hosts::default() }
    }

    /// The same application as another account.
    pub fn with_token(&self, access_token: SecretString) -> Self {
        Self {
            config: Arc::new(Config { access_token, ..Config::clone(&self.config) }),
            transport: self.transport.clone(),
            hosts: self.hosts.clone(),
        }
    }

    /// The same account with its calls about videos held to one of the two hosts, so that the other is not asked: for finding out which of
    /// them has a call.
    #[must_use]
    pub fn held_to(&self, host: HeldHost) -> Self {
        let base = match host {
            HeldHost::New => &self.config.api,
            HeldHost::Old => &self.config.old_api,
        };
        let call_urls = CallUrls::all_at(base);
        Self {
            config: Arc::new(Config { call_urls, ..Config::clone(&self.config) }),
            transport: self.transport.clone(),
            hosts: Hosts::default(),
        }
    }

    /// The application's id: Youku counts calls by it.
    pub fn client_id(&self) -> &str {
        &self.config.client_id
    }

    /// The account's access token.
    pub fn access_token(&self) -> &SecretString {
        &self.config.access_token
    }

    /// Spends `refresh_token` for a new pair. If the answer is lost, so is the token: a person must fetch the next pair.
    ///
    /// # Errors
    /// Any kind but `Invalid`; a spent token is `Refused` or `AccessTokenRefused`.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<TokenPair, Error> {
        let mut form = vec![
            ("client_id", self.config.client_id.as_str()),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose_secret()),
        ];
        if let Some(secret) = &self.config.client_secret {
            form.push(("client_secret", secret.expose_secret()));
        }
        let answer = self.post(Operation::Refresh, "/oauth2/token.json", &form).await?;
        decode::token_pair(&answer)
    }

    /// Opens an upload whose bytes go to Youku's OSS bucket, for a file of this MD5. Without one it is opened as Youku's own web page does
    /// (`isweb=1`, Youku sheet, create); whether Youku takes that from an application is not documented.
    ///
    /// # Errors
    /// Any kind but `Invalid`: the video is checked already.
    pub async fn create_for_oss(&self, video: &NewVideo, file_md5: Option<Md5>) -> Result<OssSession, Error> {
        let form: &[_] =
            if file_md5.is_some() { &[("isnew", "1")] } else { &[("isnew", "1"), ("isweb", "1")] };
        decode::oss_session(&self.create(video, file_md5, form).await?)
    }

    /// Opens an upload whose bytes go to a slice server, for a file of this MD5.
    ///
    /// # Errors
    /// As [`create_for_oss`](Self::create_for_oss).
    pub async fn create_for_slices(&self, video: &NewVideo, file_md5: Md5) -> Result<SliceSession, Error> {
        decode::slice_session(&self.create(video, Some(file_md5), &[]).await?)
    }

    /// Fetches fresh credentials for an open upload; a multipart upload under way continues with them. The endpoint is again Youku's to
    /// name.
    ///
    /// # Errors
    /// `UploadTokenExpired` once Youku has given the upload up; any kind but `Invalid`.
    pub async fn sts(
        &self,
        upload_token: &SecretString,
        target: &UploadTarget,
    ) -> Result<UploadCredentials, Error> {
        let UploadTarget { bucket, object, .. } = target;
        let mut query = self.account().to_vec();
        query.extend([
            ("upload_token", upload_token.expose_secret()),
            ("oss_bucket", bucket),
            ("oss_object", object),
        ]);
        let answer = self.get(Operation::Sts, "/uploads/get_sts_inf.json", &query).await?;
        decode::upload_credentials(&answer, bucket.clone(), object.clone())
    }

    /// Turns an upload into a video and answers the video's id, if Youku names it. Slice mode names the address from
    /// [`Check`](crate::Check).
    ///
    /// # Errors
    /// After any error the video may exist all the same: ask [`Client::show`](Self::show).
    pub async fn commit(
        &self,
        upload_token: &SecretString,
        upload_server_ip: Option<&str>,
    ) -> Result<Option<String>, Error> {
        let form = self.session_params(upload_token, upload_server_ip);
        let answer = self.post(Operation::Commit, "/uploads/commit.json", &form).await?;
        let video_id = answer.optional_text("video_id");
        // Without an id only an answer that is nothing else counts: something between may speak with status 200.
        if video_id.is_none() && (answer.has("code") || answer.has("message")) {
            return Err(answer.malformed("video_id"));
        }
        Ok(video_id)
    }

    /// Shows whether Youku takes the access token, by asking for the credentials of an upload that does not exist: nothing changes.
    /// Nobody documents whether Youku looks at the access token first; one that it refused here is refused everywhere.
    ///
    /// # Errors
    /// `AccessTokenRefused`, `ClientRefused`, and whatever keeps Youku from answering.
    pub async fn check_access(&self) -> Result<(), Error> {
        let nothing = SecretString::from("0".repeat(32));
        let nowhere =
            UploadTarget { endpoint: String::new(), bucket: "none".to_owned(), object: "none".to_owned() };
        match self.sts(&nothing, &nowhere).await {
            Ok(_) => Ok(()),
            Err(error) => match error.kind() {
                ErrorKind::UploadTokenExpired | ErrorKind::NotFound | ErrorKind::Refused => Ok(()),
                _ => Err(error),
            },
        }
    }

    /// Asks for the id of the user whose access token this is. The call was seen on the older host alone.
    ///
    /// # Errors
    /// Any kind but `Invalid`; `Protocol` where the answer names no user.
    pub async fn my_user(&self) -> Result<String, Error> {
        let url = format!("{}/users/myinfo.json", self.config.old_api);
        let answer = request::post_form(&*self.transport, Operation::MyInfo, &url, &self.account()).await?;
        answer.text("id")
    }

    /// Gives an upload up.
    ///
    /// # Errors
    /// Any kind but `Invalid`.
    pub async fn cancel(
        &self,
        upload_token: &SecretString,
        upload_server_ip: Option<&str>,
    ) -> Result<(), Error> {
        let query = self.session_params(upload_token, upload_server_ip);
        self.get(Operation::Cancel, "/uploads/cancel.json", &query).await?;
        Ok(())
    }

    /// The slice server of an upload. A name is resolved here, once: all calls of one upload go to one address.
    ///
    /// # Errors
    /// `Connection` or `TimedOut` when the name cannot be resolved.
    pub async fn slice_server(&self, upload_server_uri: &str) -> Result<SliceServer, Error> {
        let server = self.config.upload_server.as_deref();
        SliceServer::resolve(self.transport.clone(), server.unwrap_or(upload_server_uri)).await
    }

    /// The slice server at an address that [`SliceServer::address`] gave earlier: how an upload is resumed.
    ///
    /// # Errors
    /// `Config` when it is not an address.
    pub fn slice_server_at(&self, address: &str) -> Result<SliceServer, Error> {
        SliceServer::from_address(self.transport.clone(), address)
    }

    async fn create(
        &self,
        video: &NewVideo,
        file_md5: Option<Md5>,
        mode: &[(&'static str, &str)],
    ) -> Result<Response, Error> {
        let described = video_form(video, file_md5);
        let mut form = self.account().to_vec();
        form.extend(described.iter().map(|(name, value)| (*name, value.as_str())));
        form.extend(mode);
        self.post(Operation::Create, "/uploads/create.json", &form).await
    }

    pub(crate) fn account(&self) -> [(&'static str, &str); 2] {
        [("client_id", &self.config.client_id), ("access_token", self.config.access_token.expose_secret())]
    }

    fn session_params<'a>(
        &'a self,
        upload_token: &'a SecretString,
        upload_server_ip: Option<&'a str>,
    ) -> Vec<(&'static str, &'a str)> {
        let mut fields = self.account().to_vec();
        fields.push(("upload_token", upload_token.expose_secret()));
        fields.extend(upload_server_ip.map(|address| ("upload_server_ip", address)));
        fields
    }

    /// Where a call about videos is known to live; `None` while it was not found.
    pub fn found_host(&self, call: HostedCall) -> Option<FoundHost> {
        self.hosts.found(call, &self.bases())
    }

    fn bases(&self) -> Bases<'_> {
        let Config { api, old_api, call_urls, .. } = &*self.config;
        Bases { new: api, old: old_api, urls: call_urls }
    }

    /// Makes a call about videos on the host that has it.
    pub(crate) async fn call_hosted(
        &self,
        call: HostedCall,
        method: Method,
        fields: &Fields<'_>,
    ) -> Result<Response, Error> {
        let ask = |base: &str| {
            let url = format!("{base}/{}.json", call.as_str());
            let is_post = method == Method::POST;
            // Boxed: each of the two hosts would have the call's memory in this future.
            Box::pin(async move {
                match is_post {
                    true => request::post_form(&*self.transport, call.operation(), &url, fields).await,
                    false => request::get(&*self.transport, call.operation(), &url, fields).await,
                }
            })
        };
        self.hosts.call(call, &self.bases(), ask).await
    }

    async fn post(&self, operation: Operation, path: &str, form: &Fields<'_>) -> Result<Response, Error> {
        let url = format!("{}{path}", self.config.api);
        request::post_form(&*self.transport, operation, &url, form).await
    }

    async fn get(&self, operation: Operation, path: &str, query: &Fields<'_>) -> Result<Response, Error> {
        let url = format!("{}{path}", self.config.api);
        request::get(&*self.transport, operation, &url, query).await
    }
}

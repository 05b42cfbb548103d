//! Youku's servers over the client of the stores: one pool of connections, which can be opened before they are needed.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use object_storage::{HttpClient, Store, was_never_sent};
use std::sync::{Arc, Mutex, PoisonError};
use youku::{AnswerBody, DEFAULT_API, SendError, Transport};

/// How the process reaches Youku. Clones share connections.
#[derive(Debug, Clone)]
pub(crate) struct YoukuHttp {
    client: HttpClient,
    api: Option<Uri>,
    /// The bucket that Youku named last: most likely it names one at the same host again.
    bucket: Arc<Mutex<Option<Store>>>,
}

impl YoukuHttp {
    /// Reaches the API at `api`, or at Youku's own address.
    pub(crate) fn new(client: HttpClient, api: Option<&str>) -> Self {
        // What is wrong with the address shows in the first call.
        let api = api.unwrap_or(DEFAULT_API).parse().ok();
        Self { client, api, bucket: Arc::default() }
    }

    /// The client for Youku's bucket.
    pub(crate) fn client(&self) -> &HttpClient {
        &self.client
    }

    /// Notes the bucket that Youku named for an upload.
    pub(crate) fn note_bucket(&self, bucket: &Store) {
        *self.bucket.lock().unwrap_or_else(PoisonError::into_inner) = Some(bucket.clone());
    }

    /// Opens the connections that an upload is going to need, in the background.
    pub(crate) fn open_early(&self) {
        if let Some(api) = &self.api {
            self.client.open_early(api, 1);
        }
        if let Some(bucket) = &*self.bucket.lock().unwrap_or_else(PoisonError::into_inner) {
            bucket.open_early(1);
        }
    }
}

#[async_trait]
impl Transport for YoukuHttp {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<AnswerBody>, SendError> {
        let answer = self.client.call(request).await.map_err(|why| {
            let never_sent = was_never_sent(&why);
            SendError::new(why, never_sent)
        })?;
        Ok(answer.map(|body| body.map_err(Into::into).boxed_unsync()))
    }
}

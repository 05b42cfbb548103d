//! Lists of objects.

use super::{headers, remote::Remote, store_request::Payload, xml};
use crate::{
    config::Provider,
    error::Error,
    types::{Listing, ObjectSummary},
};
use http::Method;

const LIST: &str = "ListObjectsV2";
/// Both clouds answer at most this many per page.
const PAGE: usize = 1000;

impl Remote {
    pub(crate) async fn list(
        &self,
        prefix: &str,
        start_after: Option<&str>,
        limit: usize,
    ) -> Result<Listing, Error> {
        let mut token: Option<String> = None;
        loop {
            let list = self.list_page(prefix, start_after, limit, token.as_deref()).await?;
            let objects: Vec<_> = list
                .contents
                .iter()
                .map(|object| ObjectSummary {
                    key: list.key(object),
                    size: object.size,
                    etag: headers::without_quotes(&object.etag),
                    last_modified: headers::iso_time(&object.last_modified),
                })
                .collect();
            if !list.is_truncated {
                return Ok(Listing { objects, next: None });
            }
            if let Some(last) = objects.last() {
                let next = Some(last.key.clone());
                return Ok(Listing { objects, next });
            }
            // A store may look at many deleted keys and answer before it met one that is there.
            let next = list.next_token();
            if next.is_none() || next == token {
                return Err(self.malformed(LIST, "the list does not advance"));
            }
            token = next;
        }
    }

    async fn list_page(
        &self,
        prefix: &str,
        start_after: Option<&str>,
        limit: usize,
        token: Option<&str>,
    ) -> Result<xml::ObjectList, Error> {
        let mut request = self.new_request(LIST, Method::GET, None);
        request.query = vec![("list-type", "2".to_owned()), ("max-keys", limit.clamp(1, PAGE).to_string())];
        if self.provider == Provider::Oss {
            // XML cannot carry every key; S3 encodes spaces otherwise and is asked for plain keys.
            request.query.push(("encoding-type", "url".to_owned()));
        }
        if !prefix.is_empty() {
            request.query.push(("prefix", prefix.to_owned()));
        }
        match (token, start_after) {
            (Some(token), _) => request.query.push(("continuation-token", token.to_owned())),
            (None, Some(after)) => request.query.push(("start-after", after.to_owned())),
            (None, None) => {}
        }
        let (_, _, text) = self.fetch_document(request, Payload::NONE).await?;
        xml::parse(&text).ok_or_else(|| self.malformed(LIST, "the answer is not a list"))
    }
}

//! Listing objects, both versions.

use axum::body::Body;
use http::Response;

use crate::clock::ServerClock;
use crate::oss::account::ACCOUNT_ID;
use crate::oss::encode::{decode_token, encode_token};
use crate::oss::error::{OssError, Result};
use crate::oss::operations::parameters::encode_name;
use crate::oss::reply::Reply;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::oss::store::list::ListPage;
use crate::oss::store::object_record::ObjectRecord;
use crate::oss::xml::XmlWriter;
use crate::time_format::format_iso8601;

/// Parameters that both versions share.
struct ListRequest<'a> {
    prefix: &'a str,
    delimiter: &'a str,
    most: usize,
}

impl<'a> ListRequest<'a> {
    fn from_request(request: &'a Request) -> Result<Self> {
        let parameter = |name| request.query.get(name).unwrap_or_default();
        let most = request.query.number("max-keys", 100)?;
        if !(1..=1000).contains(&most) {
            return Err(OssError::invalid_argument("max-keys must be 1 to 1000."));
        }
        Ok(Self { prefix: parameter("prefix"), delimiter: parameter("delimiter"), most })
    }
}

impl Oss {
    pub(crate) fn list_objects(&self, request: &Request) -> Result<Response<Body>> {
        let wanted = ListRequest::from_request(request)?;
        let marker = request.query.get("marker").unwrap_or_default();
        let page = self.list_page(request, &wanted, marker)?;
        let mut answer = write_list_head(request, &wanted, &page)?;
        answer.text("Marker", encode_name(request, marker));
        if let Some(next) = &page.next {
            answer.text("NextMarker", encode_name(request, next));
        }
        write_entries(&mut answer, request, &self.0.clock, &page, true);
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(crate) fn list_objects_v2(&self, request: &Request) -> Result<Response<Body>> {
        let wanted = ListRequest::from_request(request)?;
        let start_after = request.query.get("start-after").unwrap_or_default();
        let continuation = request.query.get("continuation-token").filter(|token| !token.is_empty());
        let after = match continuation {
            Some(token) => decode_token(token)
                .ok_or_else(|| OssError::invalid_argument("The continuation token is not ours."))?,
            None => start_after.to_owned(),
        };
        let page = self.list_page(request, &wanted, &after)?;
        let mut answer = write_list_head(request, &wanted, &page)?;
        answer
            .text("StartAfter", encode_name(request, start_after))
            .text("KeyCount", (page.objects.len() + page.prefixes.len()).to_string());
        if let Some(continuation) = continuation {
            answer.text("ContinuationToken", continuation);
        }
        if let Some(next) = &page.next {
            answer.text("NextContinuationToken", encode_token(next));
        }
        let owner = request.query.get("fetch-owner") == Some("true");
        write_entries(&mut answer, request, &self.0.clock, &page, owner);
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    fn list_page(&self, request: &Request, wanted: &ListRequest<'_>, after: &str) -> Result<ListPage> {
        self.0.store.list(request.bucket()?, wanted.prefix, wanted.delimiter, after, wanted.most)
    }
}

fn write_list_head(request: &Request, wanted: &ListRequest<'_>, page: &ListPage) -> Result<XmlWriter> {
    let mut answer = XmlWriter::new("ListBucketResult");
    answer
        .text("Name", request.bucket()?)
        .text("Prefix", encode_name(request, wanted.prefix))
        .text("MaxKeys", wanted.most.to_string())
        .text("Delimiter", encode_name(request, wanted.delimiter));
    if request.query.get("encoding-type") == Some("url") {
        answer.text("EncodingType", "url");
    }
    answer.text("IsTruncated", page.next.is_some().to_string());
    Ok(answer)
}

fn write_entries(
    answer: &mut XmlWriter,
    request: &Request,
    clock: &ServerClock,
    page: &ListPage,
    owner: bool,
) {
    for stored in &page.objects {
        write_object(answer, request, clock, &stored.record, owner);
    }
    for prefix in &page.prefixes {
        answer.open("CommonPrefixes").text("Prefix", encode_name(request, prefix)).close();
    }
}

fn write_object(
    answer: &mut XmlWriter,
    request: &Request,
    clock: &ServerClock,
    record: &ObjectRecord,
    owner: bool,
) {
    answer
        .open("Contents")
        .text("Key", encode_name(request, &record.key))
        .text("LastModified", format_iso8601(clock.to_server_time(record.modified)))
        .text("ETag", format!("\"{}\"", record.etag))
        .text("Type", format!("{:?}", record.kind))
        .text("Size", record.size.to_string())
        .text("StorageClass", if record.archived { "Archive" } else { "Standard" });
    if owner {
        answer.open("Owner").text("ID", ACCOUNT_ID).text("DisplayName", ACCOUNT_ID).close();
    }
    answer.close();
}

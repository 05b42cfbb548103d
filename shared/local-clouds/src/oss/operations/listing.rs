//! Listing objects, both versions.

use axum::body::Body;
use http::Response;

use super::super::Oss;
use super::super::clock::Clock;
use super::super::encode::{from_token, token};
use super::super::error::{OssError, Result};
use super::super::events::OWNER;
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::store::{ObjectRecord, Page};
use super::super::times::iso;
use super::super::xml::Xml;
use super::named;

/// What both versions ask alike.
struct Wanted<'a> {
    prefix: &'a str,
    delimiter: &'a str,
    most: usize,
}

impl<'a> Wanted<'a> {
    fn of(request: &'a Request) -> Result<Self> {
        let parameter = |name| request.query.get(name).unwrap_or_default();
        let most = request.query.number("max-keys", 100)?;
        if !(1..=1000).contains(&most) {
            return Err(OssError::invalid_argument("max-keys must be 1 to 1000."));
        }
        Ok(Self { prefix: parameter("prefix"), delimiter: parameter("delimiter"), most })
    }
}

impl Oss {
    pub(super) fn list_objects(&self, request: &Request) -> Result<Response<Body>> {
        let wanted = Wanted::of(request)?;
        let marker = request.query.get("marker").unwrap_or_default();
        let page = self.page(request, &wanted, marker)?;
        let mut answer = start(request, &wanted, &page)?;
        answer.text("Marker", named(request, marker));
        if let Some(next) = &page.next {
            answer.text("NextMarker", named(request, next));
        }
        finish(&mut answer, request, &self.0.clock, &page, true);
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(super) fn list_objects_v2(&self, request: &Request) -> Result<Response<Body>> {
        let wanted = Wanted::of(request)?;
        let start_after = request.query.get("start-after").unwrap_or_default();
        let continuation = request.query.get("continuation-token").filter(|token| !token.is_empty());
        let after = match continuation {
            Some(token) => from_token(token)
                .ok_or_else(|| OssError::invalid_argument("The continuation token is not ours."))?,
            None => start_after.to_owned(),
        };
        let page = self.page(request, &wanted, &after)?;
        let mut answer = start(request, &wanted, &page)?;
        answer
            .text("StartAfter", named(request, start_after))
            .text("KeyCount", (page.objects.len() + page.prefixes.len()).to_string());
        if let Some(continuation) = continuation {
            answer.text("ContinuationToken", continuation);
        }
        if let Some(next) = &page.next {
            answer.text("NextContinuationToken", token(next));
        }
        let owner = request.query.get("fetch-owner") == Some("true");
        finish(&mut answer, request, &self.0.clock, &page, owner);
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    fn page(&self, request: &Request, wanted: &Wanted<'_>, after: &str) -> Result<Page> {
        self.0.store.list(request.bucket()?, wanted.prefix, wanted.delimiter, after, wanted.most)
    }
}

fn start(request: &Request, wanted: &Wanted<'_>, page: &Page) -> Result<Xml> {
    let mut answer = Xml::new("ListBucketResult");
    answer
        .text("Name", request.bucket()?)
        .text("Prefix", named(request, wanted.prefix))
        .text("MaxKeys", wanted.most.to_string())
        .text("Delimiter", named(request, wanted.delimiter));
    if request.query.get("encoding-type") == Some("url") {
        answer.text("EncodingType", "url");
    }
    answer.text("IsTruncated", page.next.is_some().to_string());
    Ok(answer)
}

fn finish(answer: &mut Xml, request: &Request, clock: &Clock, page: &Page, owner: bool) {
    for stored in &page.objects {
        contents(answer, request, clock, &stored.record, owner);
    }
    for prefix in &page.prefixes {
        answer.open("CommonPrefixes").text("Prefix", named(request, prefix)).close();
    }
}

fn contents(answer: &mut Xml, request: &Request, clock: &Clock, record: &ObjectRecord, owner: bool) {
    answer
        .open("Contents")
        .text("Key", named(request, &record.key))
        .text("LastModified", iso(clock.shows(record.modified)))
        .text("ETag", format!("\"{}\"", record.etag))
        .text("Type", format!("{:?}", record.kind))
        .text("Size", record.size.to_string())
        .text("StorageClass", if record.archived { "Archive" } else { "Standard" });
    if owner {
        answer.open("Owner").text("ID", OWNER).text("DisplayName", OWNER).close();
    }
    answer.close();
}

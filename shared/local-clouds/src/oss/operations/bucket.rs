//! Operations on a bucket itself.

use axum::body::Body;
use http::{Response, StatusCode};
use serde::Deserialize;

use crate::oss::account::ACCOUNT_ID;
use crate::oss::error::{OssError, Result};
use crate::oss::operations::body::parse_xml;
use crate::oss::reply::Reply;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::oss::store::records::Versioning;
use crate::oss::xml::XmlWriter;
use crate::time_format::format_iso8601;

#[derive(Deserialize)]
struct VersioningConfiguration {
    #[serde(rename = "Status")]
    status: String,
}

impl Oss {
    /// Lists the buckets of the one owner, all in one page.
    pub(crate) fn list_buckets(&self, request: &Request) -> Result<Response<Body>> {
        let (region, prefix) = (&self.0.config.region, request.query.get("prefix").unwrap_or_default());
        let mut answer = XmlWriter::new("ListAllMyBucketsResult");
        answer.open("Owner").text("ID", ACCOUNT_ID).text("DisplayName", ACCOUNT_ID).close().open("Buckets");
        for (name, record) in self.0.store.buckets() {
            if name.starts_with(prefix) {
                answer
                    .open("Bucket")
                    .text("Name", &name)
                    .text("Location", format!("oss-{region}"))
                    .text("Region", region)
                    .text("CreationDate", format_iso8601(record.created))
                    .text("StorageClass", "Standard")
                    .close();
            }
        }
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(crate) fn put_bucket(&self, request: &Request) -> Result<Response<Body>> {
        let name = request.bucket()?;
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let bounds = !name.starts_with('-') && !name.ends_with('-') && (3..=63).contains(&name.len());
        if !bounds || !name.bytes().all(allowed) {
            return Err(OssError::invalid("InvalidBucketName", "The specified bucket is not valid."));
        }
        self.0.store.create_bucket(name)?;
        Ok(Reply::ok().with_header("location", format!("/{name}")).empty(&request.identity))
    }

    pub(crate) fn delete_bucket(&self, request: &Request) -> Result<Response<Body>> {
        self.0.store.delete_bucket(request.bucket()?)?;
        Ok(Reply::new(StatusCode::NO_CONTENT).empty(&request.identity))
    }

    pub(crate) fn get_bucket_info(&self, request: &Request) -> Result<Response<Body>> {
        let name = request.bucket()?;
        let record = self.0.store.bucket(name)?;
        let mut answer = XmlWriter::new("BucketInfo");
        answer
            .open("Bucket")
            .text("Name", name)
            .text("Location", format!("oss-{}", self.0.config.region))
            .text("CreationDate", format_iso8601(record.created))
            .text("StorageClass", "Standard");
        if let Some(status) = versioning_status(record.versioning) {
            answer.text("Versioning", status);
        }
        answer.open("Owner").text("ID", ACCOUNT_ID).text("DisplayName", ACCOUNT_ID).close();
        answer.open("AccessControlList").text("Grant", "private");
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    /// Whether there is such a bucket: S3's clients ask before they write.
    pub(crate) fn head_bucket(&self, request: &Request) -> Result<Response<Body>> {
        self.0.store.bucket(request.bucket()?)?;
        Ok(Reply::ok().with_header("x-oss-bucket-region", &self.0.config.region).empty(&request.identity))
    }

    pub(crate) fn get_bucket_location(&self, request: &Request) -> Result<Response<Body>> {
        self.0.store.bucket(request.bucket()?)?;
        let region = &self.0.config.region;
        let answer = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint>oss-{region}</LocationConstraint>"
        );
        Ok(Reply::ok().xml(answer, &request.identity))
    }

    pub(crate) fn get_bucket_versioning(&self, request: &Request) -> Result<Response<Body>> {
        let record = self.0.store.bucket(request.bucket()?)?;
        let mut answer = XmlWriter::new("VersioningConfiguration");
        if let Some(status) = versioning_status(record.versioning) {
            answer.text("Status", status);
        }
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(crate) fn put_bucket_versioning(&self, request: &Request, body: &str) -> Result<Response<Body>> {
        let versioning = match parse_xml::<VersioningConfiguration>(body)?.status.as_str() {
            "Enabled" => Versioning::Enabled,
            "Suspended" => Versioning::Suspended,
            _ => return Err(OssError::invalid("MalformedXML", "Status must be Enabled or Suspended.")),
        };
        self.0.store.set_versioning(request.bucket()?, versioning)?;
        Ok(Reply::ok().empty(&request.identity))
    }
}

fn versioning_status(versioning: Versioning) -> Option<&'static str> {
    match versioning {
        Versioning::Never => None,
        Versioning::Enabled => Some("Enabled"),
        Versioning::Suspended => Some("Suspended"),
    }
}

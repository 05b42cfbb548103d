//! Operations on a bucket itself.

use axum::body::Body;
use http::{Response, StatusCode};
use serde::Deserialize;

use super::super::Oss;
use super::super::error::{OssError, Result};
use super::super::events::OWNER;
use super::super::reply::Reply;
use super::super::request::Request;
use super::super::store::Versioning;
use super::super::times::iso;
use super::super::xml::Xml;
use super::xml;

#[derive(Deserialize)]
struct VersioningConfiguration {
    #[serde(rename = "Status")]
    status: String,
}

impl Oss {
    pub(super) fn put_bucket(&self, request: &Request) -> Result<Response<Body>> {
        let name = request.bucket()?;
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let bounds = !name.starts_with('-') && !name.ends_with('-') && (3..=63).contains(&name.len());
        if !bounds || !name.bytes().all(allowed) {
            return Err(OssError::invalid("InvalidBucketName", "The specified bucket is not valid."));
        }
        self.0.store.create_bucket(name)?;
        Ok(Reply::ok().header("location", format!("/{name}")).empty(&request.identity))
    }

    pub(super) fn delete_bucket(&self, request: &Request) -> Result<Response<Body>> {
        self.0.store.delete_bucket(request.bucket()?)?;
        Ok(Reply::new(StatusCode::NO_CONTENT).empty(&request.identity))
    }

    pub(super) fn get_bucket_info(&self, request: &Request) -> Result<Response<Body>> {
        let name = request.bucket()?;
        let record = self.0.store.bucket(name)?;
        let mut answer = Xml::new("BucketInfo");
        answer
            .open("Bucket")
            .text("Name", name)
            .text("Location", format!("oss-{}", self.0.config.region))
            .text("CreationDate", iso(record.created))
            .text("StorageClass", "Standard");
        if let Some(status) = status(record.versioning) {
            answer.text("Versioning", status);
        }
        answer.open("Owner").text("ID", OWNER).text("DisplayName", OWNER).close();
        answer.open("AccessControlList").text("Grant", "private");
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(super) fn get_bucket_location(&self, request: &Request) -> Result<Response<Body>> {
        self.0.store.bucket(request.bucket()?)?;
        let region = &self.0.config.region;
        let answer = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint>oss-{region}</LocationConstraint>"
        );
        Ok(Reply::ok().xml(answer, &request.identity))
    }

    pub(super) fn get_bucket_versioning(&self, request: &Request) -> Result<Response<Body>> {
        let record = self.0.store.bucket(request.bucket()?)?;
        let mut answer = Xml::new("VersioningConfiguration");
        if let Some(status) = status(record.versioning) {
            answer.text("Status", status);
        }
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }

    pub(super) fn put_bucket_versioning(&self, request: &Request, body: &str) -> Result<Response<Body>> {
        let versioning = match xml::<VersioningConfiguration>(body)?.status.as_str() {
            "Enabled" => Versioning::Enabled,
            "Suspended" => Versioning::Suspended,
            _ => return Err(OssError::invalid("MalformedXML", "Status must be Enabled or Suspended.")),
        };
        self.0.store.set_versioning(request.bucket()?, versioning)?;
        Ok(Reply::ok().empty(&request.identity))
    }
}

fn status(versioning: Versioning) -> Option<&'static str> {
    match versioning {
        Versioning::Never => None,
        Versioning::Enabled => Some("Enabled"),
        Versioning::Suspended => Some("Suspended"),
    }
}

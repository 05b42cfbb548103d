//! DeleteObject and DeleteMultipleObjects.

use axum::body::Body;
use http::{Response, StatusCode};
use md5::{Digest, Md5};
use serde::Deserialize;

use crate::oss::error::{OssError, Result};
use crate::oss::operations::body::{check_md5, parse_xml};
use crate::oss::operations::parameters::encode_name;
use crate::oss::reply::Reply;
use crate::oss::request::Request;
use crate::oss::server::Oss;
use crate::oss::xml::XmlWriter;

#[derive(Deserialize)]
struct Delete {
    #[serde(rename = "Quiet", default)]
    quiet: bool,
    #[serde(rename = "Object", default)]
    objects: Vec<DeleteEntry>,
}

#[derive(Deserialize)]
struct DeleteEntry {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "VersionId")]
    version_id: Option<String>,
}

impl Oss {
    pub(crate) fn delete_object(&self, request: &Request) -> Result<Response<Body>> {
        let (bucket, key) = (request.bucket()?, request.key()?);
        let deleted = self.0.store.delete(bucket, key, request.query.get("versionId"))?;
        self.announce_removal(request, "ObjectRemoved:DeleteObject", key, &deleted);
        Ok(Reply::new(StatusCode::NO_CONTENT)
            .with_optional_header("x-oss-version-id", deleted.version_id)
            .with_optional_header("x-oss-delete-marker", deleted.delete_marker.then_some("true"))
            .empty(&request.identity))
    }

    pub(crate) fn delete_multiple_objects(&self, request: &Request, body: &str) -> Result<Response<Body>> {
        if request.header("content-md5").is_none() {
            return Err(OssError::invalid(
                "MissingArgument",
                "Missing some required arguments: Content-MD5.",
            ));
        }
        check_md5(request, &Md5::digest(body))?;
        let delete = parse_xml::<Delete>(body)?;
        if delete.objects.is_empty() || delete.objects.len() > 1000 {
            return Err(OssError::invalid("MalformedXML", "1 to 1000 objects can be deleted at once."));
        }
        let mut answer = XmlWriter::new("DeleteResult");
        if request.query.get("encoding-type") == Some("url") {
            answer.text("EncodingType", "url");
        }
        for entry in &delete.objects {
            let deleted = self.0.store.delete(request.bucket()?, &entry.key, entry.version_id.as_deref())?;
            self.announce_removal(request, "ObjectRemoved:DeleteObjects", &entry.key, &deleted);
            if !delete.quiet {
                answer.open("Deleted").text("Key", encode_name(request, &entry.key)).close();
            }
        }
        Ok(Reply::ok().xml(answer.finish(), &request.identity))
    }
}

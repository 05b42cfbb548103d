//! Finding the upload of an object that a person names.

use super::request_error::request_error;
use crate::{application::App, tasks::object_location};
use std::path::Path;
use upload_core::{Error, ErrorKind, Job, Location, Provider, UploadId, head_object};

impl App {
    /// Finds the id of the upload of the object that `source` names, in the version that is there now: `oss://bucket/key`, `s3://bucket/key`,
    /// or the path of a file in a rule's folder. Without `account` it takes the account of the object's rule, or the only one.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) where `source` or `account` does not fit; whatever the source answers.
    pub async fn upload_id(&self, source: &str, account: Option<&str>) -> Result<UploadId, Error> {
        let location = self.locate(source)?;
        let account = self.account_for(&location, account)?;
        let object = head_object(&*self.source(None), &location, &self.transfer().retry).await?;
        let (video, mode) = (Default::default(), self.settings().transfer.mode);
        Ok(UploadId::new(&object, &Job { location, account, video, mode, md5: None, force_nonce: None }))
    }

    /// Finds the account under which an object is uploaded: the one that is asked for, that of the object's rule, or the only one.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) where the settings do not have it, or it is not clear which one is meant.
    pub fn account_for(&self, location: &Location, account: Option<&str>) -> Result<String, Error> {
        let settings = self.settings();
        if settings.accounts.is_empty() {
            let message = "the settings have no account: `oss2youku init` writes one";
            return Err(Error::new(ErrorKind::Config, "settings", message));
        }
        let known = || settings.accounts.keys().cloned().collect::<Vec<_>>().join(", ");
        let name = match account {
            Some(name) => Some(name.to_owned()),
            None => match settings.rules.find_for_object(location) {
                Some(rule) => Some(rule.account.clone()),
                None => settings.accounts.keys().next().filter(|_| settings.accounts.len() == 1).cloned(),
            },
        };
        let name = name.ok_or_else(|| request_error("name the account").with_context("accounts", known()))?;
        if settings.accounts.contains_key(&name) {
            return Ok(name);
        }
        Err(request_error("the settings have no such account")
            .with_context("account", name)
            .with_context("accounts", known()))
    }

    /// The object that a person names.
    fn locate(&self, source: &str) -> Result<Location, Error> {
        if let Some(location) = object_location(source) {
            return Ok(location);
        }
        let settings = self.settings();
        let within = |folder: &str| {
            let below = Path::new(source).strip_prefix(folder).ok()?.to_str()?.to_owned();
            Some((folder.to_owned(), below))
        };
        let folders = settings.rules.iter().map(|rule| rule.bucket.as_str());
        let mut files = folders.filter_map(within).filter(|(_, key)| !key.is_empty());
        match files.next() {
            Some((bucket, key)) if settings.source.provider == Provider::Folder => {
                Ok(Location { provider: Provider::Folder, bucket, key, region: None })
            }
            _ => Err(request_error(
                "name an upload by its id of 32 hexadecimal digits, or an object as oss://bucket/key or s3://bucket/key, or, where \
                 source.provider is folder, as the path of a file in a rule's folder",
            )),
        }
    }
}

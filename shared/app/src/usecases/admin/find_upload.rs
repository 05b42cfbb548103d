//! Finding the uploads of an object that a person names.

use super::request_error::request_error;
use crate::{adapters::cause::Cause, application::App, tasks::object_location};
use std::path::Path;
use upload_core::{Error, ErrorKind, Job, Location, Object, Provider, UploadId};

impl App {
    /// The accounts under which an object may have been uploaded: the one that is asked for, that of the object's rule, or every one.
    ///
    /// # Errors
    /// As [`account_for`](Self::account_for), but that several accounts are possible.
    pub fn possible_accounts(
        &self,
        location: &Location,
        account: Option<&str>,
    ) -> Result<Vec<String>, Error> {
        let settings = self.settings();
        let is_open = account.is_none() && settings.rules.find_for_object(location).is_none();
        match is_open && settings.accounts.len() > 1 {
            true => Ok(settings.accounts.keys().cloned().collect()),
            false => self.account_for(location, account).map(|name| vec![name]),
        }
    }

    /// The id of the upload of an object under an account, as an event or `upload` begins it.
    #[must_use]
    pub fn upload_id_of(&self, object: &Object, account: &str) -> UploadId {
        let (video, mode) = (Default::default(), self.settings().transfer.mode);
        let (location, account) = (object.location.clone(), account.to_owned());
        let job = Job { location, account, video, publication: None, mode, md5: None, force_nonce: None };
        UploadId::new(object, &job)
    }

    /// Finds the account under which an object is uploaded: the one that is asked for, that of the object's rule, or the only one.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) where the settings do not have it, or it is not clear which one is meant.
    pub fn account_for(&self, location: &Location, account: Option<&str>) -> Result<String, Error> {
        let settings = self.settings();
        if settings.accounts.is_empty() {
            let message = "the settings have no account: `oss2youku init` writes one";
            return Err(Error::new(ErrorKind::Config, "settings", message).with_source(Cause::NoAccount));
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

    /// The account that is asked for, or the only one.
    ///
    /// # Errors
    /// As [`account_for`](Self::account_for).
    pub(in crate::usecases) fn only_account(&self, account: Option<&str>) -> Result<String, Error> {
        let nowhere =
            Location { provider: Provider::Folder, bucket: String::new(), key: String::new(), region: None };
        self.account_for(&nowhere, account)
    }

    /// Locates the object that a person names: `oss://bucket/key`, `s3://bucket/key` or, where objects are in folders, the path of a file in
    /// a rule's folder; `None` where the text names none.
    #[must_use]
    pub fn locate_object(&self, source: &str) -> Option<Location> {
        object_location(source).or_else(|| {
            let settings = self.settings();
            let within = |folder: &str| {
                let below = Path::new(source).strip_prefix(folder).ok()?.to_str()?.to_owned();
                Some((folder.to_owned(), below))
            };
            let folders = settings.rules.iter().map(|rule| rule.bucket.as_str());
            let mut files = folders.filter_map(within).filter(|(_, key)| !key.is_empty());
            let (bucket, key) = files.next().filter(|_| settings.source.provider == Provider::Folder)?;
            Some(Location { provider: Provider::Folder, bucket, key, region: None })
        })
    }
}

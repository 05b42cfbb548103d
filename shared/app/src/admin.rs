//! What a person who operates the product asks: which upload an object's is, what became of it.

use crate::{App, CallerAccount, UploadStatus, task};
use secrecy::SecretString;
use std::path::Path;
use upload_core::{
    Error, ErrorKind, Job, Location, Provider, UploadId, VideoState, cancel, head_object,
    ledger::{Holder, Ledger, Record, State},
};

/// All that the ledger knows of one upload.
#[derive(Debug)]
pub struct UploadDetails {
    /// Its steps, and what follows from them.
    pub record: Record,
    /// Who works on it now.
    pub holder: Option<Holder>,
}

impl UploadDetails {
    /// The same in the words of the HTTP door.
    #[must_use]
    pub fn status(&self) -> UploadStatus {
        UploadStatus::from_record(&self.record, self.holder)
    }

    /// Whether it is a video.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.record.video_id.is_some() && self.record.state.has_ended() && !self.has_failed()
    }

    /// Whether it ended without a video, so that a person may have it tried again.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.record.failure.is_some() || self.record.state == State::Cancelled
    }
}

impl App {
    /// What became of an upload; `None` where the ledger does not know it.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub async fn upload_details(&self, id: &UploadId) -> Result<Option<UploadDetails>, Error> {
        let ledger = self.ledger(None).await?;
        // The holder comes first: whoever lets go afterwards has left its last step in the record.
        let holder = ledger.holder(id).await?.filter(|holder| !holder.remaining.is_zero());
        Ok(ledger.read(id).await?.map(|record| UploadDetails { record, holder }))
    }

    /// The id of the upload of the object that `source` names, in the version that is there now: `oss://bucket/key`, `s3://bucket/key`, or the path
    /// of a file in a rule's folder. Without `account` it is the one of the object's rule, or the only one.
    ///
    /// # Errors
    /// [`InvalidJob`](ErrorKind::InvalidJob) where `source` or `account` does not fit; what the source answers.
    pub async fn upload_id(&self, source: &str, account: Option<&str>) -> Result<UploadId, Error> {
        let location = self.location(source)?;
        let account = self.account_for(&location, account)?;
        let object = head_object(&*self.source(None), &location, &self.transfer().retry).await?;
        let (video, mode) = (Default::default(), self.settings().transfer.mode);
        Ok(UploadId::new(&object, &Job { location, account, video, mode, md5: None, force_nonce: None }))
    }

    /// Whether a callback to this URL may be tried.
    ///
    /// # Errors
    /// What is wrong with it, without a word about addresses.
    pub fn accepts_callback(&self, url: &SecretString) -> Result<(), &'static str> {
        self.settings().callback.accepts(url)
    }

    /// How a video fares at Youku; `None` where Youku does not know it.
    ///
    /// # Errors
    /// [`Config`](ErrorKind::Config) where the settings have no such account; whatever Youku answers.
    pub async fn video_state(
        &self,
        account: &str,
        video_id: &str,
        ledger: &Ledger,
    ) -> Result<Option<VideoState>, Error> {
        self.youku(account, ledger)?.show(video_id).await
    }

    /// Gives an upload up for good: nobody goes on with it, and Youku forgets its session.
    ///
    /// # Errors
    /// As [`cancel`].
    pub async fn cancel(&self, id: &UploadId) -> Result<(), Error> {
        let ledger = self.ledger(None).await?;
        let record = ledger.read(id).await?.ok_or_else(|| {
            invalid_request("the ledger knows no such upload").with_context("id", id.as_str())
        })?;
        let work = ledger.request(&record)?;
        let youku = match work.caller_account.as_ref().map(CallerAccount::from_secret).transpose()? {
            None => self.youku(&work.job.account, &ledger)?,
            Some(brought) => self.youku_for_caller(&brought),
        };
        cancel(&ledger, &*youku, id).await
    }

    fn location(&self, source: &str) -> Result<Location, Error> {
        if let Some(location) = task::location(source) {
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
            _ => Err(invalid_request(
                "name an upload by its id of 32 hexadecimal digits, or an object as oss://bucket/key or s3://bucket/key, or, where \
                 source.provider is folder, as the path of a file in a rule's folder",
            )),
        }
    }

    /// The account under which an object is uploaded: the one that is asked for, that of the object's rule, or the only one.
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
            None => match settings.rules.for_object(location) {
                Some(rule) => Some(rule.account.clone()),
                None => settings.accounts.keys().next().filter(|_| settings.accounts.len() == 1).cloned(),
            },
        };
        let name =
            name.ok_or_else(|| invalid_request("name the account").with_context("accounts", known()))?;
        if settings.accounts.contains_key(&name) {
            return Ok(name);
        }
        Err(invalid_request("the settings have no such account")
            .with_context("account", name)
            .with_context("accounts", known()))
    }
}

fn invalid_request(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidJob, "operator", message)
}

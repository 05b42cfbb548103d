//! What the ledger keeps sealed, opened for those who hold an upload.

use super::{
    handle::Ledger,
    mark_key::TOKEN,
    open_uploads::{OpenMark, UndecryptedRequest},
    record::Record,
    request::UploadRequest,
    seal::Sealer,
    step::{Session, Target},
};
use crate::{Error, Md5, UploadId};
use secrecy::{ExposeSecret, SecretString};

/// A session as it was opened.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    /// Names the session in every later call.
    pub upload_token: SecretString,
    /// The video's id, where Youku tells it this early.
    pub video_id: Option<String>,
    /// MD5 of the object, as Youku was told.
    pub md5: Md5,
    /// CRC-64/XZ of the object, where it is known before the bytes move.
    pub crc64: Option<u64>,
    /// Where the bytes go.
    pub target: Target,
}

pub(super) const UPLOAD_TOKEN: &str = "upload_token";

impl Ledger {
    /// What an upload is about, with its secrets.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) where they were sealed with another key.
    pub fn request(&self, record: &Record) -> Result<UploadRequest, Error> {
        record.request.open(self.sealer(&record.id))
    }

    /// The session in use.
    pub(super) fn session(&self, record: &Record) -> Result<Option<OpenedSession>, Error> {
        let Some((_, session)) = &record.session else { return Ok(None) };
        let upload_token = self.sealer(&record.id).open(&session.upload_token, UPLOAD_TOKEN)?;
        let Session { video_id, md5, crc64, target, .. } = session.clone();
        Ok(Some(OpenedSession { upload_token, video_id, md5, crc64, target }))
    }

    pub(super) fn sealer<'a>(&'a self, id: &'a UploadId) -> Sealer<'a> {
        Sealer { seal: &*self.seal, id }
    }

    /// Tells an access token from others without telling it: a hash with the ledger's key.
    #[must_use]
    pub fn token_hash(&self, client_id: &str, token: &SecretString) -> String {
        let text = format!("{}:{client_id}:{}", client_id.len(), token.expose_secret());
        let mut hash = self.seal.keyed_hash(text.as_bytes());
        hash.truncate(TOKEN);
        hash
    }

    /// Whether the secrets that kept an upload from going on can be opened here.
    ///
    /// # Errors
    /// [`Ledger`](ErrorKind::Ledger) where they were sealed with another key.
    pub(crate) fn ensure_decryptable(&self, id: &UploadId, mark: &OpenMark) -> Result<(), Error> {
        let Some(UndecryptedRequest { field, sealed }) = &mark.unopened else { return Ok(()) };
        self.sealer(id).open(sealed, field).map(drop)
    }

    /// A secret of the upload that cannot be opened here, if there is one.
    pub(super) fn undecrypted(&self, record: &Record) -> Option<UndecryptedRequest> {
        let session = record.session.as_ref().map(|(_, session)| &session.upload_token);
        let session = session.map(|token| (UPLOAD_TOKEN, token));
        let found = record.request.sealed().chain(session);
        let closed = found.filter(|(field, sealed)| self.sealer(&record.id).open(sealed, field).is_err());
        let (field, sealed) = closed.into_iter().next()?;
        Some(UndecryptedRequest { field: field.into(), sealed: sealed.clone() })
    }
}

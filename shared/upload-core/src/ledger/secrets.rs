//! Decrypts what the ledger keeps sealed, for holders of an upload.

use super::{
    handle::Ledger,
    mark_key::TOKEN_DIGITS,
    open_mark::{OpenMark, UndecryptedRequest},
    record::Record,
    request::UploadRequest,
    seal::{Sealed, Sealer},
    step::{Session, Target},
};
use crate::{Error, Md5, UploadId, model::metadata::VideoMetadata};
use secrecy::{ExposeSecret, SecretString};

/// A session as it was opened.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    /// Names the session in every later call.
    pub upload_token: SecretString,
    /// The video's id, if Youku returns it this early.
    pub video_id: Option<String>,
    /// MD5 of the object, as stated to Youku; `None` in a session of the web form, which rests on `crc64`.
    pub md5: Option<Md5>,
    /// CRC-64/XZ of the object, if known before the bytes are transferred.
    pub crc64: Option<u64>,
    /// Where the bytes go.
    pub target: Target,
}

impl OpenedSession {
    /// Whether one PutObject sends the object.
    pub(crate) fn is_single_put(&self) -> bool {
        self.target.is_single_put()
    }
}

/// The field of a watch password, to which its seal is bound.
const WATCH_PASSWORD: &str = "watch_password";
pub(super) const UPLOAD_TOKEN: &str = "upload_token";

impl Ledger {
    /// Decrypts what an upload is about.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) if its secrets were sealed with another key.
    pub fn request(&self, record: &Record) -> Result<UploadRequest, Error> {
        record.request.open(self.sealer(&record.id))
    }

    /// Decrypts the watch password of stored metadata.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub(crate) fn open_metadata(
        &self,
        id: &UploadId,
        metadata: VideoMetadata<Sealed>,
    ) -> Result<VideoMetadata, Error> {
        metadata.try_map_password(|sealed| self.sealer(id).open(&sealed, WATCH_PASSWORD))
    }

    /// Seals the watch password of metadata.
    ///
    /// # Errors
    /// Where it cannot be sealed.
    pub(crate) fn seal_metadata(
        &self,
        id: &UploadId,
        metadata: VideoMetadata,
    ) -> Result<VideoMetadata<Sealed>, Error> {
        metadata.try_map_password(|password| self.sealer(id).seal(&password, WATCH_PASSWORD))
    }

    /// Decrypts the session in use.
    pub(super) fn session(&self, record: &Record) -> Result<Option<OpenedSession>, Error> {
        let Some((_, session)) = &record.session else { return Ok(None) };
        let upload_token = self.sealer(&record.id).open(&session.upload_token, UPLOAD_TOKEN)?;
        let Session { video_id, md5, crc64, target, .. } = session.clone();
        Ok(Some(OpenedSession { upload_token, video_id, md5, crc64, target }))
    }

    pub(super) fn sealer<'a>(&'a self, id: &'a UploadId) -> Sealer<'a> {
        Sealer { seal: &*self.seal, id }
    }

    /// Hashes an access token with the ledger's key: distinguishes tokens without revealing them. `None` where who reads the ledger has no
    /// key.
    #[must_use]
    pub fn token_hash(&self, client_id: &str, token: &SecretString) -> Option<String> {
        let text = format!("{}:{client_id}:{}", client_id.len(), token.expose_secret());
        let mut hash = self.seal.keyed_hash(text.as_bytes())?;
        hash.truncate(TOKEN_DIGITS);
        Some(hash)
    }

    /// Checks that the secret that stopped an upload can be decrypted here.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) if it was sealed with another key.
    pub(crate) fn ensure_decryptable(&self, id: &UploadId, mark: &OpenMark) -> Result<(), Error> {
        let Some(UndecryptedRequest { field, sealed }) = &mark.undecrypted else { return Ok(()) };
        self.sealer(id).open(sealed, field).map(drop)
    }

    /// Finds a secret of the upload that cannot be decrypted here.
    pub(super) fn find_undecryptable(&self, record: &Record) -> Option<UndecryptedRequest> {
        let session = record.session.as_ref().map(|(_, session)| &session.upload_token);
        let session = session.map(|token| (UPLOAD_TOKEN, token));
        let found = record.request.sealed_secrets().chain(session);
        let closed = found.filter(|(field, sealed)| self.sealer(&record.id).open(sealed, field).is_err());
        let (field, sealed) = closed.into_iter().next()?;
        Some(UndecryptedRequest { field: field.into(), sealed: sealed.clone() })
    }
}

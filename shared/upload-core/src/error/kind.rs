//! The kinds of failure, each with its stable code.

/// What went wrong. The snake-case [`code`](ErrorKind::code) of each is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The job cannot be carried out: a field is missing, too long or unknown.
    InvalidJob,
    /// The object is no whole video: the preflight found out before its bytes were moved.
    NotPublishable,
    /// The ledger knows no upload of this id.
    NoSuchUpload,
    /// What a person asks does not fit, whatever the video.
    Usage,
    /// The upload's state does not permit the request.
    WrongState,
    /// The object does not exist, or not any more.
    SourceMissing,
    /// The object was replaced or changed after the upload pinned it.
    SourceChanged,
    /// The source's credentials do not permit the call.
    SourceDenied,
    /// The source failed in another way.
    Source,
    /// Youku's bucket or slice server failed.
    Target,
    /// A credential of the target expired; a fresh one cures it.
    CredentialExpired,
    /// The multipart upload is unknown: completed, aborted or never begun.
    NoSuchMultipart,
    /// This part is already stored (reported by a sequential upload).
    PartExists,
    /// Youku refuses the access token.
    Unauthorized,
    /// Youku does not know the client id: a wrong setting, whatever the token.
    ClientRefused,
    /// Youku refuses the access token, and the refresh token is spent or lost: a person must put new ones into the settings.
    Reauthorize,
    /// Youku's upload session is over: expired, cancelled, or committed before.
    SessionOver,
    /// Youku allows no more calls for now.
    RateLimited,
    /// Youku refused or failed in another way.
    Youku,
    /// Bytes arrived damaged.
    Integrity,
    /// What the target stored does not have the object's checksum: it must not be committed.
    VerificationFailed,
    /// Youku refused the commit for good, because the file does not have the MD5 that was stated for it.
    HashRefused,
    /// The commit's response was lost and the video cannot be found: a person must look.
    CommitUnknown,
    /// The time allowed for this run is over.
    Deadline,
    /// A person cancelled the upload.
    Cancelled,
    /// It failed for a reason that this version does not know.
    Failed,
    /// Another holder is working on the upload; `retry_after` is the remaining time of its lease.
    InProgress,
    /// Another holder has taken over the upload: this run must stop.
    Superseded,
    /// The ledger cannot be read or written, or holds something that it should not: no work continues without
    /// it.
    Ledger,
    /// A setting is missing or wrong.
    Config,
}

impl ErrorKind {
    const CODES: [(Self, &str); 30] = [
        (Self::InvalidJob, "invalid_job"),
        (Self::NotPublishable, "not_publishable"),
        (Self::NoSuchUpload, "no_such_upload"),
        (Self::Usage, "usage"),
        (Self::WrongState, "wrong_state"),
        (Self::SourceMissing, "source_missing"),
        (Self::SourceChanged, "source_changed"),
        (Self::SourceDenied, "source_denied"),
        (Self::Source, "source_failed"),
        (Self::Target, "target_failed"),
        (Self::CredentialExpired, "credential_expired"),
        (Self::NoSuchMultipart, "no_such_multipart"),
        (Self::PartExists, "part_exists"),
        (Self::Unauthorized, "youku_unauthorized"),
        (Self::ClientRefused, "youku_client_refused"),
        (Self::Reauthorize, "reauthorize"),
        (Self::SessionOver, "session_over"),
        (Self::RateLimited, "rate_limited"),
        (Self::Youku, "youku_failed"),
        (Self::Integrity, "integrity"),
        (Self::VerificationFailed, "verification_failed"),
        (Self::HashRefused, "hash_refused"),
        (Self::CommitUnknown, "commit_unknown"),
        (Self::InProgress, "in_progress"),
        (Self::Superseded, "superseded"),
        (Self::Ledger, "ledger_failed"),
        (Self::Deadline, "deadline"),
        (Self::Cancelled, "cancelled"),
        (Self::Config, "config"),
        (Self::Failed, "failed"),
    ];

    /// The stable English code of this kind, as entrypoints return it and logs carry it.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::CODES.iter().find(|(kind, _)| *kind == self).map_or("failed", |(_, code)| code)
    }

    /// Iterates over every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::CODES.iter().map(|(kind, _)| *kind)
    }

    /// Looks up the kind of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CODES.iter().find(|(_, known)| *known == code).map(|(kind, _)| *kind)
    }
}

//! The calls there are.

/// A call of Youku's API or of a slice server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Sts,
    Commit,
    Cancel,
    Show,
    ShowBatch,
    ByMe,
    Update,
    Destroy,
    Refresh,
    MyInfo,
    /// The look-up of a slice server's name.
    Resolve,
    CreateFile,
    NewSlice,
    UploadSlice,
    Check,
}

impl Operation {
    /// Its name in errors and logs; of a slice server's calls also in their URLs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Sts => "sts",
            Self::Commit => "commit",
            Self::Cancel => "cancel",
            Self::Show => "show",
            Self::ShowBatch => "show_batch",
            Self::ByMe => "by_me",
            Self::Update => "update",
            Self::Destroy => "destroy",
            Self::Refresh => "refresh",
            Self::MyInfo => "myinfo",
            Self::Resolve => "resolve",
            Self::CreateFile => "create_file",
            Self::NewSlice => "new_slice",
            Self::UploadSlice => "upload_slice",
            Self::Check => "check",
        }
    }
}

//! Which call a request is.

use http::Method;
use http::request::Parts;

/// The calls of API and slice server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    Create,
    Sts,
    Commit,
    Cancel,
    Show,
    MyInfo,
    Refresh,
    CreateFile,
    NewSlice,
    UploadSlice,
    Check,
}

impl Operation {
    pub(crate) fn from_parts(parts: &Parts) -> Option<Self> {
        Some(match parts.uri.path() {
            "/uploads/create.json" => Self::Create,
            "/uploads/get_sts_inf.json" => Self::Sts,
            "/uploads/commit.json" => Self::Commit,
            "/uploads/cancel.json" => Self::Cancel,
            "/videos/show.json" => Self::Show,
            // On the old host only, whose paths begin with `/v2` (protocol sheet youku-manage.md).
            "/v2/users/myinfo.json" => Self::MyInfo,
            "/oauth2/token.json" => Self::Refresh,
            "/gupload/create_file" => Self::CreateFile,
            "/gupload/new_slice" => Self::NewSlice,
            "/gupload/upload_slice" => Self::UploadSlice,
            "/gupload/check" => Self::Check,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Sts => "sts",
            Self::Commit => "commit",
            Self::Cancel => "cancel",
            Self::Show => "show",
            Self::MyInfo => "myinfo",
            Self::Refresh => "refresh",
            Self::CreateFile => "create_file",
            Self::NewSlice => "new_slice",
            Self::UploadSlice => "upload_slice",
            Self::Check => "check",
        }
    }

    /// Refuses the other method where the page names only one.
    pub(crate) fn allows(self, method: &Method) -> bool {
        match self {
            Self::Commit | Self::Refresh | Self::CreateFile | Self::UploadSlice => method == Method::POST,
            Self::NewSlice | Self::Check | Self::Show => method == Method::GET,
            Self::Create | Self::Sts | Self::Cancel | Self::MyInfo => {
                method == Method::GET || method == Method::POST
            }
        }
    }

    pub(crate) fn is_on_slice_server(self) -> bool {
        matches!(self, Self::CreateFile | Self::NewSlice | Self::UploadSlice | Self::Check)
    }
}

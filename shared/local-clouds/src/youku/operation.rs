//! Which call a request is.

use http::Method;
use http::request::Parts;

use crate::youku::error::ApiError;
use crate::youku::host::{CallHost, Host};
use crate::youku::switches::Switches;

/// The calls of API and slice server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    MyInfo,
    Refresh,
    CreateFile,
    NewSlice,
    UploadSlice,
    Check,
}

impl Operation {
    pub(crate) fn from_parts(parts: &Parts) -> Option<Self> {
        let (_, path) = Host::split_path(parts.uri.path());
        Some(match path {
            "/uploads/create.json" => Self::Create,
            "/uploads/get_sts_inf.json" => Self::Sts,
            "/uploads/commit.json" => Self::Commit,
            "/uploads/cancel.json" => Self::Cancel,
            "/videos/show.json" => Self::Show,
            "/videos/show_batch.json" => Self::ShowBatch,
            "/videos/by_me.json" => Self::ByMe,
            "/videos/update.json" => Self::Update,
            "/videos/destroy.json" => Self::Destroy,
            "/users/myinfo.json" => Self::MyInfo,
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
            Self::ShowBatch => "show_batch",
            Self::ByMe => "by_me",
            Self::Update => "update",
            Self::Destroy => "destroy",
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
            Self::Commit | Self::Refresh | Self::CreateFile | Self::UploadSlice | Self::Update => {
                method == Method::POST
            }
            Self::NewSlice | Self::Check | Self::Show | Self::ShowBatch | Self::ByMe => method == Method::GET,
            Self::Create | Self::Sts | Self::Cancel | Self::MyInfo | Self::Destroy => {
                method == Method::GET || method == Method::POST
            }
        }
    }

    /// Checks that this host has the call. One that it lacks is answered by what stands in front of Youku where public code shows the
    /// call on one host alone; by Youku for the others.
    pub(crate) fn check_host(self, host: Host, switches: &Switches) -> Result<(), ApiError> {
        let (hosts, otherwise) = match self {
            Self::Show => (switches.show_host, ApiError::no_such_page()),
            Self::ShowBatch => (switches.show_batch_host, ApiError::no_such_page()),
            Self::ByMe => (switches.by_me_host, ApiError::no_such_page()),
            Self::Update => (switches.update_host, ApiError::no_such_page()),
            Self::Destroy => (switches.destroy_host, ApiError::no_such_page()),
            Self::MyInfo => (CallHost::Old, ApiError::no_such_call()),
            _ => (CallHost::New, ApiError::no_such_call()),
        };
        if hosts.has(host) { Ok(()) } else { Err(otherwise) }
    }

    pub(crate) fn is_on_slice_server(self) -> bool {
        matches!(self, Self::CreateFile | Self::NewSlice | Self::UploadSlice | Self::Check)
    }
}

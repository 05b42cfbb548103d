//! Youku's two API hosts, which share one listener: paths of the old one begin with `/v2` (protocol sheet youku-manage.md, hosts).

use serde::{Deserialize, Serialize};

const OLD_PREFIX: &str = "/v2";

/// The host that a request names by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    /// `api.youku.com`.
    New,
    /// `openapi.youku.com/v2`.
    Old,
}

impl Host {
    /// Splits a path into the host and the rest.
    pub(crate) fn split_path(path: &str) -> (Self, &str) {
        match path.strip_prefix(OLD_PREFIX).filter(|rest| rest.starts_with('/')) {
            Some(rest) => (Self::Old, rest),
            None => (Self::New, path),
        }
    }
}

/// On which hosts a call lives. The other answers 404 without an error of Youku's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallHost {
    /// Paths without `/v2`.
    New,
    /// Paths below `/v2`.
    Old,
    /// Either.
    Both,
    /// Neither.
    Neither,
}

impl CallHost {
    pub(crate) fn has(self, host: Host) -> bool {
        match self {
            Self::New => host == Host::New,
            Self::Old => host == Host::Old,
            Self::Both => true,
            Self::Neither => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_first_segment_names_the_old_host() {
        assert_eq!(Host::split_path("/v2/videos/show.json"), (Host::Old, "/videos/show.json"));
        for new in ["/videos/show.json", "/v2", "/v20/videos/show.json"] {
            assert_eq!(Host::split_path(new), (Host::New, new));
        }
    }
}

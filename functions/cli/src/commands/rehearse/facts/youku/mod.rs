//! Facts about Youku, one file each.

pub(super) mod cancel_after_commit;
pub(super) mod cancel_before_commit;
pub(super) mod create_method;
pub(super) mod destroy_host;
pub(super) mod error_form;
mod hosts;
pub(super) mod instant;
mod limits;
pub(super) mod list_parts;
pub(super) mod lost_commit;
pub(super) mod oss_publish;
pub(super) mod read_hosts;
pub(super) mod refresh;
pub(super) mod second_commit;
pub(super) mod session_life;
pub(super) mod signature;
pub(super) mod single_put;
pub(super) mod slice_publish;
pub(super) mod sts_end;
pub(super) mod tag_limit;
pub(super) mod title_limit;
pub(super) mod uncommitted;
pub(super) mod update_host;
pub(super) mod web_md5;
pub(super) mod wrong_md5;

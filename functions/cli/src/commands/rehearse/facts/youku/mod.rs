//! Facts about Youku, one file each.

pub(super) mod cancel_after_commit;
pub(super) mod cancel_before_commit;
pub(super) mod create_method;
pub(super) mod destroy_host;
pub(super) mod error_form;
mod hosts;
pub(super) mod instant;
pub(super) mod list_parts;
pub(super) mod lost_commit;
pub(super) mod oss_publish;
pub(super) mod read_hosts;
pub(super) mod second_commit;
pub(super) mod signature;
pub(super) mod single_put;
pub(super) mod slice_publish;
pub(super) mod uncommitted;
pub(super) mod update_host;
pub(super) mod web_md5;
pub(super) mod wrong_md5;

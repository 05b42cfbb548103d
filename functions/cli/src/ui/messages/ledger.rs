//! A ledger that is not there yet.

use crate::ui::i18n::tr;
use std::path::Path;

/// A ledger's folder that does not exist; `is_default`: no setting names it.
pub(crate) fn describe_missing(place: &Path, is_default: bool) -> String {
    let place = place.display();
    match is_default {
        true => tr!(
            "there is no ledger at {place} yet: nothing was uploaded by this user, or the ledger is elsewhere and ledger.location \
             (OSS2YOUKU_LEDGER__LOCATION) does not say so",
            "{place} 处还没有台账：当前用户尚未上传过，或台账在别处而未设置 ledger.location（OSS2YOUKU_LEDGER__LOCATION）"
        ),
        false => tr!(
            "there is no ledger at {place} yet: nothing was uploaded with these settings, or ledger.location \
             (OSS2YOUKU_LEDGER__LOCATION) is wrong",
            "{place} 处还没有台账：尚未用这份设置上传过，或 ledger.location（OSS2YOUKU_LEDGER__LOCATION）填写有误"
        ),
    }
}

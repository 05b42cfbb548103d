//! Who may watch a video.

use crate::ui::i18n::{tr, tr_static};
use app::core::metadata::{Audience, PublicTypeOrigin};

/// Who may watch a video, and where that was stated.
pub(crate) fn describe(audience: Audience) -> String {
    let word = audience.public_type.as_str();
    let origin = match audience.from {
        None => return word.into(),
        Some(PublicTypeOrigin::Task) => tr_static!("from the task", "来自任务"),
        Some(PublicTypeOrigin::Flag) => tr_static!("from a flag or --meta", "来自命令行参数或 --meta"),
        Some(PublicTypeOrigin::Metadata) => tr_static!("from the object's metadata", "来自对象的元数据"),
        Some(PublicTypeOrigin::Sidecar) => tr_static!("from the sidecar file", "来自旁边的文件"),
        Some(PublicTypeOrigin::Rule) => tr_static!("from its rule", "来自规则"),
        Some(PublicTypeOrigin::Default) => tr_static!("by default", "默认"),
    };
    tr!("{word}, {origin}", "{word}，{origin}")
}

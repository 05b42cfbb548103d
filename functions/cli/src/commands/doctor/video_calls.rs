//! On which of Youku's hosts the calls about videos are.

use super::{context::CheckContext, finding::Finding};
use crate::ui::i18n::{tr, tr_static};
use app::{CallPlace, VideoCalls};

/// Looks for the calls, and says what it means for watching where one is nowhere. `None` where the ledger cannot be read, as the checks of
/// the ledger say.
pub(super) async fn check(context: &CheckContext, name: &str) -> Option<Finding> {
    let finding = Finding::new(
        tr!("account {name}", "账号 {name}"),
        tr_static!("ask Youku's hosts about no video", "向优酷的主机查询一个不存在的视频"),
    );
    let calls = context.app.find_video_calls(name, None).await.ok()?;
    let result = describe(&calls);
    if calls.has_batch() {
        return Some(finding.pass(result));
    }
    let an_hour = (context.app.settings().youku.calls_per_hour / 10).max(1);
    Some(finding.warn(
        result,
        tr!(
            "the sweep asks about each video by a call of its own, {an_hour} an hour at most: if Youku has videos/show_batch elsewhere, set \
             youku.call_urls.show_batch; if it grants more calls, set youku.calls_per_hour",
            "巡检只能逐个查询视频，每小时最多 {an_hour} 次：若优酷在别处提供 videos/show_batch，请设置 youku.call_urls.show_batch；\
             若优酷允许更多调用，请设置 youku.calls_per_hour"
        ),
    ))
}

fn describe(calls: &VideoCalls) -> String {
    let place = |place| match place {
        CallPlace::Api => "youku.api",
        CallPlace::OldApi => "youku.old_api",
        CallPlace::Stated => "youku.call_urls",
        CallPlace::Missing => tr_static!("nowhere", "均未提供"),
        CallPlace::Unknown => tr_static!("no answer", "没有应答"),
    };
    let all: Vec<_> =
        calls.places.iter().map(|(call, at)| tr!("{call} {}", "{call} {}", place(*at))).collect();
    let all = all.join(tr_static!(", ", "、"));
    match calls.watching.as_ref().filter(|watching| watching.learnt.is_some()) {
        Some(watching) => {
            let ids = watching.ids;
            tr!("{all}; one call takes {ids} videos", "{all}；一次可查询 {ids} 个视频")
        }
        None => all,
    }
}

//! The switches of the page: what is to go wrong in the local clouds.

use crate::{
    commands::console::to_lang,
    local_clouds::RunningClouds,
    ui::i18n::{tr_static, with_language},
};
use ::local_clouds::{
    control::{Control, LinkSettings},
    faults::{Fault as Scripted, Rule, RuleId},
};
use futures_util::future::BoxFuture;
use nix::sys::signal::Signal;
use std::{
    num::NonZeroU64,
    sync::{Mutex, PoisonError},
};
use tokio::sync::{mpsc, oneshot};
use web_console::{DevClouds, Fault, FaultWords, Language};

/// Bytes a second of the slow link.
const SLOW: NonZeroU64 = NonZeroU64::MIN.saturating_add((256 << 10) - 1);
/// What Youku's API answers while it is unavailable.
const UNAVAILABLE: u16 = 503;

/// What happens at once, and who waits for it.
type Order = (Fault, oneshot::Sender<()>);

/// The local clouds, as the page reaches them.
pub(super) struct FaultSwitches {
    youku: Control,
    api: String,
    /// The rule by which Youku is unavailable.
    outage: Mutex<Option<RuleId>>,
    orders: mpsc::UnboundedSender<Order>,
}

/// What the page asked for, to be carried out by who holds the clouds.
pub(super) struct Orders(mpsc::UnboundedReceiver<Order>);

/// Connects switches with these clouds.
pub(super) fn connect(running: &RunningClouds) -> (FaultSwitches, Orders) {
    let (orders, ordered) = mpsc::unbounded_channel();
    let youku = &running.clouds.youku;
    let switches =
        FaultSwitches { youku: youku.control(), api: youku.api(), outage: Mutex::default(), orders };
    (switches, Orders(ordered))
}

impl Orders {
    /// Carries out what the page asks for, until its switches are dropped.
    pub(super) async fn carry_out(mut self, running: &RunningClouds) {
        let clouds = &running.clouds;
        while let Some((fault, done)) = self.0.recv().await {
            match fault {
                Fault::KillFunction => clouds.fc.kill_instance(&clouds.function, Signal::SIGKILL).await,
                Fault::ExpireToken => {
                    let accounts = &clouds.endpoints.youku_accounts;
                    accounts.iter().for_each(|account| clouds.youku.expire_access_token(&account.client_id));
                }
                Fault::SlowLink | Fault::YoukuUnavailable => {}
            }
            // The page was left meanwhile.
            let _ = done.send(());
        }
    }
}

impl FaultSwitches {
    fn switch_outage(&self, on: bool) {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        match (on, outage.take()) {
            (false, Some(rule)) => self.youku.faults.remove(rule),
            (false, None) => {}
            (true, known) => {
                *outage = known.or_else(|| {
                    let refusal = Scripted::from_status(UNAVAILABLE)?;
                    Some(self.youku.faults.add(Rule::new("*", refusal).times(0)))
                });
            }
        }
    }
}

impl DevClouds for FaultSwitches {
    fn is_on(&self, fault: Fault) -> bool {
        match fault {
            Fault::SlowLink => self.youku.link.settings().bytes_per_second == Some(SLOW),
            // A rule that was cleared by other hands is over as well.
            Fault::YoukuUnavailable => {
                let outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
                outage.is_some_and(|rule| self.youku.faults.state(rule).is_some())
            }
            Fault::KillFunction | Fault::ExpireToken => false,
        }
    }

    fn describe(&self, fault: Fault, language: Language) -> FaultWords {
        with_language(to_lang(language), || describe_fault(fault))
    }

    fn switch(&self, fault: Fault, on: bool) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            match fault {
                Fault::SlowLink => {
                    let settings = self.youku.link.settings();
                    let bytes_per_second = on.then_some(SLOW);
                    self.youku.link.set(LinkSettings { bytes_per_second, ..settings });
                }
                Fault::YoukuUnavailable => self.switch_outage(on),
                Fault::KillFunction | Fault::ExpireToken => {
                    let (done, carried_out) = oneshot::channel();
                    if self.orders.send((fault, done)).is_ok() {
                        // The clouds end: there is nothing to wait for.
                        let _ = carried_out.await;
                    }
                }
            }
        })
    }

    fn video_url(&self, video_id: &str) -> String {
        format!("{}/_sandbox/videos/{video_id}/content", self.api)
    }
}

fn describe_fault(fault: Fault) -> FaultWords {
    match fault {
        Fault::KillFunction => FaultWords {
            name: tr_static!("Kill the function", "停止函数"),
            what: tr_static!(
                "Its process ends at once, as on a lost machine. The sweep resumes its uploads some seconds later.",
                "函数进程立即结束，如同机器丢失。几秒后巡检会继续其上传。"
            ),
        },
        Fault::ExpireToken => FaultWords {
            name: tr_static!("Expire the access tokens", "使访问令牌过期"),
            what: tr_static!(
                "Youku refuses them from now on; each is renewed by its refresh token.",
                "优酷从现在起拒绝它们；各令牌会用刷新令牌续期。"
            ),
        },
        Fault::SlowLink => FaultWords {
            name: tr_static!("Slow link to Youku", "到优酷的慢速链路"),
            what: tr_static!("256 KiB a second for all uploads together.", "所有上传合计每秒 256 KiB。"),
        },
        Fault::YoukuUnavailable => FaultWords {
            name: tr_static!("Youku is unavailable", "优酷不可用"),
            what: tr_static!(
                "Its API answers 503. Calls are tried again with growing pauses.",
                "其 API 返回 503。调用会以递增的间隔重试。"
            ),
        },
    }
}

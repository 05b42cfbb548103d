//! How each account's access token stands, and whether Youku takes it.

use super::{Finding, Patient};
use crate::lang::{say, word};
use app::TokenChain;
use app::core::{
    Error, ErrorKind,
    tokens::{ReauthorizeReason, TokenState},
};
use std::time::SystemTime;

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let names: Vec<String> = match &patient.account {
        Some(account) => vec![account.clone()],
        None => patient.app.settings().accounts.keys().cloned().collect(),
    };
    let mut findings = Vec::new();
    for name in names {
        let state = patient.app.account_state(&name, None).await;
        findings.push(stands(&name, &state));
        if let Ok(state) = state {
            let chain = patient.app.token_chain(&name, None).await.ok().flatten();
            findings.push(proves(patient, &name, state, chain).await);
            findings.extend(chain.and_then(|chain| begins(&name, chain)));
        }
    }
    findings
}

fn stands(name: &str, state: &Result<TokenState, Error>) -> Finding {
    let finding = Finding::of(
        say!("account {name}", "账号 {name}"),
        word!("read how its access token stands", "查看其访问令牌的状态"),
    );
    match state {
        Err(error) if error.kind() == ErrorKind::Ledger => finding.failed(error).advise(word!(
            "see the checks before; nothing is uploaded without the ledger",
            "请看前面的检查；没有台账就不会上传"
        )),
        Err(error) => finding.advise(advice(error)).failed(error),
        Ok(state @ TokenState::Reauthorize { why, until, .. }) => {
            let meanwhile = match until {
                Some(until) => {
                    say!("; until {until} at the latest the old one serves", "；旧令牌最迟可用到 {until}")
                }
                None => String::new(),
            };
            let because = match why {
                ReauthorizeReason::AnswerLost => word!(
                    "a refresh token works once, and what it brought is lost",
                    "刷新令牌只能用一次，而它换来的新令牌丢失了"
                ),
                ReauthorizeReason::Refused => word!(
                    "each refresh token works once: this one was used elsewhere, or withdrawn",
                    "刷新令牌只能用一次：它已在别处用过，或被收回"
                ),
            };
            finding.failed(told(state)).advise(format!("{because}: {}{meanwhile}", renew(name)))
        }
        Ok(state) => finding.well(told(state)),
    }
}

/// How it stands, and how many days are left.
fn told(state: &TokenState) -> String {
    let left = match state {
        TokenState::Valid { until: Some(until), .. } => {
            let left = until.get().duration_since(SystemTime::now()).unwrap_or_default();
            let days = left.as_secs() / 86_400;
            say!(", {days} days left", "，还剩 {days} 天")
        }
        _ => String::new(),
    };
    let state = match state {
        TokenState::NoRefreshToken => {
            say!("{state}", "不会自动续期：设置中没有 refresh_token")
        }
        TokenState::FromSettings => say!("{state}", "使用设置中的令牌，优酷拒绝时续期"),
        TokenState::Valid { since, until: None } => say!("{state}", "已于 {since} 续期"),
        TokenState::Valid { since, until: Some(until) } => {
            say!("{state}", "已于 {since} 续期，有效到 {until}")
        }
        TokenState::Refreshing { since } => say!("{state}", "自 {since} 起正在续期"),
        TokenState::Postponed { until } => say!("{state}", "优酷没有接受上次续期：{until} 起再试"),
        TokenState::Reauthorize { since, .. } => say!("{state}", "reauthorize：无法续期（{since}）"),
    };
    format!("{state}{left}")
}

/// A chain of tokens that has more than one beginning.
fn begins(name: &str, chain: TokenChain) -> Option<Finding> {
    let finding = Finding::of(
        say!("account {name}", "账号 {name}"),
        word!("compare its refresh token with what this ledger renewed", "将其刷新令牌与本台账续期过的比较"),
    );
    (chain == TokenChain::Renewed).then(|| {
        finding.warn(
            word!(
                "the settings hold a token that this ledger itself got by a renewal",
                "设置中的令牌是本台账自己续期得到的"
            ),
            word!(
                "give every installation that uses this ledger the same pair: where one still has the earlier token, both spend the same one",
                "请让使用本台账的所有安装写同一对令牌：若其中一处仍是更早的令牌，双方会用掉同一个令牌"
            ),
        )
    })
}

/// What to do where another ledger may renew the same token.
fn one_ledger() -> &'static str {
    word!(
        "a refresh token works once: where a function or another machine renews it as well, use its ledger here \
         (ledger.location and ledger.seal_key; oss2youku init --with-function), or authorise this installation by a pair of its own",
        "刷新令牌只能用一次：若函数或其他机器也在续期它，请在这里使用它的台账（ledger.location 与 ledger.seal_key；oss2youku init --with-function），或为本机另行授权一对令牌"
    )
}

/// Whether the pair's time is not over by this machine's clock.
fn lives(state: TokenState) -> bool {
    matches!(state, TokenState::Valid { until: Some(until), .. } if until.get() > SystemTime::now())
}

async fn proves(patient: &Patient, name: &str, state: TokenState, chain: Option<TokenChain>) -> Finding {
    let finding = Finding::of(
        say!("account {name}", "账号 {name}"),
        word!(
            "ask Youku for the credentials of an upload that does not exist",
            "向优酷请求一个不存在的上传的凭证"
        ),
    );
    let refused = word!("Youku refuses the access token", "优酷拒绝访问令牌");
    match patient.app.check_account(name, None).await {
        Ok(true) => finding.well(word!("Youku takes the access token", "优酷接受访问令牌")),
        Ok(false) => match state {
            TokenState::NoRefreshToken => finding.failed(refused).advise(say!(
                "put a new access_token for account {name} into the settings, with its refresh_token so that it is renewed by itself",
                "请把账号 {name} 新的 access_token 连同 refresh_token 写入设置，以便自动续期"
            )),
            TokenState::Reauthorize { .. } => {
                finding.failed(refused).advise(format!("{}; {}", renew(name), one_ledger()))
            }
            state if lives(state) => finding.warn(
                word!(
                    "Youku refuses the access token that this ledger renewed, before its time: it was renewed elsewhere, or withdrawn",
                    "本台账续期的访问令牌尚未到期即被优酷拒绝：它已在别处续期，或被收回"
                ),
                one_ledger(),
            ),
            TokenState::FromSettings if chain == Some(TokenChain::New) => finding.warn(
                word!(
                    "Youku refuses the access token of the settings, and this ledger has never renewed it: the next upload tries to",
                    "优酷拒绝设置中的访问令牌，而本台账从未续期它：下一次上传会尝试续期"
                ),
                one_ledger(),
            ),
            _ => finding.well(word!(
                "Youku refuses the access token, and the next upload renews it",
                "优酷拒绝访问令牌，下一次上传会为它续期"
            )),
        },
        Err(error) => finding.advise(advice(&error)).failed(error),
    }
}

fn renew(name: &str) -> String {
    say!(
        "put a new access_token and refresh_token for account {name} into the settings (cloud.youku.com/tools)",
        "请把账号 {name} 新的 access_token 和 refresh_token 写入设置（cloud.youku.com/tools）"
    )
}

fn advice(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::ClientRefused => word!(
            "correct the account's client_id in the settings: Youku does not know it",
            "请修改设置中账号的 client_id：优酷不认识它"
        ),
        ErrorKind::RateLimited => word!(
            "wait: Youku takes no more calls of this client for now",
            "请稍候：优酷暂时不接受这个应用的调用"
        ),
        ErrorKind::Config | ErrorKind::InvalidJob => {
            word!("correct the setting, or the --account, that it names", "请修改它所指出的设置或 --account")
        }
        _ => word!(
            "check that youku.api can be reached from here, then try again",
            "请检查能否从这里访问 youku.api，然后重试"
        ),
    }
}

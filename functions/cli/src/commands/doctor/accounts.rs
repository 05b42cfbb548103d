//! The state of each account's access token, and whether Youku accepts it.

use super::{context::CheckContext, finding::Finding, video_calls};
use crate::ui::{
    i18n::{tr, tr_static},
    local_time,
    messages::way_out::Callee,
    shell_text::write_command,
};
use app::TokenChain;
use app::core::{
    Error, ErrorKind,
    access_token::{ReauthorizeReason, TokenState},
    ledger::Timestamp,
};
use std::time::SystemTime;

pub(super) async fn check(context: &CheckContext) -> Vec<Finding> {
    let names: Vec<String> = match &context.account {
        Some(account) => vec![account.clone()],
        None => context.app.settings().accounts.keys().cloned().collect(),
    };
    let mut findings = Vec::new();
    for name in names {
        let state = context.app.account_state(&name, None).await;
        findings.push(check_state(&name, &state));
        if let Ok(state) = state {
            let chain = context.app.token_chain(&name, None).await.ok().flatten();
            let access = check_access(context, &name, state, chain).await;
            let is_accepted = access.is_well();
            findings.push(access);
            if is_accepted {
                findings.extend(video_calls::check(context, &name).await);
            }
            findings.extend(chain.and_then(|chain| check_chain(&name, chain)));
        }
    }
    findings
}

fn check_state(name: &str, state: &Result<TokenState, Error>) -> Finding {
    let finding = Finding::new(
        tr!("account {name}", "账号 {name}"),
        tr_static!("read the state of its access token", "查看其访问令牌的状态"),
    );
    match state {
        Err(error) if error.kind() == ErrorKind::Ledger => {
            let otherwise = tr_static!(
                "see the checks above; nothing is uploaded without the ledger",
                "请看上面的检查；没有台账就不会上传"
            );
            finding.fail_for(error, Callee::Ledger, otherwise)
        }
        Err(error) => finding.fail_for(error, Callee::Unknown, advise(error)),
        Ok(state @ TokenState::Reauthorize { why, until, .. }) => {
            let meanwhile = match until {
                Some(until) => {
                    let until = local_time::format(*until);
                    tr!("; the old token works until {until} at the latest", "；旧令牌最迟可用到 {until}")
                }
                None => String::new(),
            };
            let because = match why {
                ReauthorizeReason::AnswerLost => tr_static!(
                    "a refresh token works only once, and the response with its successor was lost",
                    "刷新令牌只能用一次，而包含新令牌的应答丢失了"
                ),
                ReauthorizeReason::Refused => tr_static!(
                    "each refresh token works only once: this one was used elsewhere, or revoked",
                    "刷新令牌只能用一次：它已在别处用过，或被撤销"
                ),
            };
            finding
                .fail(describe_state(state))
                .advise(format!("{because}: {}{meanwhile}", advise_new_tokens(name)))
        }
        Ok(state) => finding.pass(describe_state(state)),
    }
}

/// The state, and how many days are left.
fn describe_state(state: &TokenState) -> String {
    let left = match state {
        TokenState::Valid { until: Some(until), .. } => {
            let left = until.get().duration_since(SystemTime::now()).unwrap_or_default();
            let days = left.as_secs() / 86_400;
            tr!(", {days} days left", "，还剩 {days} 天")
        }
        _ => String::new(),
    };
    let time = |at: &Timestamp| local_time::format(*at);
    let state = match state {
        TokenState::NoRefreshToken => {
            tr!(
                "not renewed automatically: the settings have no refresh_token",
                "不会自动续期：设置中没有 refresh_token"
            )
        }
        TokenState::FromSettings => {
            tr!("the settings' own, renewed when Youku refuses it", "使用设置中的令牌，优酷拒绝时续期")
        }
        TokenState::Valid { since, until: None } => {
            let since = time(since);
            tr!("renewed {since}", "已于 {since} 续期")
        }
        TokenState::Valid { since, until: Some(until) } => {
            let (since, until) = (time(since), time(until));
            tr!("renewed {since}, good until {until}", "已于 {since} 续期，有效到 {until}")
        }
        TokenState::Refreshing { since } => {
            let since = time(since);
            tr!("being renewed since {since}", "自 {since} 起正在续期")
        }
        TokenState::Postponed { until } => {
            let until = time(until);
            tr!(
                "Youku did not process the last refresh: retried from {until} on",
                "优酷没有接受上次续期：{until} 起再试"
            )
        }
        TokenState::Reauthorize { since, why, .. } => {
            let since = time(since);
            match why {
                ReauthorizeReason::AnswerLost => tr!(
                    "reauthorize: the answer to a refresh was lost ({since})",
                    "reauthorize：续期的应答丢失（{since}）"
                ),
                ReauthorizeReason::Refused => tr!(
                    "reauthorize: Youku refuses the refresh token ({since})",
                    "reauthorize：优酷拒绝刷新令牌（{since}）"
                ),
            }
        }
    };
    format!("{state}{left}")
}

/// Warns of a chain of tokens that has more than one beginning.
fn check_chain(name: &str, chain: TokenChain) -> Option<Finding> {
    let finding = Finding::new(
        tr!("account {name}", "账号 {name}"),
        tr_static!(
            "compare its refresh token with those that this ledger renewed",
            "将其刷新令牌与本台账续期过的比较"
        ),
    );
    (chain == TokenChain::Renewed).then(|| {
        finding.warn(
            tr_static!(
                "the settings hold a token that this ledger itself obtained by a renewal",
                "设置中的令牌是本台账自己续期得到的"
            ),
            tr_static!(
                "give every installation that uses this ledger the same pair: if one still has the earlier token, both spend the same one",
                "请让使用本台账的所有安装写同一对令牌：若其中一处仍是更早的令牌，双方会用掉同一个令牌"
            ),
        )
    })
}

/// Says what to do where another ledger may renew the same token.
fn advise_shared_ledger() -> String {
    let init = write_command("init --with-function");
    tr!(
        "a refresh token works only once: if a function or another machine renews it as well, use its ledger here \
         (ledger.location and ledger.seal_key; {init}), or authorize this installation with a pair of its own",
        "刷新令牌只能用一次：若函数或其他机器也在续期它，请在本机使用同一台账（ledger.location 与 ledger.seal_key；{init}），或为本机另行授权一对令牌"
    )
}

/// Whether the pair has not expired, by this machine's clock.
fn is_unexpired(state: TokenState) -> bool {
    matches!(state, TokenState::Valid { until: Some(until), .. } if until.get() > SystemTime::now())
}

/// Tries the access token.
async fn check_access(
    context: &CheckContext,
    name: &str,
    state: TokenState,
    chain: Option<TokenChain>,
) -> Finding {
    let finding = Finding::new(
        tr!("account {name}", "账号 {name}"),
        tr_static!(
            "request credentials from Youku for an upload that does not exist",
            "向优酷请求一个不存在的上传的凭证"
        ),
    );
    let refused = tr_static!("Youku refuses the access token", "优酷拒绝访问令牌");
    match context.app.check_account(name, None).await {
        Ok(true) => finding.pass(tr_static!("Youku accepts the access token", "优酷接受访问令牌")),
        Ok(false) => match state {
            TokenState::NoRefreshToken => finding.fail(refused).advise(tr!(
                "put a new access_token for account {name} into the settings, with its refresh_token so that it is renewed automatically",
                "请把账号 {name} 新的 access_token 连同 refresh_token 写入设置，以便自动续期"
            )),
            TokenState::Reauthorize { .. } => {
                finding.fail(refused).advise(format!("{}; {}", advise_new_tokens(name), advise_shared_ledger()))
            }
            state if is_unexpired(state) => finding.warn(
                tr_static!(
                    "Youku refuses the access token that this ledger renewed, before its time: it was renewed elsewhere, or revoked",
                    "本台账续期的访问令牌尚未到期即被优酷拒绝：它已在别处续期，或被撤销"
                ),
                advise_shared_ledger(),
            ),
            TokenState::FromSettings if chain == Some(TokenChain::New) => finding.warn(
                tr_static!(
                    "Youku refuses the access token of the settings, and this ledger has never renewed it: the next upload tries to renew it",
                    "优酷拒绝设置中的访问令牌，而本台账从未续期它：下一次上传会尝试续期"
                ),
                advise_shared_ledger(),
            ),
            _ => finding.pass(tr_static!(
                "Youku refuses the access token, and the next upload renews it",
                "优酷拒绝访问令牌，下一次上传会续期"
            )),
        },
        Err(error) => finding.fail_for(&error, Callee::Youku, advise(&error)),
    }
}

fn advise_new_tokens(name: &str) -> String {
    tr!(
        "put a new access_token and refresh_token for account {name} into the settings (cloud.youku.com/tools)",
        "请把账号 {name} 新的 access_token 和 refresh_token 写入设置（cloud.youku.com/tools）"
    )
}

fn advise(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::ClientRefused => tr_static!(
            "correct the account's client_id in the settings: Youku does not know it",
            "请修改设置中账号的 client_id：优酷不认识它"
        ),
        ErrorKind::RateLimited => tr_static!(
            "wait: Youku accepts no more calls of this client for now",
            "请稍候：优酷暂时不接受这个应用的调用"
        ),
        ErrorKind::Config | ErrorKind::InvalidJob => {
            tr_static!(
                "correct the setting, or the --account, that it names",
                "请修改它所指出的设置或 --account"
            )
        }
        _ => tr_static!(
            "check that youku.api can be reached from here, then try again",
            "请检查能否从这里访问 youku.api，然后重试"
        ),
    }
}

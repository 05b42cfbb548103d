//! How each account's access token stands, and whether Youku takes it.

use super::{Finding, Patient};
use app::core::{
    Error, ErrorKind,
    tokens::{ReauthoriseReason, TokenState},
};

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
            findings.push(proves(patient, &name, state).await);
        }
    }
    findings
}

fn stands(name: &str, state: &Result<TokenState, Error>) -> Finding {
    let finding = Finding::of(format!("account {name}"), "read how its access token stands");
    match state {
        Err(error) => {
            finding.failed(error).advise("see the checks before; nothing is uploaded without the ledger")
        }
        Ok(state @ TokenState::Reauthorise { why, until, .. }) => {
            let meanwhile = match until {
                Some(until) => format!("; until {until} at the latest the old one serves"),
                None => String::new(),
            };
            let because = match why {
                ReauthoriseReason::AnswerLost => "a refresh token works once, and what it brought is lost",
                ReauthoriseReason::Refused => {
                    "each refresh token works once: this one was used elsewhere, or withdrawn"
                }
            };
            finding.failed(state).advise(format!("{because}: {}{meanwhile}", renew(name)))
        }
        Ok(state) => finding.well(state),
    }
}

async fn proves(patient: &Patient, name: &str, state: TokenState) -> Finding {
    let finding = Finding::of(
        format!("account {name}"),
        "ask Youku for the credentials of an upload that does not exist",
    );
    match patient.app.prove_account(name, None).await {
        Ok(true) => finding.well("Youku takes the access token"),
        Ok(false) => match state {
            TokenState::NoRefreshToken => finding.failed("Youku refuses the access token").advise(format!(
                "put a new access_token for account {name} into the settings, with its refresh_token so that it is renewed by itself"
            )),
            TokenState::Reauthorise { .. } => finding.failed("Youku refuses the access token").advise(renew(name)),
            _ => finding.well("Youku refuses the access token, and the next upload renews it"),
        },
        Err(error) => finding.advise(advice(&error)).failed(error),
    }
}

fn renew(name: &str) -> String {
    format!(
        "put a new access_token and refresh_token for account {name} into the settings (cloud.youku.com/tools)"
    )
}

fn advice(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Unauthorised => "check the account's client_id: Youku does not know it",
        ErrorKind::RateLimited => "wait: Youku takes no more calls of this client for now",
        ErrorKind::Config => "correct the setting it names",
        _ => "check that youku.api can be reached from here, then try again",
    }
}

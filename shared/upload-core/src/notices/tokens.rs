//! Notices that an account's access token expires and nothing renews it.

use crate::{
    Error, NoticeEvent,
    access_token::TokenState,
    ledger::{Ledger, Notice},
};
use futures_util::future::BoxFuture;
use std::time::{Duration, UNIX_EPOCH};

/// A token is told of when it has fewer days left: it is renewed by itself when a quarter of its month is left.
const DAYS_LEFT: u64 = 5;
const DAY: Duration = Duration::from_secs(86_400);
/// Names the note of what was last told of an account's token.
const NOTE: &str = "token-told-";

/// Queues that an account's token expires soon, once for each day on which it does. A token that cannot be renewed and whose end is not known
/// is told of once.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger) if the store fails.
pub fn tell_of_token<'a>(
    ledger: &'a Ledger,
    account: &'a str,
    state: &'a TokenState,
) -> BoxFuture<'a, Result<(), Error>> {
    Box::pin(tell(ledger, account, state))
}

async fn tell(ledger: &Ledger, account: &str, state: &TokenState) -> Result<(), Error> {
    let event = NoticeEvent::TokenExpiring;
    if !ledger.tells_of_account(event, account) {
        return Ok(());
    }
    let (expires, is_stuck) = match state {
        TokenState::Valid { until: Some(until), .. } => (Some(*until), false),
        TokenState::Reauthorize { until, .. } => (*until, true),
        _ => return Ok(()),
    };
    let day =
        expires.map_or(0, |at| at.get().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 86_400);
    if !is_stuck {
        let left = match expires {
            Some(at) => at.get().duration_since(ledger.times().await?.now).unwrap_or_default(),
            None => return Ok(()),
        };
        if left >= DAY * u32::try_from(DAYS_LEFT).unwrap_or(u32::MAX) {
            return Ok(());
        }
    }
    let note = format!("{NOTE}{}", Notice::account_in_key(account));
    let told = format!("{day}");
    if ledger.cursor(&note).await?.as_ref() == Some(&told) {
        return Ok(());
    }
    let code = is_stuck.then(|| "reauthorize".to_owned());
    let mut notice = Notice::of_account(event, account);
    (notice.expires, notice.code) = (expires, code);
    ledger.queue_for_account(&notice, day).await?;
    ledger.set_cursor(&note, Some(&told)).await
}

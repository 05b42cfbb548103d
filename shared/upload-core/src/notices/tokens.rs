//! Notices that an account's access token expires and nothing renews it.

use crate::{
    Error, NoticeEvent,
    access_token::TokenState,
    ledger::{Ledger, Notice, Timestamp, Tokens},
};
use futures_util::future::BoxFuture;
use std::time::{Duration, UNIX_EPOCH};

/// A token is reported when it has fewer days left: it is renewed by itself when a quarter of its month is left.
const DAYS_LEFT: u64 = 5;
const DAY: Duration = Duration::from_secs(86_400);
/// Names the note of what was last reported about an account's token.
const NOTE: &str = "token-told-";

/// Queues that an account's token expires soon, once for each day on which it does, and once more that it cannot be renewed. A token that
/// cannot be renewed and whose end is not known is reported once.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger) if the store fails.
pub fn tell_of_token<'a>(
    ledger: &'a Ledger,
    account: &'a str,
    tokens: &'a Tokens,
) -> BoxFuture<'a, Result<(), Error>> {
    Box::pin(tell(ledger, account, tokens))
}

async fn tell(ledger: &Ledger, account: &str, tokens: &Tokens) -> Result<(), Error> {
    let event = NoticeEvent::TokenExpiring;
    if !ledger.tells_of_account(event, account) {
        return Ok(());
    }
    let is_stuck = matches!(TokenState::from_tokens(tokens), TokenState::Reauthorize { .. });
    // Whatever becomes of its renewal: one that is put off for days brings no new token either.
    let expires = tokens.pair.as_ref().and_then(|pair| pair.expires_at()).map(Timestamp::from);
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
    let told = if is_stuck { format!("{day}.reauthorize") } else { day.to_string() };
    if ledger.cursor(&note).await?.as_ref() == Some(&told) {
        return Ok(());
    }
    let code = is_stuck.then(|| "reauthorize".to_owned());
    let mut notice = Notice::of_account(event, account);
    (notice.expires, notice.code) = (expires, code);
    ledger.queue_for_account(&notice, &told).await?;
    ledger.set_cursor(&note, Some(&told)).await
}

//! On which of Youku's hosts a call is, asked of each of them.

use crate::commands::rehearse::{
    obstacle::Obstacle,
    stage::{Judged, Stage, is_missing},
};
use app::youku::{Client, Error, ErrorKind, HeldHost};

/// The type of errors that say nothing of a call, such as that of an unknown path (Youku's error codes).
const SYSTEM: &str = "SystemException";

/// Asks both hosts, and answers `new`, `old`, `both` or `neither`.
pub(super) async fn find_hosts(
    stage: &mut Stage,
    ask: impl AsyncFn(Client) -> Result<(), Error>,
) -> Result<&'static str, Obstacle> {
    let client = stage.client()?;
    let mut has = [false; 2];
    for (has, host) in has.iter_mut().zip([HeldHost::New, HeldHost::Old]) {
        let answer = ask(client.held_to(host)).await;
        *has = shows_call(stage.judge(answer)?)?;
    }
    Ok(match has {
        [true, true] => "both",
        [true, false] => "new",
        [false, true] => "old",
        [false, false] => "neither",
    })
}

/// Whether an answer shows that the call is there.
///
/// # Errors
/// Where it shows neither that it is nor that it is not.
fn shows_call(answer: Judged<()>) -> Result<bool, Obstacle> {
    let Err(error) = answer else { return Ok(true) };
    let details = error.details();
    let is_system = details.error_type.as_deref() == Some(SYSTEM);
    match error.kind() {
        ErrorKind::NotFound => Ok(true),
        _ if is_missing(&error) => Ok(false),
        _ if details.code.is_some() && !is_system => Ok(true),
        _ => Err(Obstacle::Youku(error)),
    }
}

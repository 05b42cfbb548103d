//! Group robots: the core's messenger port over `chat-robots` and the guarded client of callbacks.

mod advice;
mod chat_robot;
mod digest;
mod sample;

use super::webhook_http::WebhookHttp;
use crate::settings::Settings;
use object_storage::HttpClient;
use std::sync::Arc;
use upload_core::{Clock, Error, ErrorKind};
use webhook::Config;

pub(crate) use chat_robot::ChatRobot;
pub use sample::sample_digest;

/// The robots of the settings, over one guarded client.
///
/// # Errors
/// [`Config`](ErrorKind::Config), naming the field that does not fit.
pub(crate) fn from_settings(
    settings: &Settings,
    http: &HttpClient,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<ChatRobot>, Error> {
    let guard = settings.callback.to_robot_guard();
    let config = Config { secrets: Vec::new(), guard: guard.clone() };
    let client = WebhookHttp::client(config, http.clone(), "robots")?;
    let new_robot = |fields| {
        let robot = ChatRobot::new(fields, &guard, client.clone(), clock.clone());
        robot.map_err(|(field, why)| {
            Error::new(ErrorKind::Config, "settings", "a setting does not fit")
                .with_context("field", format!("robots.{field}"))
                .with_context("why", why)
        })
    };
    settings.robots.iter().map(new_robot).collect()
}

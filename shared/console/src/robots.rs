//! `GET /console/robots`: what the group robots of the settings would be sent.

use crate::{
    Backend, Language,
    query::{Fields, invalid_query},
    response::error_response,
    shared::Shared,
};
use app::{
    RobotPreview,
    core::NoticeEvent,
    robots::{self, Preview},
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct Robots {
    robots: Vec<RobotMessages>,
}

/// A robot without its address and its secret.
#[derive(Serialize)]
struct RobotMessages {
    name: String,
    kind: &'static str,
    format: &'static str,
    language: Language,
    /// Vendor and language in words.
    words: [&'static str; 2],
    /// All that it reports, in one message.
    together: Preview,
    messages: Vec<EventMessage>,
}

/// The message about one event.
#[derive(Serialize)]
struct EventMessage {
    event: NoticeEvent,
    #[serde(flatten)]
    preview: Preview,
}

/// Makes the messages with made-up names, and calls nobody.
pub(crate) async fn preview_robots(State(shared): State<Arc<Shared>>, fields: Fields) -> Response {
    let reader = match fields.language() {
        Ok(language) => to_reader(language.unwrap_or(shared.settings.language)),
        Err(why) => return invalid_query(why),
    };
    let Backend::Ledger(app) = &shared.backend else {
        let text = "only the settings of this machine tell of robots";
        return error_response(StatusCode::NOT_FOUND, "not_here", text);
    };
    let robots = app.preview_robots().into_iter().map(|robot| RobotMessages::new(robot, reader));
    Json(Robots { robots: robots.collect() }).into_response()
}

impl RobotMessages {
    fn new(robot: RobotPreview, reader: robots::Language) -> Self {
        let RobotPreview { name, vendor, format, language, together, messages } = robot;
        let messages = messages.into_iter().map(|(event, preview)| EventMessage { event, preview });
        Self {
            name,
            kind: vendor.as_str(),
            format: format.as_str(),
            language: match language {
                robots::Language::English => Language::En,
                robots::Language::Chinese => Language::Zh,
            },
            words: [vendor.name(reader), language.name(reader)],
            together,
            messages: messages.collect(),
        }
    }
}

fn to_reader(language: Language) -> robots::Language {
    match language {
        Language::Zh => robots::Language::Chinese,
        Language::En => robots::Language::English,
    }
}

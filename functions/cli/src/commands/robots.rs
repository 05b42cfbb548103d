//! `robots`: sends the robots of the settings a test, and prints what messages look like.

use super::{doctor::robot_finding, settings};
use crate::{
    args::{RobotEvent, RobotKind, RobotsPreviewArgs, RobotsTestArgs},
    error::CliError,
    exit_code,
    ui::{
        i18n::{Lang, requested, tr, tr_static},
        output::print_json,
    },
};
use app::{
    core::NoticeEvent,
    robots::{Format, Language, Vendor},
    sample_digest,
};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Sends a message to the robots, or to one of them, and says what came of it.
pub(super) async fn test(args: RobotsTestArgs) -> Result<ExitCode, CliError> {
    let app = settings::open_app_to_read()?;
    let tests = app.test_robots(args.name.as_deref()).await;
    if tests.is_empty() {
        return Err(CliError::usage(match &args.name {
            Some(name) => tr!("the settings have no robot {name}", "设置中没有机器人 {name}"),
            None => tr_static!(
                "the settings have no robot: add a [[robots]] section",
                "设置中没有机器人：请添加 [[robots]] 一节"
            )
            .to_owned(),
        }));
    }
    let mut all_well = true;
    for test in &tests {
        all_well &= robot_finding(test).print(args.json);
    }
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::from(exit_code::FAILED) })
}

/// Prints the bodies of messages with made-up names.
pub(super) fn preview(args: &RobotsPreviewArgs) -> ExitCode {
    let events = args.event.map_or_else(|| NoticeEvent::ALL.to_vec(), |event| vec![event.into()]);
    let digest = sample_digest(&events);
    let language = match requested() {
        Lang::En => Language::English,
        Lang::Zh => Language::Chinese,
    };
    let is_wanted = |format: &Format| args.kind.is_none_or(|kind| format.vendor() == kind.into());
    for format in Format::ALL.into_iter().filter(is_wanted) {
        let body = format.body(&digest, language, None);
        let body: Value = serde_json::from_str(&body).unwrap_or(Value::String(body));
        let (kind, word) = (format.vendor().as_str(), format.as_str());
        print_json(json!({"kind": kind, "format": word, "body": body}));
    }
    ExitCode::SUCCESS
}

impl From<RobotKind> for Vendor {
    fn from(kind: RobotKind) -> Self {
        match kind {
            RobotKind::DingTalk => Self::DingTalk,
            RobotKind::Feishu => Self::Feishu,
            RobotKind::WeCom => Self::WeCom,
        }
    }
}

impl From<RobotEvent> for NoticeEvent {
    fn from(event: RobotEvent) -> Self {
        match event {
            RobotEvent::Published => Self::Published,
            RobotEvent::Failed => Self::Failed,
            RobotEvent::NeedsYou => Self::NeedsYou,
            RobotEvent::VideoReady => Self::VideoReady,
            RobotEvent::VideoRejected => Self::VideoRejected,
            RobotEvent::TokenExpiring => Self::TokenExpiring,
        }
    }
}

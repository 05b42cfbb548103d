//! What group robots would be sent.

use crate::{adapters::robots::sample_digest, application::App};
use chat_robots::{Format, Language, Preview, Vendor};
use upload_core::{Messenger as _, NoticeEvent};

/// The messages of a robot of the settings, with made-up names. No address, secret or signature is in it.
#[derive(Debug, Clone)]
pub struct RobotPreview {
    /// Its name.
    pub name: String,
    /// Whose robot it is.
    pub vendor: Vendor,
    /// What its messages look like.
    pub format: Format,
    /// The language of its messages.
    pub language: Language,
    /// All that it reports, in one message.
    pub together: Preview,
    /// Each event that it reports in a message of its own, the most urgent first.
    pub messages: Vec<(NoticeEvent, Preview)>,
}

impl App {
    /// What each robot would be sent; nothing is sent, and the ledger is not asked.
    #[must_use]
    pub fn preview_robots(&self) -> Vec<RobotPreview> {
        // The robots were built of these settings, in their order.
        let robots = self.robots.iter().zip(&self.settings().robots);
        let previews = robots.map(|(robot, fields)| {
            let events = NoticeEvent::ALL.into_iter().filter(|event| fields.events.contains(event));
            let events: Vec<_> = events.collect();
            let alone = |event: &NoticeEvent| (*event, robot.preview(&sample_digest(&[*event])));
            RobotPreview {
                name: robot.name().to_owned(),
                vendor: robot.vendor(),
                format: robot.format(),
                language: robot.language(),
                together: robot.preview(&sample_digest(&events)),
                messages: events.iter().map(alone).collect(),
            }
        });
        previews.collect()
    }
}

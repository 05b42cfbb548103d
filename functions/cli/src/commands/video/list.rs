//! `video list`: an account's own videos at Youku.

use crate::{
    args::VideoListArgs,
    commands::settings,
    error::CliError,
    ui::{
        messages::video::{describe_count, describe_line},
        output::{print_json, print_line},
        wait_line::show_waits,
    },
};
use serde_json::json;

/// Prints one page.
pub(super) async fn list(args: VideoListArgs) -> Result<(), CliError> {
    let app = settings::open_app()?;
    let listing = app.list_videos(args.account.as_deref(), args.page.into(), None);
    let page = show_waits(args.json, None, listing).await.map_err(CliError::from_upload_command)?;
    for video in &page.videos {
        if args.json {
            let mut event = json!(video);
            event["event"] = "video".into();
            print_json(event);
        } else {
            print_line(describe_line(video));
        }
    }
    if args.json {
        print_json(json!({"event": "listed", "videos": page.videos.len(), "next": page.next}));
    } else {
        print_line(describe_count(page.videos.len(), page.next));
    }
    Ok(())
}

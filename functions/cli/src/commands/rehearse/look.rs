//! How a video is looked for: by its id, or by the title that it alone has.

use super::{
    clip::is_own_title,
    obstacle::Obstacle,
    record::Number,
    stage::{Listed, Privacy, Stage},
    text::text,
};
use app::youku::VideoInfo;
use std::cell::{Cell, RefCell};

/// Videos of a page, and pages, in which one is looked for: the newest come first. One that is to be removed may be older.
const PAGE: u64 = 50;
const PAGES: u64 = 2;
const PAGES_CLEANING: u64 = 4;

impl Stage {
    /// Asks, after the first commit of a run, whether Youku keeps the clip behind its password.
    ///
    /// # Errors
    /// Where Youku says otherwise: the video is to be removed, and no other published.
    pub(super) async fn check_privacy(&mut self, n: Number) -> Result<(), Obstacle> {
        if self.privacy != Privacy::Unasked {
            return Ok(());
        }
        let mut stated = None;
        let id = self.record.video_id(n).map(str::to_owned);
        if let Some(id) = &id {
            let shown = self.client()?.show(id).await;
            stated = self.judge(shown)?.ok().flatten().and_then(|video| video.public_type);
        }
        if stated.is_none() {
            let (title, listed) = (self.record.title(n).map(str::to_owned), RefCell::new(None));
            let is_it = |video: &VideoInfo| {
                let is_titled = || title.as_deref().is_some_and(|own| is_titled(video, own));
                let is_it = id.as_ref().map_or_else(is_titled, |id| *id == video.id);
                if is_it {
                    listed.replace(video.public_type.clone());
                }
                is_it
            };
            self.find_listed(is_it).await?;
            stated = listed.into_inner();
        }
        self.privacy = match stated.as_deref() {
            None => Privacy::Unstated,
            Some("password") => Privacy::Password,
            Some(_) => Privacy::Broken,
        };
        if self.privacy == Privacy::Broken { self.require_removal().await } else { Ok(()) }
    }

    /// Looks for the id of a video of this title among the newest.
    pub(super) async fn find_by_title(&mut self, title: &str) -> Result<Listed, Obstacle> {
        let hits = Cell::new(0);
        let listed = self.find_listed(|video| {
            let is_hit = is_titled(video, title);
            hits.set(hits.get() + u32::from(is_hit));
            is_hit
        });
        let listed = listed.await?;
        if hits.get() > 1 {
            return Err(Obstacle::Other(text!("several videos have its title", "有多个视频使用该标题")));
        }
        Ok(listed)
    }

    /// Looks for a video among the account's newest.
    pub(super) async fn find_listed(
        &mut self,
        is_wanted: impl Fn(&VideoInfo) -> bool,
    ) -> Result<Listed, Obstacle> {
        let pages = if self.observer()?.is_cleaning() { PAGES_CLEANING } else { PAGES };
        for page in 1..=pages {
            let own = self.client()?.own_videos(page, PAGE).await;
            let Some(own) = self.require(own)? else { return Ok(Listed::Missing) };
            let mut wanted: Vec<_> = own.videos.into_iter().filter(|video| is_wanted(video)).collect();
            if let Some(video) = wanted.pop() {
                return Ok(Listed::As(video.id));
            }
            if own.is_last {
                break;
            }
        }
        Ok(Listed::No)
    }

    /// What Youku says of a committed upload: `show`, or else `by_me`; `None` where neither knows it.
    pub(super) async fn see(&mut self, n: Number) -> Result<Option<VideoInfo>, Obstacle> {
        let id = self.record.video_id(n).map(str::to_owned);
        if let Some(id) = &id {
            let shown = self.client()?.show(id).await;
            if let Ok(Some(video)) = self.judge(shown)? {
                return Ok(Some(video));
            }
        }
        let title = self.record.title(n).unwrap_or_default().to_owned();
        let seen = RefCell::new(None);
        self.find_listed(|video| {
            let is_it = id.as_ref().map_or_else(|| is_titled(video, &title), |id| *id == video.id);
            if is_it {
                seen.replace(Some(video.clone()));
            }
            is_it
        })
        .await?;
        Ok(seen.into_inner())
    }
}

/// Whether a video has this title, which must be the whole one of a clip: others could be the user's. It may have been made longer on purpose,
/// after the random word that makes it the only one.
fn is_titled(video: &VideoInfo, title: &str) -> bool {
    is_own_title(title) && video.title.as_deref().is_some_and(|shown| shown.starts_with(title))
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::youku::VideoState;

    /// Only a clip's whole title finds a video: an empty one, or what all clips' titles begin with, finds none.
    #[test]
    fn nothing_but_a_whole_title_finds_a_video() {
        let whole = "oss2youku rehearsal 0123456789abcdef";
        let longer = format!("{whole} 演演");
        let other = "oss2youku rehearsal 0123456789abcdee";
        for (shown, title, is_it) in [
            (Some(whole), whole, true),
            (Some(longer.as_str()), whole, true),
            (Some(other), whole, false),
            (Some("a film"), "", false),
            (Some(whole), "oss2youku rehearsal", false),
            (Some(whole), "oss2youku rehearsal 0123456789", false),
            (None, whole, false),
            (None, "", false),
        ] {
            let video = VideoInfo {
                id: "X1".to_owned(),
                title: shown.map(str::to_owned),
                link: String::new(),
                state: VideoState::Normal,
                unlisted_state: None,
                public_type: None,
                tags: None,
                category: None,
                description: None,
            };
            assert_eq!(is_titled(&video, title), is_it, "{shown:?} {title}");
        }
    }
}

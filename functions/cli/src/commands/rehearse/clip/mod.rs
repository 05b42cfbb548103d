//! Tiny videos, made in code: three seconds of gray, each different by a random word, so that no two have the same MD5.

mod bits;
mod boxes;
mod stream;

use app::youku::{Md5, NewVideo, PublicType, VideoMetadata};
use bytes::Bytes;

/// What a rehearsal's titles begin with.
pub(super) const TITLE: &str = "oss2youku rehearsal";
/// Digits of a random word.
const WORD: usize = 16;

/// A clip that is to be uploaded: its bytes, and the metadata that Youku gets.
#[derive(Debug)]
pub(super) struct Clip {
    /// The file.
    pub(super) bytes: Bytes,
    /// Its MD5.
    pub(super) md5: Md5,
    /// Title, tags and a password, for `create`.
    pub(super) video: NewVideo,
}

impl Clip {
    /// Makes a clip that no other is like. It can be watched with a random password alone, which is kept nowhere.
    ///
    /// # Errors
    /// Where its metadata breaks a limit of Youku's, which it does not.
    pub(super) fn make() -> Result<Self, app::youku::Invalid> {
        let seed: [u8; 8] = rand::random();
        let word = random_word();
        Self::name(Bytes::from(boxes::file(&word, seed)), &word)
    }

    /// The same bytes under another title.
    ///
    /// # Errors
    /// As [`make`](Self::make).
    pub(super) fn retitle(&self) -> Result<Self, app::youku::Invalid> {
        Self::name(self.bytes.clone(), &random_word())
    }

    fn name(bytes: Bytes, word: &str) -> Result<Self, app::youku::Invalid> {
        let metadata = VideoMetadata {
            title: Some(format!("{TITLE} {word}")),
            tags: Some(vec!["rehearsal".to_owned()]),
            description: Some("Made by a program to try an interface. It removes itself.".to_owned()),
            public_type: Some(PublicType::Password),
            watch_password: Some(random_word().into()),
            ..VideoMetadata::default()
        };
        let video = NewVideo::new(format!("rehearsal-{word}.mp4"), bytes.len() as u64, metadata)?;
        Ok(Self { md5: Md5(fast_md5::digest(&bytes)), bytes, video })
    }

    /// The title, which names this clip alone.
    pub(super) fn title(&self) -> &str {
        self.video.metadata().title.as_deref().unwrap_or_default()
    }
}

/// Whether a title names one clip alone: it has the random word whole.
pub(super) fn is_own_title(title: &str) -> bool {
    let word = title.strip_prefix(TITLE).and_then(|rest| rest.strip_prefix(' ')).unwrap_or_default();
    word.len() == WORD && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A random word of 16 hexadecimal digits.
pub(super) fn random_word() -> String {
    format!("{:0WORD$x}", rand::random::<u64>())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::process::Command;

    /// No two clips have the same bytes or title, and what a title says cannot be missed.
    #[test]
    fn no_two_clips_are_alike() {
        let (one, other) = (Clip::make().unwrap(), Clip::make().unwrap());
        assert!(one.md5 != other.md5 && one.title() != other.title());
        assert!(
            one.title().starts_with("oss2youku rehearsal ") && is_own_title(one.title()),
            "{}",
            one.title()
        );
        for other in [
            "",
            "oss2youku rehearsal",
            "oss2youku rehearsal ",
            "oss2youku rehearsal 0123456789abcde",
            "0123456789abcdef",
        ] {
            assert!(!is_own_title(other), "{other} names more than one");
        }
        assert_eq!(one.video.metadata().public_type, Some(PublicType::Password));
        let again = one.retitle().unwrap();
        assert!(again.md5 == one.md5 && again.title() != one.title());
    }

    /// Every picture can be decoded.
    #[test]
    fn a_clip_is_three_seconds_of_video() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        std::fs::write(&path, Clip::make().unwrap().bytes).unwrap();
        let asked = Command::new("ffprobe")
            .args(["-v", "error", "-count_frames", "-show_entries"])
            .args(["stream=codec_name,width,height,nb_read_frames:format=duration", "-of", "csv=p=0"])
            .arg(&path)
            .output();
        // tests/tools.sh installs it.
        let answer = asked.unwrap();
        let (out, err) =
            (String::from_utf8(answer.stdout).unwrap(), String::from_utf8(answer.stderr).unwrap());
        assert_eq!((out.as_str(), err.as_str()), ("h264,320,176,30\n3.000000\n", ""));
    }
}

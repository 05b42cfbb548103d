//! The videos below a folder of this machine, and what a walk through it cannot take.

use super::skipped::Skipped;
use crate::ui::messages::skipped::SkipReason;
use app::core::rules::{VIDEO_EXTENSIONS, is_junk};
use std::{
    fs::{self, DirEntry, FileType},
    io,
    path::{Path, PathBuf},
};

/// Entries of linked folders that are looked at in search of a video.
const GLANCE: usize = 10_000;

/// Walks through `root` and collects the videos, in the order of their names, and what is skipped. Links to files are followed, links to
/// folders are not.
///
/// # Errors
/// Where `root` itself cannot be read.
pub(super) fn walk(root: &Path, include_junk: bool) -> io::Result<(Vec<PathBuf>, Skipped)> {
    let mut walk = Walk {
        root,
        resolved: root.canonicalize().ok(),
        include_junk,
        videos: Vec::new(),
        skipped: Skipped::default(),
    };
    walk.enter(root, fs::read_dir(root)?);
    // As keys are: by their bytes, not segment by segment.
    walk.videos.sort_unstable_by(|one, other| {
        one.as_os_str().as_encoded_bytes().cmp(other.as_os_str().as_encoded_bytes())
    });
    Ok((walk.videos, walk.skipped))
}

struct Walk<'a> {
    root: &'a Path,
    /// The root without links, where it has such a path.
    resolved: Option<PathBuf>,
    include_junk: bool,
    videos: Vec<PathBuf>,
    skipped: Skipped,
}

impl Walk<'_> {
    fn enter(&mut self, folder: &Path, entries: fs::ReadDir) {
        let (read, failed): (Vec<_>, Vec<_>) = entries.partition(Result::is_ok);
        if !failed.is_empty() {
            self.skip_folder(folder, SkipReason::UnreadableFolder, true);
        }
        let mut entries: Vec<_> = read.into_iter().flatten().collect();
        entries.sort_unstable_by_key(DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => match fs::read_dir(&path) {
                    Ok(entries) => self.enter(&path, entries),
                    Err(_) => self.skip_folder(&path, SkipReason::UnreadableFolder, true),
                },
                Ok(kind) if kind.is_symlink() && path.is_dir() => {
                    let mut left = GLANCE;
                    let may_hold_video = self.is_outside(&path) && may_hold_video(&path, &mut left);
                    self.skip_folder(&path, SkipReason::LinkedFolder, may_hold_video);
                }
                kind => self.take_file(path, kind.ok()),
            }
        }
    }

    fn take_file(&mut self, path: PathBuf, kind: Option<FileType>) {
        let source = path.display().to_string();
        if !is_video(&path) {
            return self.skipped.pass_over(SkipReason::NotAVideo, source);
        }
        if self.is_junk(&path) {
            return self.skipped.pass_over(SkipReason::Junk, source);
        }
        let reason = match (kind, path.metadata()) {
            (None, _) | (_, Err(_)) => SkipReason::UnreadableFile,
            (_, Ok(metadata)) if !metadata.is_file() => SkipReason::NotAFile,
            (_, Ok(metadata)) if metadata.len() == 0 => SkipReason::Empty,
            _ if path.file_name().and_then(|name| name.to_str()).is_none() => SkipReason::NotUtf8,
            _ => return self.videos.push(path),
        };
        self.skipped.miss(reason, source);
    }

    /// Trash folders are often another user's: what nobody would upload is not missed.
    fn skip_folder(&mut self, path: &Path, reason: SkipReason, may_hold_video: bool) {
        let source = path.display().to_string();
        // A folder is junk where a file in it would be.
        if may_hold_video && !self.is_junk(&path.join("x")) {
            self.skipped.miss(reason, source);
        } else {
            self.skipped.pass_over(reason, source);
        }
    }

    fn is_junk(&self, path: &Path) -> bool {
        let below = path.strip_prefix(self.root).unwrap_or(path);
        let names: Vec<_> = below.iter().map(|name| name.to_string_lossy()).collect();
        !self.include_junk && is_junk(&names.join("/"), 0)
    }

    /// Whether a linked folder lies outside the root: what lies within is met on the walk itself.
    fn is_outside(&self, link: &Path) -> bool {
        match (link.canonicalize(), &self.resolved) {
            (Ok(target), Some(root)) => !target.starts_with(root),
            _ => true,
        }
    }
}

/// Whether a file or a key has a video's extension.
pub(super) fn is_video(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|one| VIDEO_EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(one)))
}

/// Whether there may be a video below: there is one, or it cannot be seen with `left` more entries.
fn may_hold_video(folder: &Path, left: &mut usize) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return true };
    for entry in entries.flatten() {
        let Some(fewer) = left.checked_sub(1) else { return true };
        *left = fewer;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if (is_folder && may_hold_video(&entry.path(), left)) || (!is_folder && is_video(&entry.path())) {
            return true;
        }
    }
    false
}

#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::{
        ffi::OsStr,
        os::unix::{ffi::OsStrExt, fs::symlink},
    };

    fn put(root: &Path, name: &str) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "bytes").unwrap();
    }

    fn names(videos: &[PathBuf], root: &Path) -> Vec<String> {
        videos.iter().map(|path| path.strip_prefix(root).unwrap().display().to_string()).collect()
    }

    /// Every kind of thing that a walk cannot take is named, and only what may be a video counts as missed.
    #[test]
    fn what_a_walk_cannot_take_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (root, other) = (folder.path().join("d"), folder.path().join("other"));
        for name in
            ["a.mp4", "a/b.MKV", "note.txt", "a/._b.mkv", "#recycle/c.mp4", "film.part1.mp4", "x.mp4.part"]
        {
            put(&root, name);
        }
        put(&other, "deep/far.mp4");
        let (videos, skipped) = walk(&root, false).unwrap();
        assert_eq!(names(&videos, &root), ["a.mp4", "a/b.MKV", "film.part1.mp4"]);
        let reasons: Vec<_> = skipped.entries().iter().map(|(reason, _)| *reason).collect();
        let expected = [SkipReason::Junk, SkipReason::Junk, SkipReason::NotAVideo, SkipReason::NotAVideo];
        assert_eq!(reasons, expected);
        assert!(!skipped.has_missed());
        let (videos, _) = walk(&root, true).unwrap();
        assert_eq!(videos.len(), 5);

        for (link, target) in [
            ("linked", other.as_path()),
            ("own", root.join("a").as_path()),
            ("film.mkv", root.join("a.mp4").as_path()),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        let (videos, skipped) = walk(&root, false).unwrap();
        assert!(videos.contains(&root.join("film.mkv")), "a link to a file is followed");
        assert!(skipped.has_missed(), "there is a video behind the link");
        let linked = skipped.entries().iter().filter(|(reason, _)| *reason == SkipReason::LinkedFolder);
        assert_eq!(linked.count(), 2);
        fs::remove_file(root.join("linked")).unwrap();
        assert!(!walk(&root, false).unwrap().1.has_missed(), "the walk meets it anyway");

        fs::write(root.join("empty.mp4"), "").unwrap();
        symlink("nowhere", root.join("broken.mp4")).unwrap();
        fs::write(root.join(OsStr::from_bytes(b"\xb4\xba.mp4")), "bytes").unwrap();
        let (_, skipped) = walk(&root, false).unwrap();
        assert!(skipped.has_missed());
        for reason in [SkipReason::Empty, SkipReason::UnreadableFile, SkipReason::NotUtf8] {
            assert_eq!(
                skipped.entries().iter().filter(|(other, _)| *other == reason).count(),
                1,
                "{reason:?}"
            );
        }
    }

    /// A folder's own name is no obstacle: only the file's name goes anywhere.
    #[test]
    fn a_folder_may_have_any_name() {
        let folder = tempfile::tempdir().unwrap();
        let odd = folder.path().join(OsStr::from_bytes(b"\xb4\xba"));
        put(&odd, "a.mp4");
        let (videos, skipped) = walk(folder.path(), false).unwrap();
        assert_eq!((videos.len(), skipped.entries().len()), (1, 0));
        assert_eq!(walk(&odd, false).unwrap().0, [odd.join("a.mp4")]);
    }

    /// What is named is not judged: only names below it are.
    #[test]
    fn the_root_itself_is_never_junk() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join(".Trash-1000");
        put(&root, "a.mp4");
        assert_eq!(walk(&root, false).unwrap().0.len(), 1);
    }
}

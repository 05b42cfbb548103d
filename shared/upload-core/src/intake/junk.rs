//! Junk: files with a video's extension that systems leave behind, such as resource forks and what lies in a trash folder.
//!
//! Only names decide. Partial downloads (`.part`, `.crdownload`) end in no video's extension; `film.part1.mp4` is a video.

/// Folders whose content is junk, compared without regard to ASCII case: Apple's archives and netatalk, Windows, QNAP, Synology, Samba.
const FOLDERS: [&str; 6] = ["__MACOSX", ".AppleDouble", "$RECYCLE.BIN", "@Recycle", "#recycle", ".recycle"];
/// What the name of a trash folder begins with on Linux and macOS: `.Trash-1000`, `.Trashes`.
const TRASH: &str = ".Trash";
/// What the name of such a file begins with: hidden files, resource forks (`._film.mp4`) and Android's `.trashed-...` with a dot,
/// Microsoft Office's owner files with `~$`.
const NAMES: [&str; 2] = [".", "~$"];

/// Whether the file of this key is junk. Only what follows the first `root` bytes is judged, because a prefix or folder that a person names
/// is meant as it is. A name that begins before `root` ends is not judged.
#[must_use]
pub fn is_junk(key: &str, root: usize) -> bool {
    let Some((before, below)) = key.split_at_checked(root) else { return false };
    let mut names = below.split('/');
    if !before.is_empty() && !before.ends_with('/') {
        names.next();
    }
    let Some(file) = names.next_back() else { return false };
    NAMES.iter().any(|start| file.starts_with(start)) || names.any(is_junk_folder)
}

fn is_junk_folder(name: &str) -> bool {
    let begins_as_trash = |start: &str| start.eq_ignore_ascii_case(TRASH);
    FOLDERS.iter().any(|folder| name.eq_ignore_ascii_case(folder))
        || name.get(..TRASH.len()).is_some_and(begins_as_trash)
}

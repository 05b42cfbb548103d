//! Junk: files with a video's extension that systems leave behind, such as resource forks and what lies in a trash folder.
//!
//! Only names decide. Partial downloads (`.part`, `.crdownload`) end in no video's extension; `film.part1.mp4` is a video.

/// Folders whose content is junk, compared without regard to ASCII case: Apple's archives, Windows, QNAP, Synology, Linux. Those that begin
/// with a dot are junk anyway.
const FOLDERS: [&str; 7] =
    ["__MACOSX", "$RECYCLE.BIN", "System Volume Information", "@Recycle", "#recycle", "@eaDir", "lost+found"];
/// What the name of a file begins with that Microsoft Office keeps next to one that is open.
const OWNER_FILE: &str = "~$";

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
    is_hidden(file) || file.starts_with(OWNER_FILE) || names.any(is_junk_folder)
}

fn is_junk_folder(name: &str) -> bool {
    is_hidden(name) || FOLDERS.iter().any(|folder| name.eq_ignore_ascii_case(folder))
}

/// Whether systems hide a file or folder of this name: resource forks (`._film.mp4`), Android's `.trashed-...`, `.Trash-1000`, earlier
/// versions that a synchronizer keeps (`.stversions`). The segments `.` and `..` make a key that no object has, which others judge.
fn is_hidden(name: &str) -> bool {
    name.starts_with('.') && !matches!(name, "." | "..")
}

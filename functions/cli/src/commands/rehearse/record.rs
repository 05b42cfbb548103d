//! The record of a rehearsal: what it is about to make, written before it is made, from which alone it is removed, by this run or the next.
//!
//! It is a file of JSON lines in the folder of what this user's commands keep, one for each account and ledger, and readable by its
//! owner alone: an upload token stands in it, since nothing else cancels a session. It lies there and not in the ledger so that a ledger
//! that is broken, or that these keys must not write, does not keep things from being removed. What was removed is noted; where all of it
//! was, the file is deleted.

use crate::{error::CliError, ui::i18n::tr_static};
use app::core::ErrorKind;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

/// A thing of a rehearsal, by its number in the record.
pub(super) type Number = u64;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub(super) enum Entry {
    /// `create` is about to be called for a clip of this title.
    Creating { n: Number, title: String },
    /// It answered.
    Created {
        n: Number,
        upload_token: String,
        video_id: Option<String>,
        /// OSS mode: endpoint, bucket and key.
        target: Option<[String; 3]>,
        /// Slice mode: the server.
        server: Option<String>,
    },
    /// Slice mode: `check` named the address by which `cancel` and `commit` name the server.
    Served { n: Number, address: String },
    /// A multipart upload was opened in Youku's bucket.
    Initiated { n: Number, multipart: String },
    /// It has become an object.
    Completed { n: Number },
    /// A commit is about to be called: from now on there may be a video.
    Committing { n: Number },
    /// The commit succeeded: there is a video, whatever its id.
    Committed { n: Number },
    /// Youku refused the first commit, with a code of its own that decides, or never saw it: there is no video.
    Refused { n: Number },
    /// There is a video, and its id is known.
    Named { n: Number, video_id: String },
    /// Objects are about to be put into the ledger's bucket.
    Putting { n: Number, bucket: String, keys: Vec<String> },
    /// A multipart upload of this key was opened in the ledger's bucket.
    Opened { n: Number, bucket: String, key: String, multipart: String },
    /// It is gone, or never was.
    Gone { n: Number },
}

impl Entry {
    pub(super) fn number(&self) -> Number {
        match self {
            Self::Creating { n, .. }
            | Self::Created { n, .. }
            | Self::Served { n, .. }
            | Self::Initiated { n, .. }
            | Self::Completed { n }
            | Self::Committing { n }
            | Self::Committed { n }
            | Self::Refused { n }
            | Self::Named { n, .. }
            | Self::Putting { n, .. }
            | Self::Opened { n, .. }
            | Self::Gone { n } => *n,
        }
    }
}

/// The open record. No other process has it open.
#[derive(Debug)]
pub(super) struct Record {
    path: PathBuf,
    file: File,
    entries: Vec<Entry>,
    next: Number,
}

impl Record {
    /// Opens the record at `path`, and reads what an earlier run left in it.
    ///
    /// # Errors
    /// Where another process has it open, or it cannot be written.
    pub(super) fn open(path: PathBuf) -> Result<Self, CliError> {
        let place = path.clone();
        Self::try_open(path).map_err(|error| {
            let message = match error.kind() {
                io::ErrorKind::WouldBlock => tr_static!(
                    "another rehearsal is running, or removes what it made",
                    "另一次预演正在运行或清理"
                ),
                _ => tr_static!("the record of the rehearsal cannot be kept", "无法保存预演记录"),
            };
            CliError::local(ErrorKind::Failed, message).with_context("file", place.display())
        })
    }

    fn try_open(path: PathBuf) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::options().create(true).read(true).append(true).mode(0o600).open(&path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
            TryLockError::Error(error) => error,
        })?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let entries = read_entries(&text)?;
        if !text.is_empty() && !text.ends_with('\n') {
            // It may also be whole, but for its end.
            let whole = text.rfind('\n').map_or(0, |end| end + 1);
            match entries.len() == text.lines().count() {
                true => file.write_all(b"\n")?,
                false => file.set_len(whole as u64)?,
            }
        }
        let next = entries.iter().map(Entry::number).max().map_or(1, |last| last + 1);
        Ok(Self { path, file, entries, next })
    }

    /// The number that the next thing will have.
    pub(super) fn peek_number(&self) -> Number {
        self.next
    }

    /// A number for the next thing.
    pub(super) fn next_number(&mut self) -> Number {
        self.next += 1;
        self.next - 1
    }

    /// Appends a line, which is on the disk when this returns.
    ///
    /// # Errors
    /// Where it cannot be written; then the thing must not be made.
    pub(super) fn append(&mut self, entry: Entry) -> io::Result<()> {
        let mut line = serde_json::to_string(&entry)?;
        line.push('\n');
        self.file.write_all(line.as_bytes())?;
        self.file.sync_data()?;
        self.entries.push(entry);
        Ok(())
    }

    /// What is not gone, each with its entries, the oldest first.
    pub(super) fn list_left(&self) -> Vec<Vec<Entry>> {
        let mut left: Vec<Vec<Entry>> = Vec::new();
        for entry in &self.entries {
            let n = entry.number();
            let known = left.iter().position(|one| one.first().is_some_and(|first| first.number() == n));
            match (entry, known) {
                (Entry::Gone { .. }, Some(at)) => drop(left.remove(at)),
                (Entry::Gone { .. }, None) => {}
                (_, Some(at)) => left[at].push(entry.clone()),
                (_, None) => left.push(vec![entry.clone()]),
            }
        }
        left
    }

    /// The id of a thing's video, as far as it was named.
    pub(super) fn video_id(&self, wanted: Number) -> Option<&str> {
        self.entries.iter().rev().find_map(|entry| match entry {
            Entry::Created { n, video_id: Some(id), .. } | Entry::Named { n, video_id: id }
                if *n == wanted =>
            {
                Some(id.as_str())
            }
            _ => None,
        })
    }

    /// The title of a thing's clip.
    pub(super) fn title(&self, wanted: Number) -> Option<&str> {
        self.entries.iter().find_map(|entry| match entry {
            Entry::Creating { n, title } if *n == wanted => Some(title.as_str()),
            _ => None,
        })
    }

    /// Whether a commit of a thing was called.
    pub(super) fn is_committing(&self, wanted: Number) -> bool {
        self.entries.contains(&Entry::Committing { n: wanted })
    }

    /// Notes the id that a commit named. Another than was known is another video: it gets a number of its own, so that both are removed.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub(super) fn name_video(&mut self, n: Number, video_id: &str) -> io::Result<()> {
        let video_id = video_id.to_owned();
        if self.video_id(n).is_none_or(|known| known == video_id) {
            return self.append(Entry::Named { n, video_id });
        }
        let other = self.next_number();
        self.append(Entry::Named { n: other, video_id })?;
        self.append(Entry::Committed { n })
    }

    /// Deletes the file where nothing is left.
    ///
    /// # Errors
    /// Where it cannot be deleted.
    pub(super) fn finish(self) -> io::Result<()> {
        if self.list_left().is_empty() { fs::remove_file(&self.path) } else { Ok(()) }
    }
}

/// Reads the lines. A last one that was cut off announced what was then not done; any other that cannot be read may name what is there.
fn read_entries(text: &str) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        match serde_json::from_str(line) {
            Ok(entry) => entries.push(entry),
            Err(_) if lines.peek().is_none() && !text.ends_with('\n') => {}
            Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
        }
    }
    Ok(entries)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// What a run left is read by the next, also where its last line was cut off; a second process is refused meanwhile.
    #[test]
    fn a_record_outlives_a_run_that_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/rehearsal.jsonl");
        let mut record = Record::open(path.clone()).unwrap();
        let numbers = [record.next_number(), record.next_number()];
        for n in numbers {
            record.append(Entry::Creating { n, title: format!("title {n}") }).unwrap();
        }
        assert!(Record::open(path.clone()).is_err(), "it is locked");
        record.append(Entry::Gone { n: numbers[0] }).unwrap();
        record.finish().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}no entry\n{text}")).unwrap();
        assert!(Record::open(path.clone()).is_err(), "a line that cannot be read may name what is there");
        fs::write(&path, format!("{text}{{\"did\":\"crea")).unwrap();

        let mut record = Record::open(path.clone()).unwrap();
        let creating = Entry::Creating { n: 2, title: "title 2".into() };
        assert_eq!(record.list_left(), [[creating.clone()]]);
        let n = record.next_number();
        record.append(Entry::Committing { n }).unwrap();
        drop(record);
        let mut record = Record::open(path.clone()).unwrap();
        assert_eq!(record.list_left(), [vec![creating], vec![Entry::Committing { n }]]);
        record.append(Entry::Gone { n: 2 }).unwrap();
        record.append(Entry::Gone { n }).unwrap();
        record.finish().unwrap();
        assert!(!path.exists());
    }

    /// A second commit that names another video leaves two, and each is removed by a number of its own.
    #[test]
    fn another_id_is_another_thing() {
        let folder = tempfile::tempdir().unwrap();
        let mut record = Record::open(folder.path().join("rehearsal.jsonl")).unwrap();
        let n = record.next_number();
        record.append(Entry::Committing { n }).unwrap();
        for id in ["X1", "X1", "X2"] {
            record.name_video(n, id).unwrap();
        }
        assert_eq!((record.video_id(n), record.video_id(n + 1)), (Some("X1"), Some("X2")));
        assert_eq!((record.list_left().len(), record.next_number()), (2, n + 2));
    }
}

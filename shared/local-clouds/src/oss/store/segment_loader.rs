//! The segments that the records of a data folder name.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::{fs, io};

use crate::oss::store::directory::list_directory;
use crate::oss::store::saved::SavedSegment;
use crate::oss::store::segment::{Segment, SegmentContent};

/// Loads segments once each: several records may share one.
pub(crate) struct SegmentLoader {
    folder: PathBuf,
    known: HashMap<String, Arc<Segment>>,
}

impl SegmentLoader {
    /// For content in this folder.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, known: HashMap::new() }
    }

    pub(crate) fn get(&mut self, saved: SavedSegment) -> Arc<Segment> {
        let Some(file) = saved.file else {
            let content = saved.seed.map_or(SegmentContent::Discarded, SegmentContent::Generated);
            return Arc::new(Segment::new(content, saved.size));
        };
        let path = self.folder.join(&file);
        let new = || Arc::new(Segment::new(SegmentContent::File(path), saved.size));
        let segment = self.known.entry(file).or_insert_with(new);
        segment.adopt();
        Arc::clone(segment)
    }

    pub(crate) fn remove_unreferenced(&self) -> io::Result<()> {
        for path in list_directory(&self.folder)? {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !self.known.contains_key(&name) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

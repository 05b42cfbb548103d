//! The tables of a transport stream: which programs there are (PAT) and which streams they have (PMT).
//!
//! ISO/IEC 13818-1, 2.4.4.

use super::super::stream_types::track_of;
use crate::{fields, report::Track};
use std::mem;

/// Collects a section from the payloads of its packets.
#[derive(Default)]
pub(super) struct Section {
    bytes: Vec<u8>,
}

impl Section {
    /// Adds a payload. Returns the section when it becomes whole, once: what follows belongs to none until the next one begins.
    pub(super) fn add(&mut self, is_first: bool, payload: &[u8]) -> Option<Vec<u8>> {
        if is_first {
            self.bytes.clear();
            // The pointer says how many bytes still belong to the section before.
            let pointer = usize::from(fields::byte(payload, 0)?);
            self.bytes.extend_from_slice(payload.get(1 + pointer..)?);
        } else if !self.bytes.is_empty() {
            self.bytes.extend_from_slice(payload);
        }
        let length = 3 + usize::from(fields::be_u16(&self.bytes, 1)? & 0xfff);
        if self.bytes.len() < length {
            return None;
        }
        let mut section = mem::take(&mut self.bytes);
        section.truncate(length);
        Some(section)
    }
}

/// The PIDs of the program maps. A section ends with a checksum of four bytes.
pub(super) fn read_programs(section: &[u8]) -> Option<Vec<u16>> {
    if fields::byte(section, 0)? != 0 {
        return None;
    }
    let programs = section.get(8..section.len().checked_sub(4)?)?.chunks_exact(4);
    // Program 0 is the network's own table.
    let of_programs = programs.filter(|program| !program.starts_with(&[0, 0]));
    Some(of_programs.filter_map(|program| fields::be_u16(program, 2)).map(|pid| pid & 0x1fff).collect())
}

/// The streams of a program, each with its PID.
pub(super) fn read_streams(section: &[u8]) -> Option<Vec<(u16, Track)>> {
    if fields::byte(section, 0)? != 2 {
        return None;
    }
    let end = section.len().checked_sub(4)?;
    let mut at = 12 + usize::from(fields::be_u16(section, 10)? & 0xfff);
    let mut streams = Vec::new();
    while at + 5 <= end {
        let pid = fields::be_u16(section, at + 1)? & 0x1fff;
        let length = usize::from(fields::be_u16(section, at + 3)? & 0xfff);
        let descriptors = section.get(at + 5..at + 5 + length)?;
        streams.push((pid, track_of(fields::byte(section, at)?, descriptors)));
        at += 5 + length;
    }
    Some(streams)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No byte is read as a table twice, so that the work stays in proportion to the bytes.
    #[test]
    fn a_section_is_returned_once() {
        let begin = [&[0, 2, 0xb0, 200][..], &[1; 180]].concat();
        let payloads = [(true, begin), (false, vec![2; 184]), (false, vec![3; 184])];
        let mut section = Section::default();
        let mut lengths = Vec::new();
        for (is_first, payload) in payloads.iter().chain(&vec![(false, vec![4; 184]); 5000]).chain(&payloads)
        {
            lengths.extend(section.add(*is_first, payload).map(|section| section.len()));
        }
        assert_eq!(lengths, [203, 203]);
    }

    #[test]
    fn bytes_before_the_first_section_are_none() {
        let mut section = Section::default();
        assert_eq!(section.add(false, &[0, 0xb0, 1, 0]), None);
        assert_eq!(section.add(true, &[200, 0xb0, 1, 0]), None);
        assert_eq!(section.add(true, &[1, 9, 0, 0xb0, 1, 7, 0xff]), Some(vec![0, 0xb0, 1, 7]));
    }
}

//! The plan by which an object is cut into parts.

use serde::{Deserialize, Serialize};
use std::ops::Range;

const MIB: u64 = 1 << 20;
/// OSS accepts at most 10,000 parts (OSS sheet, multipart rules); the margin is for the smaller parts at the end.
const MAX_PARTS: u64 = 9_000;
/// The largest object that OSS keeps, 48.8 TiB: 10,000 parts of just below 5 GiB (OSS sheet, multipart rules).
const LARGEST_OBJECT: u64 = (488 << 40) / 10;
/// An object beyond this has 10,000 parts of one size: there is no room for the margin.
const LARGEST_PART: u64 = 5 << 30;
/// Objects of more parts get larger ones: each part costs two requests and a line in every renewal of the lease.
const ENOUGH_PARTS: u64 = 2_048;
/// Parts grow beyond this only if they must, because a failed part is sent again whole.
const LARGE_PART: u64 = 32 * MIB;

/// A plan cuts the same object the same way on any machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    size: u64,
    part_size: u64,
    in_flight: u64,
}

/// One part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// 1 to 10,000.
    pub number: u32,
    /// Offset in the object, in bytes.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
}

impl Part {
    /// The bytes of the object that it holds.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.offset..self.offset + self.length
    }
}

impl Plan {
    /// The largest object that can be cut, in bytes.
    pub(crate) fn largest_object() -> u64 {
        LARGEST_OBJECT
    }

    /// A plan for `size` bytes, with parts of about `part_size` and `in_flight` of them moving at once.
    ///
    /// Parts are enlarged if there would be too many of them.
    #[must_use]
    pub fn new(size: u64, part_size: u64, in_flight: usize) -> Self {
        let enough = size.div_ceil(ENOUGH_PARTS).min(LARGE_PART).max(size.div_ceil(MAX_PARTS));
        if enough > LARGEST_PART {
            return Self { size, part_size: size.div_ceil(10_000).div_ceil(MIB) * MIB, in_flight: 1 };
        }
        let part_size = part_size.max(enough.div_ceil(MIB) * MIB).max(MIB);
        Self { size, part_size, in_flight: in_flight.max(1) as u64 }
    }

    /// The parts, in order. The last ones shrink, down to 1 MiB, so that all connections end at about the same time.
    pub fn parts(self) -> impl Iterator<Item = Part> + Send {
        let mut offset = 0;
        (1..).map_while(move |number| {
            let left = self.size - offset;
            if left == 0 {
                return None;
            }
            let length = (left / self.in_flight).clamp(MIB, self.part_size).min(left);
            let part = Part { number, offset, length };
            offset += length;
            Some(part)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_objects_fit_parts_that_oss_takes() {
        for size in [MAX_PARTS * LARGEST_PART, MAX_PARTS * LARGEST_PART + 1, Plan::largest_object()] {
            let parts: Vec<_> = Plan::new(size, MIB, 8).parts().collect();
            assert!(parts.len() <= 10_000 && parts.iter().all(|part| part.length <= LARGEST_PART), "{size}");
            assert_eq!(parts.iter().map(|part| part.length).sum::<u64>(), size);
        }
    }
}

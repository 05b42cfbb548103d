//! The slices of one file: handed out, received, written.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Bytes in a KiB.
const KIB: u64 = 1024;

/// A slice as handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    /// Counted from 1; 0 means "no slice" on the wire.
    pub(crate) id: u64,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    HandedOut { at: Instant },
    Transferred,
    Written,
}

/// The progress of a file, in the terms of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SliceProgress {
    /// 1 all written, 2 all handed out, 3 all transferred, 4 slices still to hand out.
    pub(crate) status: u8,
    pub(crate) transferred: u64,
    pub(crate) written: u64,
    pub(crate) waiting: usize,
}

/// All slices of one file.
#[derive(Debug)]
pub(crate) struct SlicePlan {
    file_size: u64,
    slice_length: u64,
    stages: Vec<Stage>,
    returns_after: Duration,
}

impl SlicePlan {
    /// `slice_kib` in KiB; a slice not delivered within `returns_after` may be handed out again.
    pub(crate) fn new(file_size: u64, slice_kib: u64, returns_after: Duration) -> Self {
        let slice_length = slice_kib.max(1) * KIB;
        let count = file_size.div_ceil(slice_length);
        Self { file_size, slice_length, stages: (0..count).map(|_| Stage::Waiting).collect(), returns_after }
    }

    pub(crate) fn slice(&self, id: u64) -> Option<Slice> {
        let offset = id.checked_sub(1)?.checked_mul(self.slice_length)?;
        (offset < self.file_size).then(|| Slice {
            id,
            offset,
            length: self.slice_length.min(self.file_size - offset),
        })
    }

    /// Hands out the first slice that waits or was not delivered in time.
    pub(crate) fn hand_out(&mut self, now: Instant) -> Option<Slice> {
        let index = self.stages.iter().position(|stage| self.is_available(*stage, now))?;
        self.stages[index] = Stage::HandedOut { at: now };
        self.slice(index as u64 + 1)
    }

    /// Marks a slice as verified; false: it was received before and needs no writing.
    pub(crate) fn mark_transferred(&mut self, id: u64) -> bool {
        match self.stage(id) {
            Some(stage) if !matches!(stage, Stage::Transferred | Stage::Written) => {
                *stage = Stage::Transferred;
                true
            }
            _ => false,
        }
    }

    pub(crate) fn mark_written(&mut self, id: u64) {
        if let Some(stage) = self.stage(id) {
            *stage = Stage::Written;
        }
    }

    /// Bytes written without a gap from the start.
    pub(crate) fn written_prefix(&self) -> u64 {
        let slices = self.stages.iter().take_while(|stage| **stage == Stage::Written).count() as u64;
        (slices * self.slice_length).min(self.file_size)
    }

    /// Marks a slice as missing after a failed write: it must be sent again.
    pub(crate) fn mark_lost(&mut self, id: u64) {
        if let Some(stage) = self.stage(id) {
            *stage = Stage::Waiting;
        }
    }

    pub(crate) fn progress(&self, now: Instant) -> SliceProgress {
        let (mut transferred, mut written, mut waiting, mut held) = (0, 0, 0, 0);
        for (stage, id) in self.stages.iter().zip(1..) {
            let length = self.slice(id).map_or(0, |slice| slice.length);
            match stage {
                Stage::Written => (transferred, written) = (transferred + length, written + length),
                Stage::Transferred => transferred += length,
                stage if self.is_available(*stage, now) => waiting += 1,
                _ => held += 1,
            }
        }
        let status = match (waiting, held) {
            (1.., _) => 4,
            (0, 1..) => 2,
            _ if written < self.file_size => 3,
            _ => 1,
        };
        SliceProgress { status, transferred, written, waiting }
    }

    /// The answer of `new_slice` and `upload_slice`: the next slice, or id 0 when none is left to hand out.
    pub(crate) fn next_slice_json(&mut self, now: Instant) -> Value {
        let slice = self.hand_out(now).unwrap_or(Slice { id: 0, offset: 0, length: 0 });
        let transferred = self.progress(now).transferred;
        json!({
            "slice_task_id": slice.id,
            "offset": slice.offset,
            "length": slice.length,
            "transferred": transferred,
            "finished": transferred == self.file_size,
        })
    }

    fn is_available(&self, stage: Stage, now: Instant) -> bool {
        match stage {
            Stage::Waiting => true,
            Stage::HandedOut { at } => now.saturating_duration_since(at) >= self.returns_after,
            Stage::Transferred | Stage::Written => false,
        }
    }

    fn stage(&mut self, id: u64) -> Option<&mut Stage> {
        self.stages.get_mut(usize::try_from(id.checked_sub(1)?).ok()?)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// 5 KiB in slices of 2 KiB: two whole ones and a short one.
    fn plan() -> SlicePlan {
        SlicePlan::new(5 * KIB, 2, MINUTE)
    }

    #[test]
    fn slices_cover_the_file_and_the_last_is_short() {
        let (mut plan, now) = (plan(), Instant::now());
        let handed: Vec<_> =
            std::iter::from_fn(|| plan.hand_out(now)).map(|s| (s.id, s.offset, s.length)).collect();
        assert_eq!(handed, [(1, 0, 2048), (2, 2048, 2048), (3, 4096, 1024)]);
        assert_eq!(plan.slice(4), None);
        assert_eq!(plan.slice(0), None);
    }

    #[test]
    fn check_walks_from_four_over_two_and_three_to_one() {
        let (mut plan, now) = (plan(), Instant::now());
        assert_eq!(plan.progress(now).status, 4);
        while plan.hand_out(now).is_some() {}
        assert_eq!(plan.progress(now).status, 2);
        for id in 1..=3 {
            assert!(plan.mark_transferred(id));
        }
        assert_eq!(
            plan.progress(now),
            SliceProgress { status: 3, transferred: 5120, written: 0, waiting: 0 }
        );
        for (id, prefix) in [(2, 0), (1, 4096), (3, 5120)] {
            plan.mark_written(id);
            assert_eq!(plan.written_prefix(), prefix);
        }
        assert_eq!(
            plan.progress(now),
            SliceProgress { status: 1, transferred: 5120, written: 5120, waiting: 0 }
        );
    }

    /// A slice that was not delivered is handed out again when its time has passed, and not a millisecond
    /// before.
    #[test]
    fn an_undelivered_slice_is_handed_out_again_after_its_time() {
        let (mut plan, now) = (plan(), Instant::now());
        while plan.hand_out(now).is_some() {}
        plan.mark_transferred(1);
        assert_eq!(plan.hand_out(now + MINUTE - Duration::from_millis(1)), None);
        assert_eq!(plan.progress(now + MINUTE).status, 4);
        assert_eq!(plan.hand_out(now + MINUTE).unwrap().id, 2);
        assert_eq!(plan.hand_out(now + MINUTE).unwrap().id, 3);
        assert_eq!(plan.hand_out(now + MINUTE), None);
    }

    #[test]
    fn the_same_slice_delivered_twice_is_written_once() {
        let (mut plan, now) = (plan(), Instant::now());
        plan.hand_out(now);
        assert!(plan.mark_transferred(1));
        assert!(!plan.mark_transferred(1));
        plan.mark_written(1);
        assert!(!plan.mark_transferred(1));
        assert!(!plan.mark_transferred(9));
    }

    #[test]
    fn an_answer_with_nothing_to_hand_out_has_id_and_length_zero() {
        let (mut plan, now) = (SlicePlan::new(KIB, 2, MINUTE), Instant::now());
        assert_eq!(plan.next_slice_json(now)["slice_task_id"], 1);
        let none = plan.next_slice_json(now);
        assert_eq!(
            (&none["slice_task_id"], &none["length"], &none["finished"]),
            (&0.into(), &0.into(), &false.into())
        );
        plan.mark_transferred(1);
        assert_eq!(plan.next_slice_json(now)["finished"], true);
    }
}

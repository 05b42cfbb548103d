//! The slices of one file: who has which, what came back, what is written.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Bytes in a KiB.
const KIB: u64 = 1024;

/// One slice as handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    /// Counted from 1; 0 means "no slice" on the wire.
    pub(super) id: u64,
    pub(super) offset: u64,
    pub(super) length: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    HandedOut { at: Instant },
    Transferred,
    Written,
}

/// Where the file stands, in the words of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// 1 all written, 2 all handed out, 3 all transferred, 4 slices still to hand out.
    pub(super) status: u8,
    pub(super) transferred: u64,
    pub(super) written: u64,
    pub(super) waiting: usize,
}

/// All slices of one file.
#[derive(Debug)]
pub(super) struct SlicePlan {
    file_size: u64,
    slice_length: u64,
    stages: Vec<Stage>,
    returns_after: Duration,
}

impl SlicePlan {
    /// `slice_kib` in KiB; a slice not delivered within `returns_after` may be handed out again.
    pub(super) fn new(file_size: u64, slice_kib: u64, returns_after: Duration) -> Self {
        let slice_length = slice_kib.max(1) * KIB;
        let count = file_size.div_ceil(slice_length);
        Self { file_size, slice_length, stages: (0..count).map(|_| Stage::Waiting).collect(), returns_after }
    }

    pub(super) fn slice(&self, id: u64) -> Option<Slice> {
        let offset = id.checked_sub(1)?.checked_mul(self.slice_length)?;
        (offset < self.file_size).then(|| Slice {
            id,
            offset,
            length: self.slice_length.min(self.file_size - offset),
        })
    }

    /// Hands out the first slice that waits or whose worker fell silent.
    pub(super) fn hand_out(&mut self, now: Instant) -> Option<Slice> {
        let index = self.stages.iter().position(|stage| self.to_hand_out(*stage, now))?;
        self.stages[index] = Stage::HandedOut { at: now };
        self.slice(index as u64 + 1)
    }

    /// Notes verified bytes; false if they had come before and need no writing.
    pub(super) fn transferred(&mut self, id: u64) -> bool {
        match self.stage(id) {
            Some(stage) if !matches!(stage, Stage::Transferred | Stage::Written) => {
                *stage = Stage::Transferred;
                true
            }
            _ => false,
        }
    }

    pub(super) fn written(&mut self, id: u64) {
        if let Some(stage) = self.stage(id) {
            *stage = Stage::Written;
        }
    }

    /// Bytes written without a gap from the first on.
    pub(super) fn written_prefix(&self) -> u64 {
        let slices = self.stages.iter().take_while(|stage| **stage == Stage::Written).count() as u64;
        (slices * self.slice_length).min(self.file_size)
    }

    /// The disk failed: the slice must come again.
    pub(super) fn lost(&mut self, id: u64) {
        if let Some(stage) = self.stage(id) {
            *stage = Stage::Waiting;
        }
    }

    pub(super) fn progress(&self, now: Instant) -> Progress {
        let (mut transferred, mut written, mut waiting, mut held) = (0, 0, 0, 0);
        for (stage, id) in self.stages.iter().zip(1..) {
            let length = self.slice(id).map_or(0, |slice| slice.length);
            match stage {
                Stage::Written => (transferred, written) = (transferred + length, written + length),
                Stage::Transferred => transferred += length,
                stage if self.to_hand_out(*stage, now) => waiting += 1,
                _ => held += 1,
            }
        }
        let status = match (waiting, held) {
            (1.., _) => 4,
            (0, 1..) => 2,
            _ if written < self.file_size => 3,
            _ => 1,
        };
        Progress { status, transferred, written, waiting }
    }

    /// The answer of `new_slice` and `upload_slice`: the next slice, or id 0 when none is left to hand out.
    pub(super) fn answer(&mut self, now: Instant) -> Value {
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

    fn to_hand_out(&self, stage: Stage, now: Instant) -> bool {
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
            assert!(plan.transferred(id));
        }
        assert_eq!(plan.progress(now), Progress { status: 3, transferred: 5120, written: 0, waiting: 0 });
        for (id, prefix) in [(2, 0), (1, 4096), (3, 5120)] {
            plan.written(id);
            assert_eq!(plan.written_prefix(), prefix);
        }
        assert_eq!(plan.progress(now), Progress { status: 1, transferred: 5120, written: 5120, waiting: 0 });
    }

    #[test]
    fn a_slice_never_delivered_is_handed_out_again_after_a_while_and_not_before() {
        let (mut plan, now) = (plan(), Instant::now());
        while plan.hand_out(now).is_some() {}
        plan.transferred(1);
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
        assert!(plan.transferred(1));
        assert!(!plan.transferred(1));
        plan.written(1);
        assert!(!plan.transferred(1));
        assert!(!plan.transferred(9));
    }

    #[test]
    fn an_answer_with_nothing_to_hand_out_has_id_and_length_zero() {
        let (mut plan, now) = (SlicePlan::new(KIB, 2, MINUTE), Instant::now());
        assert_eq!(plan.answer(now)["slice_task_id"], 1);
        let none = plan.answer(now);
        assert_eq!(
            (&none["slice_task_id"], &none["length"], &none["finished"]),
            (&0.into(), &0.into(), &false.into())
        );
        plan.transferred(1);
        assert_eq!(plan.answer(now)["finished"], true);
    }
}

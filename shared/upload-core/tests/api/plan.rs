//! How an object is divided into parts.

use proptest::prelude::*;
use upload_core::{Part, Plan};

const MIB: u64 = 1 << 20;

proptest! {
    /// Parts cover the object without a gap and keep to the store's limits.
    #[test]
    fn parts_cover_the_object_within_the_stores_limits(
        size in 1_u64..2_000 << 30, part_mib in 1_u64..64, in_flight in 1_usize..33,
    ) {
        let mut end = 0;
        let mut last = 0;
        for part in Plan::new(size, part_mib * MIB, in_flight).parts() {
            prop_assert_eq!(part.offset, end);
            prop_assert_eq!(part.number, last + 1);
            end = part.range().end;
            last = part.number;
            prop_assert!(part.length >= MIB || end == size, "only the last part may be small");
        }
        prop_assert_eq!(end, size);
        prop_assert!(last <= 10_000);
    }
}

#[test]
fn large_objects_have_large_parts() {
    let first = |gib: u64| Plan::new(gib << 30, 8 * MIB, 16).parts().next().map(|part| part.length / MIB);
    assert_eq!([1, 16, 50, 128, 500].map(first), [8, 8, 25, 32, 57].map(Some));
}

#[test]
fn one_byte_is_one_part() {
    let parts: Vec<_> = Plan::new(1, 8 * MIB, 8).parts().collect();
    assert_eq!(parts, [Part { number: 1, offset: 0, length: 1 }]);
}

//! The range table (protocol sheet oss.md, section 3.2).

/// The part of an object that a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RequestedRange {
    Whole,
    /// First and last byte.
    Part(u64, u64),
    Unsatisfiable,
}

/// Resolves a range header. `standard` = the caller sent `x-oss-range-behavior: standard`; without it a range
/// that does not lie inside the object is answered with the whole object. A header that is not one single
/// byte range is ignored.
pub(crate) fn resolve(header: Option<&str>, standard: bool, size: u64) -> RequestedRange {
    let Some((first, last)) =
        header.and_then(|text| text.trim().strip_prefix("bytes=")).and_then(|spec| spec.split_once('-'))
    else {
        return RequestedRange::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    // First byte, last byte, and whether the whole range exists.
    let (first, last, inside) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last, last < size),
        (Ok(first), Err(_)) if last.is_empty() => (first, u64::MAX, first < size),
        (Err(_), Ok(length)) if first.is_empty() && length > 0 => {
            (size.saturating_sub(length), u64::MAX, length <= size)
        }
        _ => return RequestedRange::Whole,
    };
    match (inside, standard) {
        (false, false) => RequestedRange::Whole,
        (false, true) if first >= size => RequestedRange::Unsatisfiable,
        _ => RequestedRange::Part(first, last.min(size - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::{RequestedRange::*, resolve};

    #[test]
    fn each_row_of_the_range_table_holds_in_both_behaviours() {
        let rows = [
            ("bytes=0-0", Part(0, 0), Part(0, 0)),
            ("bytes=2-9", Part(2, 9), Part(2, 9)),
            ("bytes=3-", Part(3, 9), Part(3, 9)),
            ("bytes=-4", Part(6, 9), Part(6, 9)),
            ("bytes=2-10", Whole, Part(2, 9)),
            ("bytes=10-12", Whole, Unsatisfiable),
            ("bytes=10-", Whole, Unsatisfiable),
            ("bytes=-11", Whole, Part(0, 9)),
            ("bytes=5-4", Whole, Whole),
            ("bytes=0-1,3-4", Whole, Whole),
            ("bytes=-0", Whole, Whole),
            ("items=0-1", Whole, Whole),
        ];
        for (header, plain, standard) in rows {
            assert_eq!(resolve(Some(header), false, 10), plain, "{header}");
            assert_eq!(resolve(Some(header), true, 10), standard, "{header} standard");
        }
    }

    #[test]
    fn an_empty_object_has_no_range_to_give() {
        assert_eq!(resolve(Some("bytes=0-0"), false, 0), Whole);
        assert_eq!(resolve(Some("bytes=0-0"), true, 0), Unsatisfiable);
        assert_eq!(resolve(Some("bytes=-1"), true, 0), Unsatisfiable);
        assert_eq!(resolve(None, true, 0), Whole);
    }
}

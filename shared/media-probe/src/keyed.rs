//! Values by a number: a sorted list, which is less code than a map and as fast for the few that a file has.

/// Values in the order of their keys.
#[derive(Default)]
pub(crate) struct Keyed<K, V>(Vec<(K, V)>);

impl<K: Ord + Copy, V: Default> Keyed<K, V> {
    /// The value of a key; a new one where there is none.
    pub(crate) fn entry(&mut self, key: K) -> &mut V {
        let at = match self.place(key) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (key, V::default()));
                at
            }
        };
        &mut self.0[at].1
    }

    /// The value of a key, if there is one.
    pub(crate) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let at = self.place(key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    pub(crate) fn contains(&self, key: K) -> bool {
        self.place(key).is_ok()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn place(&self, key: K) -> Result<usize, usize> {
        self.0.binary_search_by_key(&key, |(key, _)| *key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_keys_and_stand_in_order() {
        let mut all = Keyed::<u16, u8>::default();
        for key in [7, 3, 9, 3] {
            *all.entry(key) += 1;
        }
        assert_eq!(
            all.iter().map(|(key, value)| (key, *value)).collect::<Vec<_>>(),
            [(3, 2), (7, 1), (9, 1)]
        );
        assert_eq!((all.get_mut(9).copied(), all.get_mut(8).copied()), (Some(1), None));
        assert_eq!((all.len(), all.is_empty(), all.contains(7), all.contains(8)), (3, false, true, false));
    }
}

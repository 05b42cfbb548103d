use serde::{Deserialize, Deserializer};

/// Reads `null` as the default value: some senders write `null` where others leave a field out.
pub(crate) fn null_as_default<'de, T, D>(field: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(field).map(Option::unwrap_or_default)
}

//! The context of an error: names and values in parentheses.

/// Names of facts and their Chinese labels; a name that is missing here stays as it is.
const LABELS: [(&str, &str); 46] = [
    ("account", "账号"),
    ("accounts", "可用的账号"),
    ("announced", "声明"),
    ("answer", "应答"),
    ("asked", "请求"),
    ("at byte", "位置（字节）"),
    ("below", "位于"),
    ("bucket", "bucket"),
    ("callback", "回调"),
    ("code", "错误码"),
    ("column", "列"),
    ("did you mean", "是否指"),
    ("entries", "条目"),
    ("epoch", "持有者"),
    ("field", "字段"),
    ("file", "文件"),
    ("folder", "目录"),
    ("function", "函数"),
    ("got", "收到"),
    ("header", "头"),
    ("id", "编号"),
    ("key", "key"),
    ("last_error", "最后的错误"),
    ("limit", "上限"),
    ("line", "行"),
    ("md5", "MD5"),
    ("most", "上限"),
    ("most_bytes", "上限（字节）"),
    ("object", "对象"),
    ("part", "分片"),
    ("reason", "原因"),
    ("renew", "续期"),
    ("request", "请求编号"),
    ("seconds", "秒"),
    ("server time", "服务器时间"),
    ("set", "请设置"),
    ("setting", "设置"),
    ("sidecar", "旁边的文件"),
    ("size", "大小"),
    ("source", "来源"),
    ("stated", "声明"),
    ("status", "状态码"),
    ("type", "类型"),
    ("variable", "变量"),
    ("version", "版本"),
    ("why", "原因"),
];

fn find_label(name: &str) -> Option<&'static str> {
    LABELS.iter().find(|(known, _)| *known == name).map(|(_, label)| *label)
}

/// Facts whose values are texts of ours; those of the others are names and numbers.
const TEXTS: [&str; 6] = ["answer", "callback", "field", "reason", "set", "why"];

/// Writes a fact in Chinese; `translate` does so with a text.
pub(super) fn translate_fact(name: &str, value: &str, translate: fn(&str) -> String) -> String {
    let value = if TEXTS.contains(&name) { translate(value) } else { value.to_owned() };
    format!("{} {}", find_label(name).unwrap_or(name), value)
}

/// Writes facts in parentheses, after a message; nothing where there are none.
pub(super) fn join(facts: impl Iterator<Item = String>) -> String {
    let facts: Vec<_> = facts.collect();
    if facts.is_empty() { String::new() } else { format!("（{}）", facts.join("，")) }
}

/// Translates facts as an error of a library lists them: `bucket b, key k`, or `field: f, why: w`. What is no fact belongs to the value
/// before it.
pub(super) fn translate_list(list: &str, translate: fn(&str) -> String) -> String {
    let mut facts: Vec<(&str, String)> = Vec::new();
    let mut first = String::new();
    for (joint, piece) in split_pieces(list) {
        match (find_fact(piece), facts.last_mut()) {
            (Some((name, value)), _) => facts.push((name, value.to_owned())),
            (None, Some((_, value))) => {
                value.push_str(joint);
                value.push_str(piece);
            }
            (None, None) => {
                first.push_str(joint);
                first.push_str(piece);
            }
        }
    }
    let facts = facts.iter().map(|(name, value)| translate_fact(name, value, translate));
    join((!first.is_empty()).then_some(first).into_iter().chain(facts))
}

/// The pieces of a list, each with what stands before it. Errors within errors have lists that follow each other.
fn split_pieces(list: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = Some(("", list));
    std::iter::from_fn(move || {
        let (joint, text) = rest.take()?;
        let next = [", ", ") ("].iter().filter_map(|joint| Some((text.find(joint)?, *joint))).min();
        let Some((at, next)) = next else { return Some((joint, text)) };
        rest = Some((next, &text[at + next.len()..]));
        Some((joint, &text[..at]))
    })
}

/// The name and value of a fact with a known name.
fn find_fact(piece: &str) -> Option<(&'static str, &str)> {
    LABELS.iter().find_map(|(name, _)| {
        let rest = piece.strip_prefix(name)?;
        let value = rest.strip_prefix(": ").or_else(|| rest.strip_prefix(' '))?;
        Some((*name, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts of one error are told apart by their labels; these names never stand in the same one.
    const SYNONYMS: [[&str; 2]; 3] = [["announced", "stated"], ["limit", "most"], ["reason", "why"]];

    #[test]
    fn no_two_facts_have_one_label() {
        let pairs = LABELS
            .iter()
            .enumerate()
            .flat_map(|(at, one)| LABELS[at + 1..].iter().map(move |other| (one, other)));
        let same: Vec<_> =
            pairs.filter(|(one, other)| one.1 == other.1).map(|(one, other)| [one.0, other.0]).collect();
        assert_eq!(same, SYNONYMS);
    }
}

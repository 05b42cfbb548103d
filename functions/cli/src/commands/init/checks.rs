//! What an answer, or a flag, must be: each check returns it as it is written to the file, or the reason why it does not fit.

use crate::ui::i18n::tr;
use app::{
    core::{Error, Provider},
    ledger::AesSeal,
};
use std::{io, path};

/// The result of a check: the answer in its usual form, or why it does not fit.
pub(super) type Checked = Result<String, String>;

/// A check of an answer or a flag.
pub(super) type Check = fn(&str) -> Checked;

/// A client id, a token or a key: one word.
pub(super) fn check_word(answer: &str) -> Checked {
    match answer.chars().any(|one| one.is_whitespace() || one.is_control()) {
        true => Err(tr!("it must not have blanks in it", "其中不能有空白")),
        false => Ok(answer.to_owned()),
    }
}

/// The name of a bucket, without the rest of a URL.
pub(super) fn check_bucket(answer: &str) -> Checked {
    let fits = |one: u8| one.is_ascii_lowercase() || one.is_ascii_digit() || b"-._".contains(&one);
    match (3..=63).contains(&answer.len()) && answer.bytes().all(fits) {
        true => Ok(answer.to_owned()),
        false => Err(tr!(
            "a bucket's name has 3 to 63 characters: lower-case letters, digits and -, without oss:// or a key",
            "bucket 名为 3 至 63 个字符：小写字母、数字和 -，不含 oss:// 和 key"
        )),
    }
}

/// The prefix of keys.
pub(super) fn check_prefix(answer: &str) -> Checked {
    if answer.starts_with('/') {
        return Err(tr!("keys do not begin with a slash: leave it out", "key 不以斜杠开头：请去掉它"));
    }
    match answer.contains(['*', '?']) {
        true => Err(tr!(
            "a prefix is literal, without * or ?: films/ stands for every key that begins with it, and only videos are taken anyway",
            "前缀按字面匹配，不支持 * 或 ?：films/ 表示以它开头的所有 key，而且本来就只取视频"
        )),
        false => Ok(answer.to_owned()),
    }
}

/// Checks that a ledger lies outside of a rule's bucket and prefix.
pub(super) fn check_outside_rule(ledger: &str, bucket: &str, prefix: &str) -> Result<(), String> {
    match app::ledger::overlaps_rule(ledger, Provider::Oss, bucket, prefix) {
        true => Err(tr!(
            "the ledger must lie outside of the rule's bucket {bucket} and prefix {prefix:?}: each of its entries would call the function; \
             name another bucket or prefix",
            "台账须位于规则的 bucket {bucket}、前缀 {prefix:?} 之外：否则台账的每个条目都会触发函数；请换一个 bucket 或前缀"
        )),
        false => Ok(()),
    }
}

/// Who may watch: `all` or `friend`.
pub(super) fn check_public_type(answer: &str) -> Checked {
    match answer {
        "all" | "friend" => Ok(answer.to_owned()),
        _ => Err(tr!("answer all or friend", "请回答 all 或 friend")),
    }
}

/// A region as consoles name it, `cn-hangzhou` or `oss-cn-hangzhou`.
pub(super) fn check_region(answer: &str) -> Checked {
    let region = answer.strip_prefix("oss-").unwrap_or(answer);
    let fits = |one: u8| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-';
    match region.contains('-') && region.bytes().all(fits) {
        true => Ok(region.to_owned()),
        false => Err(tr!(
            "a region is a word such as cn-hangzhou or us-west-1",
            "地域形如 cn-hangzhou 或 us-west-1"
        )),
    }
}

/// Where the ledger is kept.
pub(super) fn check_ledger(answer: &str) -> Checked {
    match app::ledger::check_location(answer) {
        Ok(()) => Ok(answer.to_owned()),
        Err(_) => Err(tr!(
            "the ledger is at oss://bucket/prefix/, s3://bucket/prefix/ or in a folder",
            "台账形如 oss://bucket/prefix/、s3://bucket/prefix/ 或目录"
        )),
    }
}

/// The place of a ledger as the file has it: a folder by its whole path, since the person named it from where this command runs.
///
/// # Errors
/// Where the working directory is not known.
pub(super) fn locate_ledger(place: &str) -> io::Result<String> {
    match place.contains("://") {
        true => Ok(place.to_owned()),
        false => Ok(path::absolute(place)?.display().to_string()),
    }
}

/// The place of a ledger that a function uses as well.
pub(super) fn check_shared_ledger(answer: &str) -> Checked {
    match answer.contains("://") {
        true => check_ledger(answer),
        false => Err(tr!(
            "a function's ledger is in a bucket: oss://bucket/prefix/ or s3://bucket/prefix/",
            "函数的台账在 bucket 中：oss://bucket/prefix/ 或 s3://bucket/prefix/"
        )),
    }
}

/// 32 bytes in base64.
pub(super) fn check_seal_key(answer: &str) -> Checked {
    let checked = AesSeal::from_base64(&answer.to_owned().into());
    checked.map(|_| answer.to_owned()).map_err(|_: Error| {
        tr!(
            "a seal key is 32 bytes in base64: 44 characters, as `openssl rand -base64 32` prints them",
            "密封密钥为 base64 编码的 32 字节：44 个字符，与 `openssl rand -base64 32` 的输出相同"
        )
    })
}

/// Yes or no, as `y` or `n`.
pub(super) fn check_yes_or_no(answer: &str) -> Checked {
    match answer.to_lowercase().as_str() {
        "y" | "yes" | "是" | "有" => Ok("y".into()),
        "n" | "no" | "否" | "没有" | "不是" => Ok("n".into()),
        _ => Err(tr!("answer y or n", "请回答 y 或 n")),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// What fits is written in its usual form, and what does not is refused.
    #[test]
    fn each_answer_is_checked_by_itself() {
        /// A check, what fits and its usual form, and what does not.
        type Case<'a> = (Check, &'a [(&'a str, &'a str)], &'a [&'a str]);
        let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
        let cases: [Case<'_>; 8] = [
            (check_word, &[("abc", "abc")], &["a b", "a\u{7}"]),
            (check_bucket, &[("my-films", "my-films")], &["oss://films", "Films", "ab", "films/x"]),
            (check_prefix, &[("in/", "in/")], &["/in", "*.mp4", "films/*"]),
            (check_public_type, &[("friend", "friend")], &["videos", "ALL", "password"]),
            (
                check_region,
                &[("oss-cn-hangzhou", "cn-hangzhou"), ("us-west-1", "us-west-1")],
                &["Hangzhou", "cn hangzhou", "hangzhou"],
            ),
            (
                check_ledger,
                &[("./ledger", "./ledger"), ("oss://b/p/", "oss://b/p/")],
                &["oss://", "https://b/p"],
            ),
            (check_shared_ledger, &[("s3://b/p/", "s3://b/p/")], &["./ledger"]),
            (check_seal_key, &[(key, key)], &["short", "MDEy"]),
        ];
        for (check, good, bad) in cases {
            good.iter().for_each(|(answer, written)| assert_eq!(check(answer).as_deref(), Ok(*written)));
            bad.iter().for_each(|answer| assert!(check(answer).is_err(), "{answer}"));
        }
        assert_eq!(
            (check_yes_or_no("Yes").unwrap(), check_yes_or_no("否").unwrap()),
            ("y".into(), "n".into())
        );
        assert!(check_yes_or_no("maybe").is_err());
    }
}

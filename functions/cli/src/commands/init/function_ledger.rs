//! The ledger of a function that publishes with the same account: a refresh token works only once, so all that renew it share one ledger.

use crate::{args::InitArgs, error::CliError, ui::i18n::tr};
use std::env;

/// The variable of the setting `ledger.location`.
const LOCATION: &str = "OSS2YOUKU_LEDGER__LOCATION";

/// Sets the function's ledger where there is a function and no flag states it.
///
/// # Errors
/// Names the missing flag, since it cannot be guessed; where a function cannot reach the ledger.
pub(super) fn apply(args: &mut InitArgs) -> Result<(), CliError> {
    if !args.with_function {
        return Ok(());
    }
    let ledger = args.ledger.take().or_else(find_location).ok_or_else(|| describe_missing("--ledger"))?;
    if !ledger.contains("://") {
        return Err(CliError::usage(tr!(
            "--ledger: a function's ledger is in a bucket: oss://bucket/prefix/ or s3://bucket/prefix/",
            "--ledger：函数的台账在 bucket 中：oss://bucket/prefix/ 或 s3://bucket/prefix/"
        )));
    }
    let seal_key = args.seal_key.take().or_else(|| find_seal_key(&ledger));
    args.seal_key = Some(seal_key.ok_or_else(|| describe_missing("--seal-key"))?);
    args.ledger = Some(ledger);
    Ok(())
}

/// Warns where a refresh token got a ledger of its own.
pub(super) fn describe_warning() -> String {
    tr!(
        "note         a refresh token works once: if a function or another machine renews the same one, both must use one ledger \
         (--with-function --ledger PLACE --seal-key KEY)",
        "注意  刷新令牌只能用一次：若函数或其他机器也续期同一令牌，双方必须使用同一台账（--with-function --ledger 位置 --seal-key 密钥）"
    )
}

/// Warns where this shell's variables name another ledger than the file.
pub(super) fn describe_override() -> String {
    tr!(
        "note         OSS2YOUKU_LEDGER__LOCATION of this shell names another ledger and takes precedence over the file: unset it, and \
         OSS2YOUKU_LEDGER__SEAL_KEY",
        "注意  当前 shell 的 OSS2YOUKU_LEDGER__LOCATION 指定了另一个台账，且优先于该文件：请取消它和 OSS2YOUKU_LEDGER__SEAL_KEY"
    )
}

fn describe_missing(flag: &str) -> CliError {
    CliError::usage(tr!(
        "{flag} is missing: see the function's own settings",
        "缺少 {flag}：请查看函数自己的设置"
    ))
}

/// Finds the location in the variables of this shell: the function's own, or those that template.yml reads.
pub(super) fn find_location() -> Option<String> {
    locate(&read_variable)
}

/// Finds the seal key of this ledger in the same variables.
pub(super) fn find_seal_key(ledger: &str) -> Option<String> {
    find_key_of(ledger, &read_variable)
}

/// Whether the variables of this shell name another ledger than the file does: they take precedence over it.
pub(super) fn is_overridden(ledger: Option<&str>) -> bool {
    read_variable(LOCATION).is_some_and(|named| !ledger.is_some_and(|ledger| is_same(&named, ledger)))
}

/// A variable by its name; an empty one counts as not set.
type Variables = dyn Fn(&str) -> Option<String>;

fn locate(variables: &Variables) -> Option<String> {
    variables(LOCATION).or_else(|| locate_by_template(variables))
}

fn locate_by_template(variables: &Variables) -> Option<String> {
    variables("LEDGER_BUCKET").map(|bucket| format!("oss://{bucket}/oss2youku/"))
}

/// A key belongs to the ledger that the variables next to it name: with it no other one opens. `OSS2YOUKU_LEDGER__SEAL_KEY` alone is the
/// key of whatever ledger a file names, since every command takes it so.
fn find_key_of(ledger: &str, variables: &Variables) -> Option<String> {
    let is_named =
        |named: Option<String>, otherwise| named.map_or(otherwise, |named| is_same(&named, ledger));
    let own = variables("OSS2YOUKU_LEDGER__SEAL_KEY").filter(|_| is_named(variables(LOCATION), true));
    own.or_else(|| variables("LEDGER_SEAL_KEY").filter(|_| is_named(locate_by_template(variables), false)))
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

fn read_variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shell from which a function is deployed has the key of that function's ledger, and of no other.
    #[test]
    fn a_key_of_the_shell_is_that_of_its_own_ledger_alone() {
        let (own, template) = ("OSS2YOUKU_LEDGER__SEAL_KEY", "LEDGER_SEAL_KEY");
        /// Variables, a ledger, and its key.
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, Option<&'a str>);
        let cases: [Case<'_>; 7] = [
            (&[(LOCATION, "oss://a/x/"), (own, "k")], "oss://a/x", Some("k")),
            (&[(LOCATION, "oss://a/x/"), (own, "k")], "oss://b/x/", None),
            (&[(own, "k")], "oss://b/x/", Some("k")),
            (&[("LEDGER_BUCKET", "a"), (template, "t")], "oss://a/oss2youku/", Some("t")),
            (&[("LEDGER_BUCKET", "a"), (template, "t")], "oss://a/other/", None),
            (&[(template, "t")], "oss://a/oss2youku/", None),
            (
                &[(LOCATION, "oss://a/x/"), (own, "k"), ("LEDGER_BUCKET", "b"), (template, "t")],
                "oss://b/oss2youku/",
                Some("t"),
            ),
        ];
        for (set, ledger, key) in cases {
            let set: Vec<_> =
                set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let variables = move |name: &str| Some(set.iter().find(|(one, _)| one == name)?.1.clone());
            assert_eq!(find_key_of(ledger, &variables).as_deref(), key, "{ledger}");
        }
    }
}

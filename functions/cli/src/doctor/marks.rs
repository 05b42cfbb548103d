//! What stands among the ledger's open marks and cannot be read: the rest goes on without it, and nobody else would say so.

use super::Finding;
use crate::lang::{say, word};
use app::core::{Error, RetryAdvice, ledger::Ledger};
use futures_util::{StreamExt, stream};

/// Uploads whose marks are looked at.
const MOST: usize = 5_000;
const PAGE: usize = 999;
/// Marks that are read at once.
const READS: usize = 8;
/// Troubles that are named.
const NAMED: usize = 20;

/// Nothing is said where all can be read.
pub(super) async fn check(ledger: &Ledger) -> Vec<Finding> {
    let finding =
        || Finding::of(word!("open marks", "未完成标记"), word!("list and read them", "列出并读取"));
    match troubles(ledger).await {
        Ok(troubles) => {
            let more = troubles.len().saturating_sub(NAMED);
            let named = troubles.iter().take(NAMED).map(|error| finding().failed(error).advise(advice()));
            let more = (more > 0).then(|| {
                finding()
                    .failed(say!("{more} more cannot be read", "另有 {more} 个无法读取"))
                    .advise(advice())
            });
            named.chain(more).collect()
        }
        Err(error) => vec![finding().failed(error).advise(word!(
            "check that the ledger can be listed and read from here",
            "请检查能否从这里列出并读取台账"
        ))],
    }
}

fn advice() -> &'static str {
    word!(
        "remove what is not the ledger's; a damaged mark may be deleted, discovery or the next event of its object writes it again; \
         update this installation where a newer program wrote it",
        "请删除不属于台账的文件；损坏的标记可以删除，查找对象或该对象的下一次事件会重新写入；若由更新版本写入，请升级本程序"
    )
}

async fn troubles(ledger: &Ledger) -> Result<Vec<Error>, Error> {
    let (mut troubles, mut after, mut seen) = (Vec::new(), None, 0);
    loop {
        let page = ledger.open_marks(after.as_ref(), PAGE).await?;
        troubles.extend(page.foreign);
        seen += page.uploads.len();
        let mut read = stream::iter(&page.uploads).map(|upload| ledger.open_mark(upload)).buffered(READS);
        while let Some(read) = read.next().await {
            match read {
                Ok(_) => {}
                Err(error) if error.advice() == RetryAdvice::Permanent => troubles.push(error),
                Err(error) => return Err(error),
            }
        }
        after = page.next;
        if after.is_none() || seen >= MOST {
            return Ok(troubles);
        }
    }
}

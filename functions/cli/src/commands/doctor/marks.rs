//! Open marks of the ledger that cannot be read: everything else works without them, and nothing else reports them.

use super::finding::Finding;
use crate::ui::{
    i18n::{tr, tr_static},
    messages::way_out::Callee,
};
use app::core::{Error, RetryAdvice, ledger::Ledger};
use futures_util::{StreamExt, stream};

/// Most uploads whose marks are read.
const MAX_MARKS: usize = 5_000;
/// Marks in one page of the list.
const PAGE: usize = 999;
/// Marks that are read at the same time.
const CONCURRENT_READS: usize = 8;
/// Most errors that are listed one by one.
const MAX_LISTED: usize = 20;

/// No finding where all can be read.
pub(super) async fn check(ledger: &Ledger) -> Vec<Finding> {
    let finding = || {
        Finding::new(tr_static!("open marks", "未完成标记"), tr_static!("list and read them", "列出并读取"))
    };
    match find_unreadable(ledger).await {
        Ok(errors) => {
            let more = errors.len().saturating_sub(MAX_LISTED);
            let listed =
                errors.iter().take(MAX_LISTED).map(|error| finding().fail(error).advise(advise_removal()));
            let more = (more > 0).then(|| {
                finding()
                    .fail(tr!("{more} more cannot be read", "另有 {more} 个无法读取"))
                    .advise(advise_removal())
            });
            listed.chain(more).collect()
        }
        Err(error) => {
            let otherwise = tr_static!(
                "check that the ledger can be listed and read from here",
                "请检查能否从这里列出并读取台账"
            );
            vec![finding().fail_for(&error, Callee::Ledger, otherwise)]
        }
    }
}

fn advise_removal() -> &'static str {
    tr_static!(
        "remove what does not belong to the ledger; a damaged mark can be deleted, the scan or the next event of its object writes it again; \
         update this installation if a newer program wrote it",
        "请删除不属于台账的文件；损坏的标记可以删除，查找对象或该对象的下一次事件会重新写入；若由更新版本写入，请升级本程序"
    )
}

/// Reads the open marks, and returns an error for each that is damaged or does not belong to the ledger.
async fn find_unreadable(ledger: &Ledger) -> Result<Vec<Error>, Error> {
    let (mut errors, mut after, mut count) = (Vec::new(), None, 0);
    loop {
        let page = ledger.open_marks(after.as_ref(), PAGE).await?;
        errors.extend(page.foreign);
        count += page.uploads.len();
        let mut read =
            stream::iter(&page.uploads).map(|upload| ledger.open_mark(upload)).buffered(CONCURRENT_READS);
        while let Some(read) = read.next().await {
            match read {
                Ok(_) => {}
                Err(error) if error.advice() == RetryAdvice::Permanent => errors.push(error),
                Err(error) => return Err(error),
            }
        }
        after = page.next;
        if after.is_none() || count >= MAX_MARKS {
            return Ok(errors);
        }
    }
}

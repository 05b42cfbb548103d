//! Whether the keys that Youku gives allow ListParts, by which an upload is resumed.

use crate::commands::rehearse::{
    fact::{Fact, Found, Makes},
    obstacle::Obstacle,
    record::Entry,
    stage::Stage,
    text::text,
};
use app::storage::ErrorKind;

pub(in super::super) const FACT: Fact = Fact {
    name: "youku.list_parts",
    question: || text!("whether Youku's keys allow ListParts", "优酷给的密钥是否允许 ListParts"),
    expected: "allowed",
    calls: 4,
    requests: 0,
    makes: Makes::Session,
    tries: |stage| Box::pin(find(stage)),
    meaning: |word| match word {
        "allowed" => text!("uploads resume by what the bucket holds", "续传以 bucket 中已有的分片为准"),
        _ => text!("uploads resume by the parts that the lease records", "续传以租约记录的分片为准"),
    },
};

async fn find(stage: &mut Stage) -> Result<Found, Obstacle> {
    let session = stage.open_usual().await?;
    let (id, part) = stage.send_part(&session).await?;
    let (store, key) = session.bucket();
    let found = match store.list_parts(key, &id).await {
        Ok(parts) => {
            let count = parts.len();
            let is_same = parts.iter().any(|listed| (listed.number, &listed.etag) == (part.0, &part.1));
            let word = if is_same { "allowed" } else { "incomplete" };
            Found::new(word, text!("{count} part was listed", "列出 {count} 个分片"))
        }
        Err(error) if error.kind() == ErrorKind::AccessDenied => {
            Found::new("denied", text!("the bucket denies it", "bucket 拒绝"))
        }
        Err(error) => return Err(error.into()),
    };
    store.abort_multipart(key, &id).await?;
    stage.record.append(Entry::Completed { n: session.n })?;
    Ok(found)
}

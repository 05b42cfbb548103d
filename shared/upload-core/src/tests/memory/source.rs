//! Where the object is read.

use super::{Fault, Memory};
use crate::*;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::ops::Range;

const CHUNK: usize = 64 << 10;

#[async_trait]
impl Source for Memory {
    async fn head(&self, location: &Location) -> Result<Object, Error> {
        self.begin("head").await?;
        let mut world = self.world();
        let (md5, crc64) = world.digests();
        Ok(Object {
            md5: (!world.quirks.hides_md5).then_some(md5),
            stated_md5: world.states_md5.map(|md5| StatedMd5::new(md5, "metadata md5")),
            crc64: (!world.quirks.hides_crc).then_some(crc64),
            user_metadata: world.user_metadata.clone(),
            modified: world.landed.get(&location.key).copied(),
            ..Object::new(location.clone(), world.etag.clone(), world.content.len() as u64)
        })
    }

    async fn read(&self, object: &Object, range: Range<u64>) -> Result<ByteStream, Error> {
        let fault = self.begin("read").await?;
        let world = self.world();
        if world.denied {
            return Err(Error::new(ErrorKind::SourceDenied, "read", "the object is archived"));
        }
        if world.etag != object.etag {
            return Err(Error::new(ErrorKind::SourceChanged, "read", "another version is there"));
        }
        let range = usize::try_from(range.start).expect("small")..usize::try_from(range.end).expect("small");
        let mut bytes = world.content[range].to_vec();
        match fault {
            Some(Fault::Flip) => bytes[0] ^= 1,
            Some(Fault::Cut) => bytes.truncate(bytes.len() / 2),
            _ => {}
        }
        let bytes = Bytes::from(bytes);
        let chunk = |begin: usize| Ok(bytes.slice(begin..(begin + CHUNK).min(bytes.len())));
        let chunks: Vec<_> = (0..bytes.len()).step_by(CHUNK).map(chunk).collect();
        Ok(stream::iter(chunks).boxed())
    }

    async fn read_small(&self, _: &Location, _: usize) -> Result<Option<Bytes>, Error> {
        self.begin("sidecar").await?;
        Ok(self.world().sidecar.clone())
    }

    async fn list(&self, _: &Location, _: Option<&str>) -> Result<SourcePage, Error> {
        Ok(SourcePage::default())
    }
}

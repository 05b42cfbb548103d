//! Youku's upload server.

use super::{Fault, Memory, Session, md5_of, number};
use crate::*;
use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use std::collections::btree_map::Entry;
use tokio::time::Instant;

pub(super) const SLICE_ADDRESS: &str = "10.0.0.1:80";

#[async_trait]
impl SliceServer for Memory {
    fn address(&self) -> &str {
        SLICE_ADDRESS
    }

    async fn create_file(
        &self,
        token: &SecretString,
        size: u64,
        _: &str,
        slice_kib: u32,
    ) -> Result<(), Error> {
        let fault = self.in_session(token, "create_file", self.begin("create_file").await)?;
        {
            let session = &mut self.world().sessions[number(token)];
            session.slice = u64::from(slice_kib) << 10;
            session.wanted = (0..size).step_by(slice_kib as usize * 1024).collect();
        }
        self.end(fault, "create_file", ErrorKind::Target, ()).await
    }

    async fn next_slice(&self, token: &SecretString) -> Result<Option<Slice>, Error> {
        let fault = self.in_session(token, "next", self.begin("next").await)?;
        let next = self.hand_out(number(token));
        self.end(fault, "next", ErrorKind::Target, next).await
    }

    async fn send_slice(
        &self,
        token: &SecretString,
        slice: Slice,
        bytes: Bytes,
        md5: Md5,
    ) -> Result<Option<Slice>, Error> {
        self.world().sent.push(slice.offset);
        let fault = self.in_session(token, "slice", self.begin("slice").await)?;
        if fault == Some(Fault::Flip) {
            return Err(Error::new(ErrorKind::Integrity, "slice", "hash check error").retryable());
        }
        assert_eq!((md5_of(&bytes), bytes.len() as u64), (md5, slice.length));
        // The first copy stays.
        match self.world().sessions[number(token)].written.entry(slice.offset) {
            Entry::Occupied(_) => {
                return Err(Error::new(ErrorKind::Target, "slice", "nobody holds this slice"));
            }
            Entry::Vacant(place) => place.insert(bytes.to_vec()),
        };
        self.world().accepted.push((Instant::now(), slice.offset));
        let next = self.hand_out(number(token));
        self.end(fault, "slice", ErrorKind::Target, next).await
    }

    async fn check(&self, token: &SecretString) -> Result<Check, Error> {
        let fault = self.in_session(token, "check", self.begin("check").await)?;
        let check = self.how_far(number(token));
        self.end(fault, "check", ErrorKind::Target, check).await
    }
}

impl Memory {
    fn how_far(&self, n: usize) -> Check {
        let mut world = self.world();
        let total = world.content.len() as u64;
        let session = &mut world.sessions[n];
        let held: u64 = session.written.values().map(|bytes| bytes.len() as u64).sum();
        if held < total && session.wanted.is_empty() {
            // Slices that were handed out and never delivered come back.
            session.wanted = (0..total).step_by(usize::try_from(session.slice).expect("small")).collect();
            let Session { wanted, written, .. } = session;
            wanted.retain(|offset| !written.contains_key(offset));
        }
        let (status, upload_server_ip) = match held == total {
            true => (CheckStatus::Written, Some("10.0.0.1".into())),
            false => (CheckStatus::SlicesLeft, None),
        };
        Check {
            status,
            upload_server_ip,
            transferred_percent: None,
            confirmed_percent: None,
            empty_tasks: None,
            finished: held == total,
        }
    }

    fn hand_out(&self, n: usize) -> Option<Slice> {
        let mut world = self.world();
        let total = world.content.len() as u64;
        let session = &mut world.sessions[n];
        let offset = session.wanted.pop_first()?;
        Some(Slice { id: offset + 1, offset, length: session.slice.min(total - offset) })
    }
}

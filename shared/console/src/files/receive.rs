//! `PUT /console/files/{id}?offset=`: the bytes of a dropped file, streamed to the disk.

use super::{
    answer::{no_such_file, refuse_unwritable, show_file},
    file::{FileId, FileState},
    spool::Spool,
};
use crate::{query::Fields, response::error_response, shared::Shared};
use axum::{
    body::Body,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use futures_util::StreamExt as _;
use std::{io, path::Path as FilePath, sync::Arc};
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt},
};

/// How receiving ended.
enum Received {
    /// The body ended: bytes may be missing.
    Body,
    /// The body is longer than the file that was announced.
    TooLong,
}

/// Appends the body to what is there. A connection that breaks loses nothing: the page goes on from what has arrived.
pub(crate) async fn receive_file(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    fields: Fields,
    body: Body,
) -> Response {
    let Some(spool) = shared.spool() else { return no_such_file() };
    let Some(id) = FileId::parse(&id) else { return no_such_file() };
    let Some(offset) = fields.number("offset") else {
        return error_response(StatusCode::BAD_REQUEST, "invalid_query", "offset must be a number of bytes");
    };
    let begun = spool.try_update(&id, |file| {
        let fits = file.state == FileState::Receiving && !file.is_written && file.received == offset;
        file.is_written |= fits;
        fits.then(|| file.name.clone())
    });
    let name = match begun {
        None => return no_such_file(),
        Some(None) => {
            let text = "it is not at this offset, or is being received: look where it is";
            return error_response(StatusCode::CONFLICT, "wrong_offset", text);
        }
        Some(Some(name)) => name,
    };
    // What has arrived is written in order even if the connection breaks meanwhile.
    let writing = tokio::spawn(async move {
        let path = spool.path(&id, &name);
        let written = write(&spool, &id, &path, offset, body).await;
        spool.update(&id, |file| {
            file.is_written = false;
            if file.received == file.size {
                file.state = FileState::Ready;
            }
        });
        let file = spool.file(&id);
        (written, file)
    });
    match writing.await {
        Ok((Ok(Received::Body), Some(file))) => show_file(file),
        Ok((Ok(Received::Body), None)) => no_such_file(),
        Ok((Ok(Received::TooLong), _)) => {
            let text = "the body is longer than the file that was announced";
            error_response(StatusCode::PAYLOAD_TOO_LARGE, "too_long", text)
        }
        Ok((Err(error), _)) => refuse_unwritable(&error),
        Err(_) => {
            error_response(StatusCode::INTERNAL_SERVER_ERROR, "interrupted", "the request was interrupted")
        }
    }
}

async fn write(spool: &Spool, id: &FileId, path: &FilePath, offset: u64, body: Body) -> io::Result<Received> {
    let mut file = File::options().write(true).create(true).truncate(false).mode(0o600).open(path).await?;
    file.set_len(offset).await?;
    file.seek(io::SeekFrom::Start(offset)).await?;
    let size = spool.file(id).map_or(0, |file| file.size);
    let (mut received, mut chunks) = (offset, body.into_data_stream());
    let mut result = Ok(Received::Body);
    while let Some(chunk) = chunks.next().await {
        // The browser has gone: what has arrived counts.
        let Ok(chunk) = chunk else { break };
        if received + chunk.len() as u64 > size {
            result = Ok(Received::TooLong);
            break;
        }
        if let Err(error) = file.write_all(&chunk).await {
            result = Err(error);
            break;
        }
        received += chunk.len() as u64;
        // It was removed meanwhile.
        if spool.try_update(id, |file| file.received = received).is_none() {
            break;
        }
    }
    let flushed = file.flush().await;
    let landed = file.metadata().await.map_or(offset, |found| found.len()).min(size);
    spool.update(id, |file| file.received = landed);
    flushed.and(result)
}

//! The body that a read returns: exactly the range asked for.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};

use super::resuming_body::ResumingBody;
use crate::error::Error;
use crate::local::folder_body::FolderBody;

/// The bytes of one range of one object, in order, as they arrive.
///
/// It is both an [`http_body::Body`] of known length and a [`Stream`] of [`Bytes`]. It yields exactly the bytes of the range or ends with an
/// error; a connection that breaks or falls silent is replaced without the reader noticing, at the exact byte and in
/// the same version. A reader that pauses is not held against the connection.
pub struct ObjectBody(Inner);

enum Inner {
    Empty,
    Remote(Box<ResumingBody>),
    Folder(FolderBody),
}

impl ObjectBody {
    pub(crate) const EMPTY: Self = Self(Inner::Empty);

    pub(crate) fn from_remote(body: ResumingBody) -> Self {
        Self(Inner::Remote(Box::new(body)))
    }

    pub(crate) fn from_folder(body: FolderBody) -> Self {
        Self(Inner::Folder(body))
    }

    fn left(&self) -> u64 {
        match &self.0 {
            Inner::Empty => 0,
            Inner::Remote(body) => body.left(),
            Inner::Folder(body) => body.left(),
        }
    }
}

impl Body for ObjectBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut self.0 {
            Inner::Empty => Poll::Ready(None),
            Inner::Remote(body) => body.poll_frame(cx),
            Inner::Folder(body) => body.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left())
    }
}

impl Stream for ObjectBody {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(self.as_mut().poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }
}

impl fmt::Debug for ObjectBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectBody").field("left", &self.left()).finish()
    }
}

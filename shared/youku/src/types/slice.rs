//! What a slice server hands out, and how far it has come.

/// The longest slice a server may be asked for, in KiB.
pub const MAX_SLICE_LENGTH_KIB: u32 = 10_240;

/// A stretch of the file that the slice server wants from whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// The server's number for it.
    pub id: u64,
    /// First byte, counted from the file's start.
    pub offset: u64,
    /// Bytes in it, at most 10 MiB.
    pub length: u64,
}

/// What the slice server wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextSlice {
    /// The slice to send; `None` where none is left to hand out. Other workers may still hold some: see [`CheckStatus`].
    pub slice: Option<Slice>,
    /// Bytes of the whole file that have arrived.
    pub transferred: u64,
    /// The whole file has arrived.
    pub finished: bool,
}

/// How far a slice upload has come on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStatus {
    /// 1: everything is written; commit.
    Written,
    /// 2: every slice is handed out, some are still on their way; ask again later.
    Transferring,
    /// 3: everything has arrived, not all of it is written; ask again later.
    Writing,
    /// 4: slices are left to hand out.
    SlicesLeft,
}

/// The slice server's account of an upload.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What to do next.
    pub status: CheckStatus,
    /// The address that commit and cancel must name.
    pub upload_server_ip: Option<String>,
    /// Share of the file that has arrived, 0 to 100; `None` where the server does not say.
    pub transferred_percent: Option<f64>,
    /// Share of the file that is written, 0 to 100; `None` where the server does not say.
    pub confirmed_percent: Option<f64>,
    /// Slices not yet handed out; `None` where the server does not say.
    pub empty_tasks: Option<u64>,
    /// The server is done with the upload.
    pub finished: bool,
}

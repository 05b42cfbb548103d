//! Settings, secrets, logging, and the ports of upload-core over real clients.

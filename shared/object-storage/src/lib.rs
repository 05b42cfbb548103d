//! One small client for Alibaba OSS, S3 and a local folder.

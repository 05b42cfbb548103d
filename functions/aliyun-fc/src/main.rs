//! The function's program, packaged as `bootstrap`.

use app::Program;
use std::{
    io::{Write, stdout},
    process::ExitCode,
};

const PROGRAM: Program = Program {
    name: "oss2youku-fc",
    help: "\
Uploads the videos of an OSS bucket to Youku: a custom runtime of Alibaba Cloud Function Compute.

The platform starts this program as `bootstrap`, without arguments, and calls it over HTTP (port FC_CUSTOM_LISTEN_PORT, else 9000):
OSS events and timers at /invoke, the HTTP API at the other paths. It is not meant to be run by hand:

  deploy it          s deploy, with template.yml (docs/guide/fc.md)
  try it here        oss2youku dev --function ./oss2youku-fc
  upload by hand     oss2youku upload FILE

Settings come from oss2youku.toml next to it, or the file that OSS2YOUKU_CONFIG names, and from variables OSS2YOUKU_...
",
    help_zh: "\
把 OSS bucket 中的视频上传到优酷：阿里云函数计算的自定义运行时。

平台以 `bootstrap` 为名启动本程序，不带参数，并通过 HTTP 调用它（端口为 FC_CUSTOM_LISTEN_PORT，否则为 9000）：
/invoke 接收 OSS 事件和定时触发，其余路径是 HTTP API。本程序不需要手动运行：

  部署          s deploy，使用 template.yml（docs/guide/zh/fc.md）
  本地试用      oss2youku dev --function ./oss2youku-fc
  手动上传      oss2youku upload FILE

设置来自同目录的 oss2youku.toml，或 OSS2YOUKU_CONFIG 指定的文件，以及 OSS2YOUKU_... 变量。
",
};

fn main() -> ExitCode {
    match PROGRAM.answer_arguments() {
        Some(text) => {
            // The stream may be closed.
            let _ = writeln!(stdout(), "{}", text.trim_end());
            ExitCode::SUCCESS
        }
        None => aliyun_fc::main(),
    }
}

//! The function's program, packaged as `bootstrap`.

use app::Program;
use std::{
    io::{Write, stdout},
    process::ExitCode,
};

const PROGRAM: Program = Program {
    name: "oss2youku-lambda",
    help: "\
Uploads the videos of an S3 or OSS bucket to Youku: a custom runtime of AWS Lambda.

Lambda starts this program as `bootstrap`, without arguments, and hands it events over its runtime API (AWS_LAMBDA_RUNTIME_API):
S3, SQS, SNS, EventBridge, schedules, HTTP requests and tasks. It is not meant to be run by hand:

  deploy it          sam deploy, with functions/aws-lambda/template.yaml (docs/guide/lambda.md)
  try it here        sam local invoke, or another emulator of Lambda
  upload by hand     oss2youku upload FILE

Settings come from oss2youku.toml next to it, or the file that OSS2YOUKU_CONFIG names, and from variables OSS2YOUKU_...
",
    help_zh: "\
把 S3 或 OSS bucket 中的视频上传到优酷：AWS Lambda 的自定义运行时。

Lambda 以 `bootstrap` 为名启动本程序，不带参数，并通过运行时 API（AWS_LAMBDA_RUNTIME_API）传入事件：
S3、SQS、SNS、EventBridge、定时、HTTP 请求和任务。本程序不需要手动运行：

  部署          sam deploy，使用 functions/aws-lambda/template.yaml（docs/guide/zh/lambda.md）
  本地试用      sam local invoke，或其他 Lambda 模拟器
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
        None => aws_lambda::main(),
    }
}

//! What the command line itself says in errors that take the same way as those of the libraries.

use super::template::Text;

pub(super) const TEXTS: &[Text] = &[
    ("cannot start", "无法启动"),
    ("the console could not be served", "控制台无法提供服务"),
    ("the file changed after its upload began", "上传开始后文件发生了变化"),
    ("the walk was interrupted", "目录的遍历被中断"),
];

// Every string that a person reads, English and Chinese next to each other: one entry a line, in JSON's own form.
// `{name}` is filled in; `|` parts the singular from the plural, `{n}` decides.
const TABLE = {
  "title": ["oss2youku console", "oss2youku 控制台"],
  "nav": ["Pages", "页面"],
  "nav.uploads": ["Uploads", "上传"],
  "nav.new": ["New", "新上传"],
  "nav.health": ["Health", "健康检查"],
  "nav.dev": ["Faults", "故障"],
  "language": ["Language", "语言"],
  "until": ["not before", "不早于"],

  "live.connecting": ["Connecting…", "正在连接…"],
  "live.live": ["Connected", "已连接"],
  "live.lost": ["The console does not answer. Trying again…", "控制台没有应答，正在重试…"],
  "live.back": ["The connection is back.", "连接已恢复。"],
  "live.refused": ["Access has ended: open the address that oss2youku printed last.", "访问已失效，请打开 oss2youku 最近打印的地址。"],
  "live.trouble": ["The ledger could not be read: {message}", "无法读取台账：{message}"],

  "states": ["States", "状态"],
  "state.all": ["All", "全部"],
  "state.needs_you": ["Needs you", "需要处理"],
  "state.queued": ["Queued", "排队中"],
  "state.hashing": ["Hashing", "计算校验和"],
  "state.uploading": ["Uploading", "上传中"],
  "state.waiting": ["Waiting", "等待中"],
  "state.in_review": ["In review", "审核中"],
  "state.published": ["Published", "已发布"],
  "state.failed": ["Failed", "失败"],
  "state.cancelled": ["Cancelled", "已取消"],

  "entry.event": ["event", "事件"],
  "entry.scan": ["sweep", "巡检"],
  "entry.task": ["task", "任务"],
  "entry.legacy_task": ["legacy", "旧任务"],
  "entry.command": ["command line", "命令行"],

  "why.invalid_job": ["the metadata or the file exceeds a limit", "视频信息或文件超出限制"],
  "why.no_such_upload": ["the ledger has no such upload", "台账中没有这个上传"],
  "why.wrong_state": ["its state does not permit this", "当前的状态不允许此操作"],
  "why.not_publishable": ["the file cannot become a video", "文件无法成为视频"],
  "why.source_missing": ["the object is gone", "对象不存在"],
  "why.source_changed": ["the object was replaced", "对象已被替换"],
  "why.source_denied": ["reading the object is not allowed", "无权读取对象"],
  "why.source_failed": ["the object could not be read", "读取对象失败"],
  "why.refused": ["a call was refused; a second run confirms it", "调用被拒绝，将再次运行以确认"],
  "why.target_failed": ["Youku's storage failed", "优酷的存储出错"],
  "why.unauthorized": ["Youku refuses the access token", "优酷拒绝访问令牌"],
  "why.client_refused": ["Youku does not know the client id", "优酷不认识 client id"],
  "why.reauthorize": ["the account must be authorized again", "账号需要重新授权"],
  "why.caller_token_gone": ["the token of the task has expired", "任务自带的令牌已失效"],
  "why.session_over": ["Youku ended the session", "上传会话已结束"],
  "why.rate_limited": ["Youku accepts no more calls for now", "优酷暂时不接受调用"],
  "why.youku_failed": ["Youku refused it or failed", "优酷拒绝或出错"],
  "why.integrity": ["the bytes do not match the checksum", "数据与校验和不一致"],
  "why.hash": ["Youku refused the stated MD5", "优酷拒绝了声明的 MD5"],
  "why.commit_unknown": ["it is unknown whether there is a video", "无法确认是否已生成视频"],
  "why.in_progress": ["it is in progress elsewhere", "正在别处进行"],
  "why.ledger_failed": ["the ledger could not be used", "台账出错"],
  "why.deadline": ["the last run ended at its time limit, or was stopped", "上次运行时间已到，或被停止"],
  "why.cancelled": ["it was cancelled", "已取消"],
  "why.config": ["a setting is wrong", "设置有误"],
  "why.failed": ["the log has the reason", "原因见日志"],
  "why.callback_failed": ["the receiver refused the callback", "接收方没有接受回调"],
  "why.callback_forbidden": ["the settings forbid the callback's address", "设置不允许该回调地址"],

  "list.search": ["Search title, file or id", "搜索标题、文件或编号"],
  "list.any_account": ["All accounts", "所有账号"],
  "list.error": ["Error", "错误"],
  "list.any_error": ["All errors", "所有错误"],
  "list.clear": ["Clear filter", "清除筛选"],
  "list.total": ["{n} upload|{n} uploads", "{n} 个上传"],
  "list.as_of": ["as of {time}", "截至 {time}"],
  "list.range": ["{first}–{last} of {total}", "第 {first}–{last} 个，共 {total} 个"],
  "list.since": ["read back to {day}", "已读取到 {day}"],
  "list.reading": ["older ones are still being read", "更早的仍在读取"],
  "list.previous": ["Previous page", "上一页"],
  "list.next": ["Next page", "下一页"],
  "list.none": ["No uploads yet", "还没有上传"],
  "list.no_match": ["Nothing matches this filter", "没有符合筛选条件的上传"],
  "list.calm": ["Nothing needs you", "没有需要处理的上传"],
  "list.bulk": ["For all {n}:", "对全部 {n} 个："],
  "col.state": ["State", "状态"],
  "col.video": ["Video", "视频"],
  "col.size": ["Size", "大小"],
  "col.account": ["Account", "账号"],
  "col.entry": ["Entrypoint", "入口"],
  "col.age": ["Last sign", "最近动态"],
  "row.left": ["{time} left", "剩余 {time}"],
  "row.callback": ["callback not accepted yet", "回调尚未送达"],

  "upload.back": ["All uploads", "所有上传"],
  "upload.unknown": ["There is no such upload", "没有这个上传"],
  "upload.unknown_hint": ["{place} has no upload {id}.", "{place} 中没有上传 {id}。"],
  "upload.next": ["Next", "接下来"],
  "upload.way_out": ["What helps", "处理办法"],
  "upload.blocked": ["Blocked", "障碍"],
  "upload.timeline": ["From object to video", "从对象到视频"],
  "upload.attempts": ["{n} attempt|{n} attempts", "{n} 次尝试"],
  "upload.facts": ["Facts", "概况"],
  "upload.steps": ["Steps in the ledger", "台账中的步骤"],
  "upload.epoch": ["holder {n}", "持有者 {n}"],
  "upload.raw": ["Raw record", "原始记录"],
  "upload.id": ["Upload id", "上传编号"],
  "upload.video": ["Video id", "视频编号"],
  "upload.open": ["Open at Youku", "在优酷打开"],
  "upload.holder": ["Held by", "持有者"],
  "upload.live": ["holder {n}, lease is live", "第 {n} 个，租约有效"],
  "upload.dead": ["holder {n}, lease has ended", "第 {n} 个，租约已失效"],
  "upload.nobody": ["nobody", "无"],
  "upload.waits": ["Waits", "等待"],
  "upload.audience": ["Audience", "公开范围"],
  "upload.callback": ["Callback", "回调"],
  "upload.pending": ["{what}: attempts {n}, last answer {code}", "{what}：已尝试 {n} 次，最近的应答 {code}"],
  "audience.all": ["everybody", "所有人"],
  "audience.friend": ["friends", "好友"],
  "audience.password": ["with a password", "凭密码观看"],

  "phase.object": ["Object", "对象"],
  "phase.prepare": ["Prepare", "准备"],
  "phase.transfer": ["Transfer", "传输"],
  "phase.commit": ["Commit", "提交"],
  "phase.video": ["Video", "视频"],
  "phase.done": ["done", "完成"],
  "phase.now": ["running", "进行中"],
  "phase.stopped": ["stopped here", "停在此处"],
  "phase.todo": ["not yet", "未开始"],

  "copy": ["Copy", "复制"],
  "copy.done": ["Copied", "已复制"],

  "act.publish": ["Upload", "上传"],
  "act.retry": ["Retry", "重试"],
  "act.cancel": ["Cancel upload", "取消上传"],
  "act.again": ["Upload again", "重新上传"],
  "act.callback": ["Replay callback", "重发回调"],
  "act.resume": ["Resume now", "立即继续"],
  "act.close": ["Close", "关闭"],
  "act.no": ["Leave it", "不操作"],
  "act.stop": ["Stop after these", "做完当前的即停止"],
  "ask.retry": ["It is unknown whether Youku made a video of it: look there first.", "无法确认优酷是否已生成视频，请先到优酷查看。"],
  "ask.new_session": ["Youku has no video: open another session", "优酷没有该视频，另开会话"],
  "ask.cancel": ["It ends without a video, also where another process works on it.", "上传将结束且没有视频，即使别处正在处理它。"],
  "ask.again": ["This makes another video for the same audience. Of a task, metadata and hour are kept, but no watch password and no callback of its own.", "将另外生成一个视频，公开范围不变。任务的视频信息和公开时间会保留，观看密码和自带的回调除外。"],
  "upload.player": ["The video at the local Youku", "本地优酷上的视频"],
  "ask.callback": ["The receiver gets the message once more.", "接收方会再次收到同一消息。"],
  "ask.bulk": ["{what}: {n} upload|{what}: {n} uploads", "{what}：{n} 个上传"],
  "ask.open": ["Four at a time. Keep this page open.", "每次四个，请保持此页面打开。"],
  "ask.left": ["left out because of their state: {n}", "因状态不符而略过：{n} 个"],

  "job.title": ["Actions", "操作"],
  "job.running": ["{what}: {done} of {n}", "{what}：已完成 {done} 个，共 {n} 个"],
  "job.finished": ["{what}: done|{what}: all {n} done", "{what}：{n} 个全部完成"],
  "job.stopped": ["{what}: stopped after {done} of {n}", "{what}：完成 {done}/{n} 后停止"],
  "sum.running": ["{n} running", "进行中 {n} 个"],
  "sum.good": ["{n} succeeded", "成功 {n} 个"],
  "sum.conflict": ["{n} conflict|{n} conflicts", "冲突 {n} 个"],
  "sum.bad": ["{n} failed", "失败 {n} 个"],
  "job.conflict": ["Conflict", "冲突"],
  "job.results": ["Result per upload", "各上传的结果"],

  "keys.title": ["Keyboard", "键盘"],
  "keys.move": ["next and previous upload", "下一个和上一个上传"],
};

/** Codes that say the same to the person who reads them. */
const SAME = {
  youku_unauthorized: "unauthorized", youku_client_refused: "client_refused", verification_failed: "integrity",
  hash_refused: "hash", credential_expired: "target_failed", no_such_multipart: "target_failed", part_exists: "target_failed",
  source_refused: "refused", target_refused: "refused", superseded: "in_progress", usage: "invalid_job",
};

const LANGUAGES = ["en", "zh"];
let language = 0;

export const current = () => LANGUAGES[language];

/** The language in use as browsers name it; English with the habits of the viewer's own region. */
export const locale = () => (language ? "zh-CN" : navigator.language.startsWith("en") ? navigator.language : "en");

/** Where the browser keeps what a person chose. */
const KEPT = "oss2youku.language";

/** Uses the language that a person has chosen before, else this one. */
export const useKept = (otherwise) => use(localStorage.getItem(KEPT) ?? otherwise);

export function choose(name) {
  localStorage.setItem(KEPT, name);
  use(name);
}

function use(name) {
  language = Math.max(0, LANGUAGES.indexOf(name));
  document.documentElement.lang = ["en", "zh-CN"][language];
}

/** Adds the texts of a view that is loaded later. */
export const learn = (more) => Object.assign(TABLE, more);

/** The text of a key, with its blanks filled in; numbers as the language groups their digits. */
export function t(key, blanks = {}) {
  const forms = TABLE[key][language].split("|");
  const form = forms.length > 1 && blanks.n !== 1 ? forms[1] : forms[0];
  const fill = (value) => (typeof value === "number" ? new Intl.NumberFormat(locale()).format(value) : value);
  return form.replace(/\{(\w+)\}/g, (blank, name) => fill(blanks[name]) ?? blank);
}

/** The text of a word of the process; one that is newer than this page is shown as it is. */
export function word(kind, name) {
  const key = `${kind}.${SAME[name] ?? name}`;
  return key in TABLE ? t(key) : name;
}

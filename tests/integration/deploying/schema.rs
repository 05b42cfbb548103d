//! What the component `fc3` accepts, stricter than its own schema, which accepts unknown keys, wrong events and wrong methods.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Checks the rules of the platform; the error names the first one that is broken.
pub(super) fn check(props: &Value) -> Result<(), String> {
    let props: Props = serde_path_to_error::deserialize(props).map_err(|error| error.to_string())?;
    let megabytes = props.memory_size;
    rule(
        (128..=32_768).contains(&megabytes) && megabytes.is_multiple_of(64),
        "memorySize: 128 to 32768 in steps of 64",
    )?;
    let hundredths = (props.cpu * 100.0).round();
    rule(
        (5.0..=1600.0).contains(&hundredths) && hundredths % 5.0 == 0.0,
        "cpu: 0.05 to 16 in steps of 0.05",
    )?;
    let gigabytes = f64::from(megabytes) / 1024.0;
    rule(props.cpu <= gigabytes && gigabytes <= 4.0 * props.cpu, "cpu to memory in GB: 1:1 to 1:4")?;
    rule([512, 10_240].contains(&props.disk_size), "diskSize: 512 or 10240")?;
    rule((1..=86_400).contains(&props.timeout), "timeout: 1 to 86400 seconds")?;
    rule((1..=200).contains(&props.instance_concurrency), "instanceConcurrency: 1 to 200")?;
    let retries = props.async_invoke_config.max_async_retry_attempts;
    rule((0..=8).contains(&retries), "maxAsyncRetryAttempts: 0 to 8")?;
    let age = props.async_invoke_config.max_async_event_age_in_seconds;
    rule((1..=604_800).contains(&age), "maxAsyncEventAgeInSeconds: 1 to 604800")?;
    let destination = props.async_invoke_config.destination_config.on_failure.destination;
    let topic = destination.strip_prefix("acs:mns:").and_then(|rest| rest.split_once("::/topics/"));
    let named = topic.is_some_and(|(region, topic)| region == props.region && topic.ends_with("/messages"));
    rule(named, "destination: acs:mns:REGION::/topics/TOPIC/messages")?;
    let bytes: usize = props.environment_variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    rule(bytes <= 4096, "environmentVariables: 4 KB in all")?;
    props.triggers.iter().try_for_each(Trigger::check)
}

fn rule(holds: bool, rule: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(rule.to_owned()) }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "some fields need only be there, and nothing else may be")]
struct Props {
    region: String,
    function_name: String,
    description: String,
    runtime: CustomRuntime,
    code: String,
    handler: String,
    cpu: f64,
    memory_size: u32,
    disk_size: u32,
    timeout: u32,
    instance_concurrency: u32,
    role: String,
    internet_access: bool,
    log_config: LogConfig,
    environment_variables: BTreeMap<String, String>,
    async_invoke_config: AsyncInvokeConfig,
    triggers: Vec<Trigger>,
}

#[derive(Deserialize)]
enum CustomRuntime {
    #[serde(rename = "custom")]
    Custom,
    #[serde(rename = "custom.debian10")]
    Debian10,
    #[serde(rename = "custom.debian11")]
    Debian11,
    #[serde(rename = "custom.debian12")]
    Debian12,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum LogConfig {
    Auto,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AsyncInvokeConfig {
    max_async_retry_attempts: u32,
    max_async_event_age_in_seconds: u32,
    destination_config: DestinationConfig,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DestinationConfig {
    on_failure: Destination,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Destination {
    destination: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Trigger {
    trigger_name: String,
    trigger_type: TriggerType,
    #[serde(default, rename = "description")]
    _description: String,
    qualifier: String,
    source_arn: Option<String>,
    trigger_config: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum TriggerType {
    Oss,
    Http,
    Timer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OssConfig {
    events: Vec<String>,
    filter: Filter,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    key: FilterKey,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilterKey {
    prefix: String,
    suffix: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "their types are the rule")]
struct HttpConfig {
    auth_type: AuthType,
    methods: Vec<Method>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum AuthType {
    Anonymous,
    Function,
    Jwt,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Method {
    Get,
    Post,
    Put,
    Delete,
    Head,
    Patch,
    Options,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "enable need only be there")]
struct TimerConfig {
    cron_expression: String,
    enable: bool,
    payload: String,
}

/// Events of whole objects; `*` would call the function for every part of a multipart upload.
const EVENTS: [&str; 4] = ["PutObject", "PostObject", "CompleteMultipartUpload", "CopyObject"];

impl Trigger {
    fn check(&self) -> Result<(), String> {
        let about = |problem: String| format!("{}: {problem}", self.trigger_name);
        rule(self.qualifier == "LATEST", "qualifier: LATEST").map_err(about)?;
        match self.trigger_type {
            TriggerType::Oss => self.config().and_then(|config| self.check_oss(&config)),
            TriggerType::Http => self.config().and_then(|config: HttpConfig| {
                rule(!config.methods.is_empty(), "methods: at least one")?;
                rule(self.source_arn.is_none(), "sourceArn: not with http")
            }),
            TriggerType::Timer => self.config().and_then(|config: TimerConfig| {
                rule(is_every(&config.cron_expression), "cronExpression: `@every N` and a unit of s, m or h")
            }),
        }
        .map_err(about)
    }

    fn config<'a, T: Deserialize<'a>>(&'a self) -> Result<T, String> {
        serde_path_to_error::deserialize(&self.trigger_config).map_err(|error| error.to_string())
    }

    fn check_oss(&self, config: &OssConfig) -> Result<(), String> {
        let arn = self.source_arn.as_deref().unwrap_or_default().split(':').collect::<Vec<_>>();
        rule(
            arn.len() == 5 && arn[..2] == ["acs", "oss"] && !arn.contains(&""),
            "sourceArn: acs:oss:REGION:UID:BUCKET",
        )?;
        for event in &config.events {
            let name = event.strip_prefix("oss:ObjectCreated:").unwrap_or_default();
            rule(EVENTS.contains(&name), &format!("events: {event} is not about a whole object"))?;
        }
        let FilterKey { prefix, suffix } = &config.filter.key;
        rule(!config.events.is_empty(), "events: at least one")?;
        rule(!prefix.starts_with('/') && !prefix.contains('*'), "prefix: no slash before it, no wildcard")?;
        rule(suffix.is_empty(), "suffix: one cannot name all kinds of videos")
    }
}

fn is_every(expression: &str) -> bool {
    let Some(period) = expression.strip_prefix("@every ") else { return false };
    let (number, unit) = period.split_at(period.len().saturating_sub(1));
    ["s", "m", "h"].contains(&unit) && number.parse::<u32>().is_ok_and(|number| number > 0)
}

//! How long after an object lands the function is called. It is not tried: an event calls the function only for an object where a rule looks, and
//! a rule would publish the object.

use crate::commands::rehearse::{
    fact::{Fact, Makes},
    obstacle::Obstacle,
    text::text,
};

pub(in super::super) const FACT: Fact = Fact {
    name: "function.event_delay",
    question: || text!("how long after an object lands the function is called", "对象落地后多久调用函数"),
    expected: "seconds",
    calls: 0,
    requests: 0,
    makes: Makes::Nothing,
    tries: |_| {
        Box::pin(async {
            Err(Obstacle::NotHere(text!(
                "only an object where a rule looks calls the function, and the rule would publish it; the log of the first real upload tells it",
                "只有规则范围内的对象才会触发函数，而规则会将其发布；第一次真实上传的日志会给出此时间"
            )))
        })
    },
    meaning: |_| text!("a sweep finds objects whose event was missed", "巡检会找到遗漏事件的对象"),
};

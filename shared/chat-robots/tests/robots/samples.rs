//! Digests that the tests share.

use chat_robots::{Address, Digest, Event, Line, Robot, Vendor};

pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef012345678cafe";

/// A robot of each vendor by its public address.
pub(crate) fn robot(vendor: Vendor) -> Robot {
    Robot::new(Address::parse(vendor, &address(vendor).into()).unwrap())
}

pub(crate) fn address(vendor: Vendor) -> String {
    match vendor {
        Vendor::DingTalk => format!("https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"),
        Vendor::Feishu => format!("https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}"),
        Vendor::WeCom => format!("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}"),
    }
}

/// What each event's line looks like in practice.
pub(crate) fn line(event: Event) -> Line {
    let video = "https://v.youku.com/v_show/id_XNjQ3ODA5MTIwMA==.html";
    match event {
        Event::NeedsYou => Line::new(event, "海边的一天").with_advice(
            "the account main must be authorized again: oss2youku login main",
            "账号 main 需要重新授权：oss2youku login main",
        ),
        Event::Failed => Line::new(event, "clip_01.mp4").with_advice(
            "the object was replaced while it was read: upload it again",
            "读取期间对象被替换：请重新上传",
        ),
        Event::VideoRejected => Line::new(event, "山中四季").with_link(video).with_advice(
            "Youku did not pass it in review: see the video's page",
            "优酷审核未通过：请查看视频页面",
        ),
        Event::TokenExpiring => Line::new(event, "main").with_advice("it expires in 3 days", "3 天后到期"),
        Event::Published => Line::new(event, "海边的一天").with_link(video),
        Event::VideoReady => Line::new(event, "Tom & Jerry (1).mp4").with_link(video),
    }
}

/// A digest with one line.
pub(crate) fn single(line: Line) -> Digest {
    let mut digest = Digest::new("oss2youku");
    digest.add(line);
    digest
}

/// Forty-seven events of all kinds, of which ten have lines.
pub(crate) fn mixed() -> Digest {
    let mut digest = Digest::new("oss2youku");
    for number in 1..=41 {
        let link = format!("https://v.youku.com/v_show/id_X{number}.html");
        digest.add(Line::new(Event::Published, format!("第 {number} 集")).with_link(link));
    }
    for event in Event::ALL {
        digest.add(line(event));
    }
    digest
}

// Group robots: what each would be sent, as its chat shows it. The video is made up: a link shows its address, and opens nothing.
import { h } from "./dom.js";
import { t } from "./text.js";

const part = ({ text, bold, tone, link }) => h(bold ? "strong" : "span", { class: link ? "to" : tone && `tone ${tone}`, title: link }, text);

const block = ({ kind, tone, parts }) => h("p", { class: `${kind} ${tone ?? ""}` }, parts.map(part));

function robot({ name, format, language, words, together, messages }) {
  const message = ({ blocks }) => h("div", { class: "message", lang: language }, blocks.map(block));
  return h("section", { "data-key": name }, [
    h("h3", {}, name, h("span", { class: "note" }, ` ${[...words, format].join(" · ")}`)),
    message(together),
    h("details", {}, h("summary", {}, t("robot.each")), messages.map(message)),
  ]);
}

export const robotsCard = (robots) => h("section", { class: "card", "aria-labelledby": "robots" }, [
  h("h2", { id: "robots" }, t("robot.title")),
  robots.length ? robots.map(robot) : h("p", { class: "note" }, t("robot.none")),
]);

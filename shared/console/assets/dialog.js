// Questions that hold the page until they are answered.
import { h } from "./dom.js";
import { t } from "./text.js";

/** Shows a dialog until it is closed; resolves with what the button that closed it stands for, or "". */
export function open(dialog) {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue);
    };
  });
}

/** Asks before something is done. The harmless answer has the focus. */
export async function confirm({ title, lines, option, yes, danger = false }) {
  const checkbox = option && h("input", { type: "checkbox", id: "option" });
  const dialog = h("dialog", { "aria-labelledby": "question" }, h("form", { method: "dialog" }, [
    h("h2", { id: "question" }, title),
    lines.map((line) => line && h("p", {}, line)),
    option && h("p", {}, h("label", {}, checkbox, " ", option)),
    h("p", { class: "buttons" }, [
      h("button", { value: "", autofocus: true }, yes ? t("act.no") : t("act.close")),
      yes && h("button", { value: "yes", class: danger ? "danger" : "main" }, yes),
    ]),
  ]));
  const answer = await open(dialog);
  return { agreed: answer === "yes", chosen: Boolean(checkbox?.checked) };
}

export function help() {
  if (document.querySelector("dialog[open]")) return;
  const keys = [
    ["/", "list.search"], ["j k ↓ ↑", "keys.move"], ["n", "list.next"], ["p", "list.previous"],
    ["Esc", "upload.back"], ["u", "nav.uploads"], ["c", "nav.new"], ["h", "nav.health"],
  ];
  const line = ([key, name]) => [h("dt", {}, key.split(" ").map((one) => [h("kbd", {}, one), " "])), h("dd", {}, t(name))];
  open(h("dialog", { "aria-labelledby": "keys" }, h("form", { method: "dialog" }, [
    h("h2", { id: "keys" }, t("keys.title")),
    h("dl", { class: "keys" }, keys.map(line)),
    h("p", { class: "buttons" }, h("button", { autofocus: true }, t("act.close"))),
  ])));
}

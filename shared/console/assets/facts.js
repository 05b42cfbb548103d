// What is known of an upload, with what can be copied.
import { h } from "./dom.js";
import { ago, bytes, film, until } from "./format.js";
import { say } from "./store.js";
import { t, word } from "./text.js";

export const fact = (key, ...value) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, ...value));

export const wide = (...parts) => h("div", { class: "wide" }, ...fact(...parts).children);

export function facts({ row, status }) {
  const { holder, public_type: audience } = status;
  const waits = status.waiting ?? (row.waiting && { reason: row.waiting, not_before: row.not_before });
  return h("section", { class: "card", "aria-labelledby": "facts" }, [
    h("h2", { id: "facts" }, t("upload.facts")),
    h("dl", {}, [
      wide("phase.object", copied(row.object)),
      wide("upload.id", copied(row.upload_id)),
      row.videoid && wide("upload.video", copied(row.videoid), " ", watch(row.link)),
      row.size !== undefined && wide("col.size", [bytes(row.size), film(row)].filter(Boolean).join(" · ")),
      fact("col.account", row.account),
      row.entrypoint && fact("col.entry", word("entry", row.entrypoint)),
      audience && fact("upload.audience", word("audience", audience)),
      fact("col.age", ago(row.at)),
      fact("upload.holder", holder ? t(`upload.${holder.live ? "live" : "dead"}`, { n: holder.epoch }) : t("upload.nobody")),
      waits && wide("upload.waits", word("why", waits.reason), waits.not_before && [" · ", until(waits.not_before)]),
      row.callback && wide("upload.callback", callback(row.callback)),
    ]),
  ]);
}

function callback({ message, attempts, code, not_before: notBefore }) {
  const text = t("upload.pending", { what: message, n: attempts, code: code ?? "–" });
  return [text, notBefore && [" · ", until(notBefore)]];
}

function copied(text) {
  const copy = async ({ currentTarget: { classList } }) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return; // The browser forbids it; the text can be selected.
    }
    say(t("copy.done"));
    classList.add("done");
    setTimeout(() => classList.remove("done"), 1500);
  };
  const button = { class: "copy", "aria-label": `${t("copy")} ${text}`, onclick: copy };
  return h("span", { class: "copied" }, h("code", {}, text), h("button", button, t("copy")));
}

/** A link to the video's page: only to the web, whatever the ledger holds. */
function watch(link) {
  if (!/^https?:\/\//.test(link ?? "")) return null;
  return h("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, t("upload.open"), " ↗");
}

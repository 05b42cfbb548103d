// The form of a new upload. It counts as Youku counts, by the limits that the process serves.
import * as api from "./api.js";
import { h } from "./dom.js";
import { number } from "./format.js";
import { state } from "./store.js";
import { t } from "./text.js";

/** What a person has typed. */
export const form = { account: "", title: "", tags: "", description: "", category: "", public_type: "", watch_password: "", preflight: "" };
let limits = null;

export const readLimits = async () => (limits ??= await api.get("/console/limits"));

/** Characters as Unicode counts them: one of Chinese, or an emoji, is one. */
const length = (text) => [...text].length;

const tags = () => (limits ? form.tags.split(new RegExp(`[${limits.tag_separators}]`)).map((tag) => tag.trim()).filter(Boolean) : []);

/** What is stated: empty fields are left to the rule and to the defaults. */
export function filled() {
  const { title, description, category, public_type, watch_password, preflight } = form;
  const all = { title, description, category, public_type, preflight, tags: tags(), watch_password: public_type === "password" ? watch_password : "" };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value.length));
}

const within = (n, { min, max }) => n >= min && n <= max;

/** The fields that break a limit. */
export function faults() {
  if (!limits) return [];
  const bad = ["title", "description"].filter((name) => form[name] && !within(length(form[name]), limits[name]));
  const words = tags();
  if (words.length > limits.tags.max || words.some((tag) => !within(length(tag), limits.tag))) bad.push("tags");
  if (form.public_type === "password" && !form.watch_password) bad.push("watch_password");
  return bad;
}

/** How many of how many, and which tag does not fit. */
function counter(name) {
  const of = (n, { max }) => `${number(n)}/${number(max)}`;
  if (!limits) return "";
  if (name !== "tags") return of(length(form[name]), limits[name]);
  const odd = tags().filter((tag) => !within(length(tag), limits.tag));
  const why = odd.length && t("form.tag", { tag: odd[0], n: length(odd[0]), ...limits.tag });
  return [of(tags().length, limits.tags), why].filter(Boolean).join(" · ");
}

export function fields(changed) {
  const bad = faults();
  const props = (name) => ({
    id: `form-${name}`, value: form[name], autocomplete: "off",
    oninput: ({ target }) => {
      form[name] = target.value;
      changed();
    },
    "aria-invalid": bad.includes(name) && "true",
  });
  const field = (name, input, note) => h("div", { class: `field ${name}${bad.includes(name) ? " bad" : ""}` }, [
    h("label", { for: `form-${name}` }, t(`form.${name}`)), input,
    note !== undefined && h("span", { class: "note count", id: `count-${name}` }, note),
  ]);
  const counted = (name, tag) => field(name, h(tag, { ...props(name), "aria-describedby": `count-${name}` }), counter(name));
  const select = (name, values, label = (value) => value) => field(name, h("select", props(name), [
    h("option", { value: "" }, t("form.any")), values.map((value) => h("option", { value }, label(value))),
  ]));
  const { accounts } = state.info;
  return [
    accounts.length !== 1 && (accounts.length ? select("account", accounts) : field("account", h("input", props("account")))),
    counted("title", "input"),
    counted("tags", "input"),
    counted("description", "textarea"),
    select("category", limits?.categories ?? []),
    select("public_type", ["all", "friend", "password"], (value) => t(`audience.${value}`)),
    form.public_type === "password" && field("watch_password", h("input", { ...props("watch_password"), type: "password", autocomplete: "new-password" })),
    select("preflight", ["off"], () => t("form.preflight_off")),
  ];
}

// Requests to the console's own process.
import { current } from "./text.js";

/** A request that failed: `lost` where nothing answered, else the stable code and the text of the answer. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

/** Sends a request and reads its JSON; anything but a success is a `Refusal`. */
async function request(path, options = {}) {
  let response, body;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
    body = await response.text();
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw new Refusal(0, "lost", error.message);
  }
  const json = parse(body);
  if (!response.ok) throw new Refusal(response.status, json?.error ?? `http_${response.status}`, json?.msg ?? "");
  return json;
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

export const MOST = 500;

/** What "needs you" in the left column stands for. */
const states = (state) => (state === "needs_you" ? "needs_you,failed" : state);

export function uploads(filter, offset, limit, signal) {
  const fields = { ...filter, state: states(filter.state), offset, limit, lang: current() };
  const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ""));
  return request(`/console/uploads?${query}`, { signal });
}

export const info = (signal) => request("/console/info", { signal });
export const upload = (id, signal) => request(`/console/uploads/${encodeURIComponent(id)}?lang=${current()}`, { signal });
export const get = (path) => request(path);
export const put = (path, body) => request(path, { method: "PUT", body });
export const send = (path, method, json, more) => request(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(json), ...more });

/** Carries out an action; resolves with the outcome once there is one. */
export function act(action, row, { newSession = false } = {}) {
  const path = `/api/uploads/${encodeURIComponent(row.upload_id)}`;
  const post = (to) => request(to, { method: "POST" });
  if (action === "cancel") return post(`${path}/cancel`);
  if (action === "callback") return post(`${path}/callback`);
  // A text of its own asks for another video.
  const again = action === "again" ? `console-${crypto.randomUUID()}` : undefined;
  if (again || action === "publish") return send("/api/uploads", "POST", { ...row.task, again });
  return post(`${path}/retry${newSession ? "?new_session=true" : ""}`);
}

// Staying up to date: one stream of events while the page is visible, polling where it is refused.
// Browsers open six connections to one host in all, so a hidden page gives its stream back.

const POLL = 5000;
const RETRY = 2000;
const HEARTBEAT = 10000;
/** How long to do without a stream that was refused. */
const WITHOUT_STREAM = 30000;

/**
 * Calls `refresh(event)` when something may have changed, `event.ids` where that is known; it returns whether it asked the process.
 * `isLost()`: the last request went unanswered, so that the next comes soon.
 */
export function keepUp(refresh, isLost) {
  let stream = null;
  let refused = -Infinity;
  let asked = Date.now();

  const ask = (event = {}) => {
    if (refresh(event)) asked = Date.now();
  };

  function open() {
    if (stream || document.hidden || Date.now() - refused < WITHOUT_STREAM) return;
    stream = new EventSource("/console/events");
    stream.addEventListener("changed", ({ data }) => ask(JSON.parse(data)));
    stream.onerror = () => {
      if (stream?.readyState === EventSource.CLOSED) {
        stream = null;
        refused = Date.now();
      }
      ask();
    };
  }

  function close() {
    stream?.close();
    stream = null;
  }

  function tick() {
    if (document.hidden) return;
    if (!isLost()) open();
    const pause = isLost() ? RETRY : stream?.readyState === EventSource.OPEN ? HEARTBEAT : POLL;
    if (Date.now() - asked >= pause) ask();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return close();
    open();
    ask();
  });
  for (const name of ["online", "offline", "focus"]) addEventListener(name, () => ask());
  addEventListener("pagehide", close);
  setInterval(tick, 1000);
  open();
}

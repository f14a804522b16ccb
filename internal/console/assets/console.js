"use strict";
// Everything works without this file; it makes some things easier.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(field.value);
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
for (const all of document.querySelectorAll("[data-all]")) {
  const boxes = document.getElementById(all.dataset.all).querySelectorAll("[name=id]");
  all.parentNode.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
}
// A form is sent once.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "yes";
  for (const button of event.target.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});
// A run is followed until it has ended; then its page says what came of it.
const followed = document.querySelector("[data-follow]");
if (followed && window.EventSource) {
  let looking = false, again = false;
  const look = async () => {
    if (looking) { again = true; return; }
    looking = true;
    do {
      again = false;
      try {
        const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
        if (!answer.ok) break;
        const now = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!now.querySelector("[data-follow]")) { events.close(); location.reload(); return; }
        for (const part of document.querySelectorAll("[data-live]")) {
          const fresh = now.querySelector(`[data-live="${part.dataset.live}"]`);
          if (!part.isEqualNode(fresh)) part.replaceChildren(...fresh.childNodes);
        }
      } catch { /* the service is away: the next event or the clock asks again */ }
    } while (again);
    looking = false;
  };
  const events = new EventSource(followed.dataset.follow);
  events.addEventListener("run", look);
  setInterval(() => { if (events.readyState !== EventSource.OPEN) look(); }, 5000);
}

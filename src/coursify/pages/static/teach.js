// The pages of instructors: uploads with progress, a tool bar for texts, and videos that are being prepared.
const PIECE = 8 * 1024 * 1024;
const TRIES = 8;
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/* ---- uploads ---- */

// A request whose sent bytes are reported; fetch does not report them.
function send(method, url, { body = null, headers = {}, onProgress = () => {}, signal = null }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () => reject(new Error("the connection broke off")));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

// What a page or an answer of the API says about a refusal.
function reasonOf(request) {
  if ((request.getResponseHeader("Content-Type") ?? "").includes("json")) {
    try { return JSON.parse(request.responseText).message; } catch { return ""; }
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const found = page.querySelector(".field-wrong .note, .alert, .lede");
  return found?.textContent.trim() || `The server answered with ${request.status}.`;
}

class Refused extends Error {}

async function begin(form, file) {
  const key = `upload ${form.dataset.begin} ${file.name} ${file.size} ${file.lastModified}`;
  const known = localStorage.getItem(key);
  if (known && (await offsetOf(known)) !== null) return [known, key];
  const fields = new URLSearchParams({ filename: file.name, size: file.size, type: file.type || "video/mp4" });
  const headers = { "X-CSRF-Token": form.elements.csrf.value, "Content-Type": "application/x-www-form-urlencoded" };
  const answer = await send("POST", form.dataset.begin, { body: fields.toString(), headers });
  if (answer.status !== 200) throw new Refused(reasonOf(answer));
  const { uploadUrl } = JSON.parse(answer.responseText);
  localStorage.setItem(key, uploadUrl);
  return [uploadUrl, key];
}

// How many bytes have arrived (tus 1.0); null when the upload is gone.
async function offsetOf(url) {
  const answer = await send("HEAD", url, { headers: { "Tus-Resumable": "1.0.0" } });
  return answer.status === 200 ? Number(answer.getResponseHeader("Upload-Offset")) : null;
}

async function sendInPieces(form, file, report, signal) {
  const [url, key] = await begin(form, file);
  let offset = await offsetOf(url);
  let failures = 0;
  while (offset !== null && offset < file.size) {
    const from = offset;
    try {
      const headers = { "Tus-Resumable": "1.0.0", "Upload-Offset": from, "Content-Type": "application/offset+octet-stream" };
      const onProgress = (sent) => report(from + sent, file.size);
      const answer = await send("PATCH", url, { body: file.slice(from, from + PIECE), headers, onProgress, signal });
      if (answer.status === 204) {
        offset = Number(answer.getResponseHeader("Upload-Offset"));
        failures = 0;
        continue;
      }
      if (answer.status < 500 && ![409, 423, 429, 460].includes(answer.status)) {
        localStorage.removeItem(key);
        throw new Refused(reasonOf(answer));
      }
    } catch (error) {
      if (error instanceof Refused || error.name === "AbortError") throw error;
    }
    failures += 1;
    if (failures > TRIES) throw new Error("the connection broke off");
    await wait(Math.min(2 ** failures / 2, 30));
    offset = await offsetOf(url).catch(() => from);
  }
  localStorage.removeItem(key);
  if (offset === null) throw new Error("the upload is gone; choose the file again");
}

async function sendForm(form, file, report, signal) {
  const headers = { "HX-Request": "true", "X-CSRF-Token": form.elements.csrf.value };
  const answer = await send("POST", form.action, { body: new FormData(form), headers, onProgress: report, signal });
  if (answer.status !== 204) throw new Refused(reasonOf(answer));
  return answer.getResponseHeader("HX-Redirect");
}

function showProgress(form, label) {
  form.querySelector(".alert")?.remove();
  const box = document.createElement("div");
  box.className = "sending";
  box.innerHTML = '<div class="progress"><progress max="100" value="0"></progress><span>0 %</span></div><p role="status"></p><button class="button" type="button">Stop</button>';
  const [bar, percent, status, stop] = ["progress", ".progress span", "p", "button"].map((part) => box.querySelector(part));
  bar.setAttribute("aria-label", label);
  form.append(box);
  let said = -1;
  const report = (sent, total) => {
    const share = Math.floor((sent / (total || 1)) * 100);
    bar.value = share;
    percent.textContent = `${share} %`;
    // Every quarter is enough to hear.
    if (Math.floor(share / 25) !== said) {
      said = Math.floor(share / 25);
      status.textContent = share === 100 ? "Sent. The server reads the file." : `${label}: ${share} %`;
    }
  };
  return { box, report, stop };
}

function showRefusal(form, sentence) {
  const alert = document.createElement("div");
  alert.className = "alert";
  alert.setAttribute("role", "alert");
  alert.textContent = sentence;
  form.prepend(alert);
  form.querySelector('[type="file"]').focus();
}

async function upload(event) {
  event.preventDefault();
  event.stopPropagation();
  const form = event.target;
  const file = form.elements.file.files[0];
  const button = form.querySelector('[type="submit"]');
  if (!file || button.disabled) return;
  button.disabled = true;
  const { box, report, stop } = showProgress(form, `Sending ${file.name}`);
  const stopping = new AbortController();
  stop.addEventListener("click", () => stopping.abort());
  const leaving = (warning) => warning.preventDefault();
  window.addEventListener("beforeunload", leaving);
  try {
    const next = form.dataset.begin
      ? await sendInPieces(form, file, report, stopping.signal)
      : await sendForm(form, file, report, stopping.signal);
    window.removeEventListener("beforeunload", leaving);
    const [path, hash] = (next || `${location.pathname}#video`).split("#");
    if (path === location.pathname) {
      history.replaceState(null, "", `${path}${hash ? `#${hash}` : ""}`);
      location.reload();
    } else {
      location.assign(next);
    }
  } catch (error) {
    const goesOn = form.dataset.begin ? " Choose the same file again to go on." : "";
    const why = error.name === "AbortError" ? `Stopped.${goesOn}` : error instanceof Refused ? error.message : `Not sent: ${error.message}.${goesOn}`;
    window.removeEventListener("beforeunload", leaving);
    box.remove();
    button.disabled = false;
    showRefusal(form, why);
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) form.addEventListener("submit", upload);

/* ---- a video that is being prepared ---- */

async function refresh() {
  for (;;) {
    const shown = document.querySelector("[data-refresh]");
    if (!shown) return;
    await wait(document.hidden ? 10 : 2);
    // Nobody's open question is closed.
    if (shown.querySelector("details[open]") || shown.contains(document.activeElement)) continue;
    const answer = await fetch(shown.dataset.refresh).catch(() => null);
    if (!answer?.ok || answer.redirected) continue;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#video-state");
    if (!next) return;
    if (next.dataset.state !== shown.dataset.state) {
      document.querySelector("[data-announce]").textContent = next.querySelector("p").textContent.trim();
    }
    if (next.outerHTML !== shown.outerHTML) shown.replaceWith(next);
  }
}
refresh();

/* ---- a tool bar for texts ---- */

const TOOLS = [
  ["Bold", "<strong>", "</strong>"],
  ["Italic", "<em>", "</em>"],
  ["Heading", "\n\n<h2>", "</h2>\n\n"],
  ["List", "\n\n<ul>\n<li>", "</li>\n</ul>\n\n"],
  ["Link", '<a href="https://">', "</a>"],
];

function addTools(area) {
  const bar = document.createElement("div");
  bar.className = "tools";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `Formatting: ${area.labels[0].firstChild.textContent.trim()}`);
  TOOLS.forEach(([name, before, after], index) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button", textContent: name, tabIndex: index ? -1 : 0 });
    button.addEventListener("click", () => {
      const { selectionStart: start, selectionEnd: end } = area;
      const chosen = area.value.slice(start, end);
      const inside = name === "List" ? chosen.split("\n").join("</li>\n<li>") : chosen;
      area.setRangeText(before + inside + after, start, end, "end");
      area.focus();
      if (name === "Link") area.setSelectionRange(start + 9, start + 17);
      else if (!chosen) area.setSelectionRange(start + before.length, start + before.length);
    });
    bar.append(button);
  });
  // One stop for Tab; the arrows go from button to button.
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = [...bar.children];
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  });
  area.before(bar);
}
for (const area of document.querySelectorAll("textarea[name=description], textarea[name=content]")) addTools(area);

// After a move the same button has the focus, so that it can be pressed again.
document.getElementById(location.hash.slice(1))?.focus();

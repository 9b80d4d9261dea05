// Sending a table with a progress bar, and dropping one on the page. Without this the form sends itself.
"use strict";

const form = document.getElementById("batch");
const file = document.getElementById("films");
const drop = document.getElementById("drop");
const progress = document.getElementById("progress");
const bar = document.getElementById("bar");
const result = document.getElementById("result");

function tell(sentence) {
  const box = document.createElement("div");
  const text = document.createElement("p");
  box.className = "faults";
  box.setAttribute("role", "alert");
  text.textContent = sentence;
  box.append(text);
  result.replaceChildren(box);
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const answer = page.getElementById("result");
  if (!answer) return tell(form.dataset.away);
  result.replaceChildren(...answer.childNodes);
  // A form that had become stale is fresh again.
  form.elements.token.value = page.querySelector("[name=token]").value;
  result.focus();
}

function send() {
  const request = new XMLHttpRequest();
  progress.hidden = false;
  bar.value = 0;
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
  // All is sent and the models work: how long is not known.
  request.upload.addEventListener("load", () => bar.removeAttribute("value"));
  request.addEventListener("load", () => show(request.responseText));
  request.addEventListener("error", () => tell(form.dataset.away));
  request.addEventListener("loadend", () => { progress.hidden = true; });
  request.open("POST", form.action);
  request.send(new FormData(form));
}

form.addEventListener("submit", (event) => {
  if (file.files[0] && file.files[0].size > form.dataset.largest * 1024 * 1024) {
    event.preventDefault();
    tell(form.dataset.tooLarge);
  } else if (!event.submitter || !event.submitter.hasAttribute("formaction")) {
    event.preventDefault();
    send();
  }
});

document.getElementById("order").addEventListener("change", () => { if (file.files[0] && result.querySelector("section")) form.requestSubmit(); });

for (const kind of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("drop-over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) file.files = event.dataTransfer.files;
  });
}

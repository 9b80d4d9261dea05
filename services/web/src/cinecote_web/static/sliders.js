// Sliders beside the fields: the answer follows while one moves. Without this the fields are typed in.
"use strict";

const STEPS = 1000;
const form = document.querySelector(".film-form");
const beside = document.getElementById("beside");
const written = new Intl.NumberFormat(document.documentElement.lang);
let waiting = null;
let asking = false;

function position(field) {
  const low = Number(field.dataset.low), high = Number(field.dataset.high);
  const value = Math.min(Math.max(Number(field.dataset.value || low), low), high);
  const share = "logarithmic" in field.dataset ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.round(STEPS * share);
}

function valueAt(field, step) {
  const low = Number(field.dataset.low), high = Number(field.dataset.high), share = step / STEPS;
  if (!("logarithmic" in field.dataset)) return Math.round(low + (high - low) * share);
  // Two digits are as fine as a hand is.
  return Number((low * (high / low) ** share).toPrecision(2));
}

function asked() {
  return new URLSearchParams(new FormData(form)).toString();
}

// What is tried here is asked for at addresses of its own, and so counts for no film that somebody asked about.
async function fetched(part, query) {
  const response = await fetch(`${part}${part.includes("?") ? "&" : "?"}${query}`);
  return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
}

// One question at a time, and of those that wait the last one only.
async function follow(show) {
  waiting = show;
  if (asking) return;
  asking = true;
  try {
    while (waiting) {
      const next = waiting;
      waiting = null;
      await next();
    }
  } catch {
    form.requestSubmit();
  } finally {
    asking = false;
  }
}

async function showAnswer() {
  const part = await fetched(form.dataset.answer, asked());
  const answer = part && part.getElementById("answer");
  const present = document.getElementById("answer");
  if (!answer) return;
  if (present) present.replaceWith(answer);
  else beside.prepend(answer);
}

async function showAll() {
  const along = new URLSearchParams(location.search).get("along");
  const query = along ? `${asked()}&along=${encodeURIComponent(along)}` : asked();
  const part = await fetched(form.dataset.explored, query);
  if (!part) return form.requestSubmit();
  beside.replaceChildren(...part.body.childNodes);
  history.replaceState(null, "", `${location.pathname}?${query}`);
  document.dispatchEvent(new Event("estimated"));
}

for (const field of form.querySelectorAll("input[data-low]")) {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.className = "slider";
  slider.max = STEPS;
  slider.value = position(field);
  slider.setAttribute("aria-label", `${form.dataset.slider} ${field.labels[0].firstChild.textContent.trim()}`);
  const said = () => slider.setAttribute("aria-valuetext", field.value || "?");
  slider.addEventListener("input", () => {
    field.dataset.value = valueAt(field, slider.value);
    field.value = "plain" in field.dataset ? field.dataset.value : written.format(field.dataset.value);
    said();
    follow(showAnswer);
  });
  slider.addEventListener("change", () => follow(showAll));
  said();
  field.after(slider);
}

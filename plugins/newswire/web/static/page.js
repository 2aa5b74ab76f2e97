"use strict";
// Loaded before the body: the theme is set before anything is painted.

// Airflow keeps the chosen theme there; a frame of the same site reads it, and hears when it changes.
const THEME = "theme";

function setTheme() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(THEME);
  } catch {
    // storage is switched off: the system's theme holds
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}

// Airflow shows the page in a frame that may neither open windows nor leave itself.
// So a link that leads out is followed in the document around it, which is Airflow's own.
function follow(href, target) {
  const outside = window.parent.document;
  const link = outside.createElement("a");
  link.href = href;
  link.target = target;
  link.rel = "noopener noreferrer";
  outside.body.append(link);
  link.click();
  link.remove();
}

function leaveFrame(event) {
  const link = event.target.closest("a[target]");
  if (!link || window.parent === window) return;
  event.preventDefault();
  follow(link.href, link.target === "_top" ? "_self" : link.target);
}

function tell(chart, day) {
  const tip = chart.querySelector(".tip");
  chart.querySelector("[data-chosen]")?.removeAttribute("data-chosen");
  tip.hidden = !day;
  if (!day) return;
  day.dataset.chosen = "";
  tip.replaceChildren(...day.querySelector("title").textContent.trim().split("\n").map((line) => {
    const row = document.createElement("div");
    row.textContent = line.trim();
    return row;
  }));
  const area = chart.getBoundingClientRect();
  const left = day.getBoundingClientRect().left - area.left;
  tip.style.left = `${Math.min(left + 16, Math.max(area.width - tip.offsetWidth, 0))}px`;
}

function showDay(event) {
  const chart = event.target.closest(".chart");
  if (chart) tell(chart, event.target.closest("[data-day]"));
}

function openDay(plot, day) {
  if (day) location.assign(plot.dataset.articles + day.dataset.day);
}

// A finger sees what a day is made of; a mouse has seen it by then.
function clickDay(event) {
  const plot = event.target.closest(".plot");
  if (plot && event.pointerType === "mouse") openDay(plot, event.target.closest("[data-day]"));
  else showDay(event);
}

function moveDay(event) {
  const plot = event.target.closest?.(".plot");
  if (!plot) return;
  const days = [...plot.querySelectorAll("[data-day]")];
  const chosen = plot.querySelector("[data-chosen]");
  const place = days.indexOf(chosen);
  const next = {
    ArrowLeft: place < 0 ? days.length - 1 : Math.max(place - 1, 0),
    ArrowRight: Math.min(place + 1, days.length - 1),
    Home: 0,
    End: days.length - 1,
  }[event.key];
  if (event.key === "Enter") openDay(plot, chosen);
  else if (event.key === "Escape") tell(plot.closest(".chart"), null);
  else if (next !== undefined) tell(plot.closest(".chart"), days[next]);
  else return;
  event.preventDefault();
}

async function startRun(button) {
  const said = document.getElementById("said");
  button.disabled = true;
  const answer = await fetch(button.dataset.api, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ logical_date: null, conf: JSON.parse(document.getElementById("conf").textContent) }),
  }).catch((error) => new Response(JSON.stringify({ detail: error.message }), { status: 503 }));
  const told = await answer.json().catch(() => ({}));
  said.replaceChildren();
  if (answer.ok) {
    const link = document.createElement("a");
    link.href = `${button.dataset.dag}/runs/${encodeURIComponent(told.dag_run_id)}`;
    link.target = "_top";
    link.textContent = button.dataset.started;
    said.append(link);
  } else {
    said.textContent = button.dataset.refused + (typeof told.detail === "string" ? told.detail : answer.status);
    button.disabled = false;
  }
}

async function copyValues(button) {
  const values = document.getElementById("conf");
  getSelection().selectAllChildren(values);
  try {
    await navigator.clipboard.writeText(values.textContent);
    button.textContent = button.dataset.copied;
  } catch {
    // the browser asks that they be copied by hand: they are selected
  }
}

// In Airflow's frame the tab would be called by Airflow's name alone. What is there when the page goes is Airflow's business again.
function setTitle() {
  if (window.parent === window) return;
  const outside = window.parent.document;
  const before = outside.title;
  const ours = document.title;
  outside.title = ours;
  addEventListener("pagehide", () => {
    if (outside.title === ours) outside.title = before;
  });
}

// A browser that goes back shows filters as they were left, beside a list that knows nothing of them.
function resetFilters() {
  for (const form of document.querySelectorAll("form[data-live]")) form.reset();
}

setTheme();
addEventListener("DOMContentLoaded", setTitle);
addEventListener("pageshow", resetFilters);
addEventListener("storage", setTheme);
addEventListener("click", leaveFrame);
addEventListener("pointerover", showDay);
addEventListener("click", clickDay);
addEventListener("keydown", moveDay);
addEventListener("click", (event) => {
  if (event.target.id === "start") startRun(event.target);
  if (event.target.id === "copy") copyValues(event.target);
});
addEventListener("change", (event) => {
  if (event.target.matches("form[data-live] select, form[data-live] input[type=date]")) event.target.form.requestSubmit();
});

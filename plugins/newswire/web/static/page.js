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

function showDay(event) {
  const column = event.target.closest("[data-day]");
  const chart = event.target.closest(".chart");
  const tip = chart?.querySelector(".tip");
  if (!tip) return;
  tip.hidden = !column;
  if (!column) return;
  tip.replaceChildren(...column.querySelector("title").textContent.trim().split("\n").map((line) => {
    const row = document.createElement("div");
    row.textContent = line.trim();
    return row;
  }));
  const area = chart.getBoundingClientRect();
  const left = column.getBoundingClientRect().left - area.left;
  tip.style.left = `${Math.min(left + 16, Math.max(area.width - tip.offsetWidth, 0))}px`;
}

async function startRun(button) {
  const said = document.getElementById("said");
  button.disabled = true;
  const answer = await fetch(button.dataset.api, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ logical_date: null, conf: JSON.parse(document.getElementById("conf").textContent) }),
  });
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

setTheme();
addEventListener("storage", setTheme);
addEventListener("click", leaveFrame);
addEventListener("pointerover", showDay);
addEventListener("click", showDay);
addEventListener("click", (event) => {
  if (event.target.id === "start") startRun(event.target);
  if (event.target.id === "copy") copyValues(event.target);
});
addEventListener("change", (event) => {
  if (event.target.matches("form[data-live] select, form[data-live] input[type=date]")) event.target.form.requestSubmit();
});

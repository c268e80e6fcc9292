"use strict";
// A form of requirement that is chosen shows its fields at once; without this the button beside it does.
const PLACES = "input:not([type=hidden]), select, textarea, button";
for (const form of document.querySelectorAll(".pack-form")) {
  const button = form.querySelector("button[data-form]");
  for (const select of form.querySelectorAll("select[name$='.form']")) {
    select.addEventListener("change", () => form.requestSubmit(button));
  }
  // The first field that is wrong, else the row that was just added, is where one goes on.
  const done = form.dataset.done || "";
  const added = /^add:(\w+)/.exec(done);
  const rows = added ? [...form.querySelectorAll(`fieldset.row-of[id^="${added[1]}."]`)] : [];
  const number = (one) => Number(one.id.split(".")[1]);
  const row = form.querySelector(".wrong") || rows.sort((one, other) => number(other) - number(one))[0];
  const place = row ? row.querySelector(PLACES) : done === "check" ? document.getElementById("checked") : null;
  if (place) place.focus();
}
// What is still being computed is asked for again, and put in its place without taking anybody away from a link just clicked.
const again = async () => {
  const main = document.querySelector("main");
  if (!main.querySelector("[data-waiting]")) return;
  const answer = main.querySelector("select:focus") ? null : await fetch(location.href).catch(() => null);
  if (answer && answer.ok) {
    const made = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    const focused = document.activeElement && document.activeElement.id;
    main.replaceChildren(...made.childNodes);
    if (focused && focused !== "main") document.getElementById(focused)?.focus();
  }
  setTimeout(again, 2000);
};
setTimeout(again, 1000);

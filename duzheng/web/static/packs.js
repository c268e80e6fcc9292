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
// What is still being computed is asked for again; one stays where one was on the page.
if (document.querySelector("[data-waiting]")) setTimeout(() => location.reload(), 2000);
// Paper has nothing to click on: what is folded is printed open.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("main details:not([open])")];
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => { for (const one of folded) one.open = false; });

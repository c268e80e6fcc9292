"use strict";
// A form of requirement that is chosen shows its fields at once; without this the button beside it does.
for (const form of document.querySelectorAll(".pack-form")) {
  const button = form.querySelector("button[data-form]");
  for (const select of form.querySelectorAll("select[name$='.form']")) {
    select.addEventListener("change", () => form.requestSubmit(button));
  }
  // The first field that is wrong, else the row that was just added, is where one goes on.
  const wrong = form.querySelector("[aria-invalid=true]");
  const added = /^add:(\w+)/.exec(form.dataset.done || "");
  const rows = added ? form.querySelectorAll(`fieldset[id^="${added[1]}."]`) : [];
  const place = wrong || (rows.length ? rows[rows.length - 1].querySelector("input:not([type=hidden]), select, textarea") : null);
  if (place) place.focus();
}

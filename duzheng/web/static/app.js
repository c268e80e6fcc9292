"use strict";
// What pages do without asking the server; everything works without it, too.
// What was filled in is not lost where the session ended before it was sent: it is there again after signing in.
(() => {
  const KEY = "unsent";
  const who = () => (document.querySelector("header a[href='/account']") || { textContent: "" }).textContent;
  const skipped = ["hidden", "password", "file", "submit", "button"];
  const fields = (form) => [...form.elements].filter((one) => one.name && !skipped.includes(one.type));
  const value = (one) => (["checkbox", "radio"].includes(one.type) ? "checked" : "value");
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.enctype === "multipart/form-data" || !who()) return;
    const filled = fields(form).map((one) => one[value(one)]);
    sessionStorage.setItem(KEY, JSON.stringify({ who: who(), action: form.getAttribute("action"), filled }));
  });
  if (location.pathname === "/login") return;
  const kept = JSON.parse(sessionStorage.getItem(KEY));
  sessionStorage.removeItem(KEY);
  // Only straight after signing in, and for the same person: any other page means that it was taken, or left.
  if (!kept || kept.who !== who() || !document.referrer.startsWith(`${location.origin}/login`)) return;
  const form = [...document.forms].find((one) => one.getAttribute("action") === kept.action);
  if (!form) return;
  fields(form).forEach((one, number) => {
    if (number < kept.filled.length) one[value(one)] = kept.filled[number];
  });
  const folded = form.closest("details");
  if (folded) folded.open = true;
  form.scrollIntoView({ block: "center" });
})();

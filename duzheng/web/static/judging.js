"use strict";
// The evidence that the address names is marked as a whole where other evidence cuts it into pieces.
(() => {
  const show = () => {
    let name = decodeURIComponent(location.hash.slice(1));
    // A link to a finding shows its first evidence, too.
    const finding = name && document.getElementById(name);
    const evidence = finding && finding.matches("article.finding") && finding.querySelector("a.to");
    if (evidence) name = decodeURIComponent(evidence.hash.slice(1));
    for (const mark of document.querySelectorAll("mark.ev")) {
      // Where the address names nothing, nothing is chosen: an empty name is in every split list.
      mark.classList.toggle("chosen", name !== "" && (mark.dataset.over || "").split(" ").includes(name));
    }
    const first = document.querySelector("mark.chosen");
    if (first) first.scrollIntoView({ block: "center" });
    if (evidence) finding.scrollIntoView({ block: "nearest" });
  };
  addEventListener("hashchange", show);
  show();
})();
// Alt+down and Alt+up go through the findings; the one whose evidence is shown is where one was.
(() => {
  const all = [...document.querySelectorAll("article.finding")];
  const chosen = document.querySelector("article.finding.chosen");
  if (chosen) chosen.scrollIntoView({ block: "nearest" });
  const at = () => {
    const focused = document.activeElement && document.activeElement.closest("article.finding");
    return all.indexOf(focused || document.querySelector("article.finding:target") || chosen);
  };
  addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !all.length) return;
    event.preventDefault();
    const next = all[Math.min(Math.max(at() + step, 0), all.length - 1)];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  });
})();
// The outline lies over the text: it is put away once a place is chosen, and by Escape.
(() => {
  const outline = document.querySelector("details.outline");
  if (!outline) return;
  outline.addEventListener("click", (event) => {
    if (event.target.closest("a")) outline.open = false;
  });
  outline.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !outline.open) return;
    outline.open = false;
    outline.querySelector("summary").focus();
  });
})();

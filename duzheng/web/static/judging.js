"use strict";
// The evidence that the address names is marked as a whole where other evidence cuts it into pieces.
(() => {
  const show = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    for (const mark of document.querySelectorAll("mark.ev")) {
      mark.classList.toggle("chosen", (mark.dataset.over || "").split(" ").includes(name));
    }
    const first = document.querySelector("mark.chosen");
    if (first) first.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", show);
  show();
})();

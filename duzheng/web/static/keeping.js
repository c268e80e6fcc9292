"use strict";
// Files dropped on the page go into the form's own field; without this the field is used as it is.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const field = zone.querySelector("input[type=file]");
  const list = zone.querySelector("[data-chosen]");
  const told = zone.querySelector("[data-progress]");
  const button = zone.querySelector("button");
  const say = (text, wrong) => {
    told.hidden = !text;
    told.className = wrong ? "alert" : "";
    told.textContent = text;
  };
  const fits = () => {
    const bytes = [...field.files].reduce((sum, file) => sum + file.size, 0);
    return field.files.length <= Number(zone.dataset.most) && bytes <= Number(zone.dataset.megabytes) * 1024 ** 2;
  };
  const take = (files) => {
    const all = new DataTransfer();
    for (const file of files) all.items.add(file);
    field.files = all.files;
    show();
  };
  const show = () => {
    list.replaceChildren(...[...field.files].map((file, number) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.lang = "zh";
      name.textContent = file.name;
      item.append(name, ` (${Math.ceil(file.size / 1024)} KB) `);
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "plain";
      remove.textContent = "\u00d7";
      remove.setAttribute("aria-label", `\u00d7 ${file.name}`);
      remove.addEventListener("click", () => take([...field.files].filter((_, at) => at !== number)));
      item.append(remove);
      return item;
    }));
    say(fits() ? "" : zone.dataset.tooMuch, true);
  };
  // What the server would refuse is not sent first: a refusal in the middle of sending looks like a broken network.
  zone.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!fits()) { say(zone.dataset.tooMuch, true); return; }
    const bar = document.createElement("progress");
    const request = new XMLHttpRequest();
    const broken = () => { button.disabled = false; say(zone.dataset.broken, true); };
    bar.setAttribute("aria-label", zone.dataset.sending);
    request.upload.addEventListener("progress", (now) => {
      if (now.lengthComputable) { bar.max = now.total; bar.value = now.loaded; }
    });
    request.addEventListener("error", broken);
    request.addEventListener("load", () => {
      if (request.status < 400) { location.assign(request.responseURL); return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      button.disabled = false;
      say(page.querySelector("main .detail")?.textContent || zone.dataset.broken, true);
    });
    button.disabled = true;
    say(zone.dataset.sending, false);
    told.append(bar);
    request.open("POST", zone.action);
    request.send(new FormData(zone));
  });
  field.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, () => zone.classList.remove("over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    const known = new Set([...field.files].map((file) => `${file.name} ${file.size} ${file.lastModified}`));
    const more = [...event.dataTransfer.files].filter((file) => !known.has(`${file.name} ${file.size} ${file.lastModified}`));
    take([...field.files, ...more]);
  });
}

// This browser's estimates, kept by it alone: nothing of them is ever sent. Without this there is no such list.
"use strict";

{
  const KEY = "cinecote.estimates";
  const MOST = 20;
  const list = document.getElementById("history");
  const words = JSON.parse(list.dataset.words);
  const written = new Intl.NumberFormat(document.documentElement.lang);
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

  // Whatever else may stand there, of an older page or by another hand, is no entry.
  const usable = (entry) => entry && typeof entry.query === "string" && Object.hasOwn(words.categories, entry.category);

  function kept() {
    try {
      const entries = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(entries) ? entries.filter(usable).slice(0, MOST) : [];
    } catch {
      return [];
    }
  }

  function keep(entries) {
    try {
      if (entries.length) localStorage.setItem(KEY, JSON.stringify(entries));
      else localStorage.removeItem(KEY);
    } catch {
      // A browser that keeps nothing has no list.
    }
  }

  function present() {
    const answer = document.getElementById("answer");
    if (!answer) return null;
    const film = document.querySelector(".known-film[data-title]");
    const query = new URLSearchParams(answer.dataset.query);
    if (film) query.set("film", film.dataset.film);
    return {
      query: query.toString(),
      title: film ? film.dataset.title : "",
      category: answer.dataset.category,
      certain: answer.dataset.certain === "true",
      share: Number(answer.querySelector(".chance-likeliest data").value),
    };
  }

  function figures(query) {
    const known = [...new URLSearchParams(query)].filter(([name]) => Object.hasOwn(words.inputs, name));
    const told = known.map(([name, value]) => words.inputs[name].replace("{n}", name === "release_year" ? value : written.format(value)));
    return told.join(" · ") + (new URLSearchParams(query).get("when") === "before" ? ` (${words.before})` : "");
  }

  function line(entry) {
    const item = document.createElement("li"), link = document.createElement("a"), category = document.createElement("span");
    const address = new URL(list.dataset.page, location);
    for (const [name, value] of new URLSearchParams(entry.query)) address.searchParams.set(name, value);
    link.href = `${address.pathname}${address.search}#answer`;
    link.textContent = entry.title ? `${entry.title} – ${figures(entry.query)}` : figures(entry.query);
    category.className = `category category-${entry.category.replace("é", "e")}`;
    category.lang = "fr";
    category.textContent = entry.category;
    const meaning = words.categories[entry.category];
    const share = `${meaning === entry.category ? "" : ` (${meaning})`} ${percent.format(entry.share)}`;
    item.append(link, " · ", category, entry.certain ? share : `${share} · ${words.uncertain}`);
    return item;
  }

  function show() {
    const entries = kept();
    list.querySelector(".kept").replaceChildren(...entries.map(line));
    list.hidden = !entries.length;
  }

  function remember() {
    const now = present();
    if (now) keep([now, ...kept().filter((entry) => entry.query !== now.query)].slice(0, MOST));
    show();
  }

  document.getElementById("forget").addEventListener("click", () => {
    keep([]);
    show();
    document.getElementById("content").focus();
  });
  document.addEventListener("estimated", remember);
  addEventListener("storage", show);
  remember();
}

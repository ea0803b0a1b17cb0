"use strict";
// The switch of languages and the dark one, which every page of ours has. What is said carries its twin in data-twin.
const shell = (() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const heard = [];

  function swap() {
    root.lang = root.lang === "en" ? "zh-CN" : "en";
    const places = [document, ...all("template").map((template) => template.content)];
    for (const element of places.flatMap((place) => all("[data-twin]", place))) {
      [element.textContent, element.dataset.twin] = [element.dataset.twin, element.textContent];
    }
    for (const [attribute, twin] of [["alt", "twinAlt"], ["aria-label", "twinLabel"]]) {
      for (const element of all(`[data-twin-${attribute.replace("aria-", "")}]`)) {
        const now = element.getAttribute(attribute);
        element.setAttribute(attribute, element.dataset[twin]);
        element.dataset[twin] = now;
      }
    }
    byId("lang").textContent = root.lang === "en" ? "中文" : "English";
    for (const tell of heard) tell();
  }

  function dark() {
    const theme = root.dataset.theme;
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  const theme = byId("theme");
  theme.setAttribute("aria-pressed", dark());
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    theme.setAttribute("aria-pressed", dark());
  });
  byId("lang").addEventListener("click", swap);
  return { root, byId, all, onSwap: (tell) => heard.push(tell) };
})();

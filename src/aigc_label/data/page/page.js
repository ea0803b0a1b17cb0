(() => {
  const { root, byId, all } = shell;
  const rows = all(".file");
  const tiles = all(".tile input");
  const words = { en: (shown, of) => `${shown} of ${of} files`, "zh-CN": (shown, of) => `显示 ${shown} / ${of} 个文件` };
  root.classList.add("js");

  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };

  function filter() {
    const wanted = new Set(tiles.filter((tile) => tile.checked).map((tile) => tile.value));
    const code = byId("rule").value;
    const needle = byId("find").value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const fits = wanted.has(row.dataset.v)
        && (!code || row.dataset.c.split(" ").includes(code))
        && (!needle || textOf(row).includes(needle));
      row.hidden = !fits;
      shown += fits;
    }
    byId("count").textContent = words[root.lang](shown, rows.length);
    byId("none").hidden = shown > 0;
  }

  shell.onSwap(() => {
    texts.clear();
    filter();
  });
  byId("print").addEventListener("click", () => print());
  byId("rule").addEventListener("change", filter);
  byId("find").addEventListener("input", filter);
  for (const tile of tiles) tile.addEventListener("change", filter);
  for (const button of all("[data-code]")) {
    button.addEventListener("click", () => {
      byId("rule").value = byId("rule").value === button.dataset.code ? "" : button.dataset.code;
      filter();
      byId("files").scrollIntoView();
    });
  }
  byId("unfold").addEventListener("click", () => {
    const folds = rows.filter((row) => !row.hidden).map((row) => row.firstElementChild);
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      byId("find").focus();
    }
  });

  // a printed page cannot be unfolded: what is shown is printed with all that is known of it
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = rows.filter((row) => !row.hidden && !row.firstElementChild.open).map((row) => row.firstElementChild);
    for (const fold of folded) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of folded) fold.open = false;
  });
  filter();
})();

// Sends dropped files to the service one after the other and shows the rows that it answers with. Rows come from the
// service as finished, escaped markup; file names and everything else that this script writes go in as text.
(() => {
  const { root, byId, all } = shell;
  const copy = (id) => byId(id).content.firstElementChild.cloneNode(true);
  const sentence = (id) => { // with its twin, so that it changes with the page
    const words = byId(id).cloneNode(true);
    words.removeAttribute("id");
    return words;
  };
  const AT_ONCE = 2;
  const queue = [];
  let working = 0;

  const lang = () => (root.lang === "en" ? "en" : "zh");
  const headers = () => (byId("key").value ? { Authorization: `Bearer ${byId("key").value}` } : {});

  async function send(path, file, asked) {
    const query = new URLSearchParams({ name: file.name, lang: lang(), ...asked });
    const answer = await fetch(`${path}?${query}`, { method: "POST", body: file, headers: headers() });
    if (answer.status === 401) root.classList.add("keyed");
    return answer;
  }

  const told = ({ detail, remedy }) => [detail, remedy].filter(Boolean).join(" ");

  function take(files) {
    for (const file of files) {
      const row = copy("waiting");
      row.querySelector("b").textContent = file.name;
      byId("files").prepend(row);
      queue.push([file, row]);
    }
    next();
  }

  function next() {
    while (working < AT_ONCE && queue.length) {
      const [file, row] = queue.shift();
      working += 1;
      look(file, row).finally(() => { working -= 1; next(); });
    }
  }

  async function look(file, row) {
    const only = byId("only").value;
    try {
      const answer = await send("/v1/inspect", file, only ? { only } : {});
      if (!answer.ok) return say(row, told(await answer.json()), true);
      const { row: markup } = await answer.json();
      const made = document.createElement("template");
      made.innerHTML = markup;
      const shown = made.content.firstElementChild;
      shown.append(fixesOf(file, shown));
      row.replaceWith(shown);
      return shown;
    } catch {
      return say(row, byId("lost").textContent, true);
    }
  }

  function say(row, words, bad) {
    row.classList.remove("waiting");
    row.removeAttribute("aria-busy");
    const line = document.createElement("p");
    line.className = bad ? "told bad" : "told";
    line.textContent = words;
    row.replaceChildren(row.querySelector(".name"), line);
  }

  function fixesOf(file, row) {
    const fixes = copy("fixes");
    for (const button of all("button", fixes)) {
      button.addEventListener("click", () => fix(file, button.dataset.fix, row));
    }
    return fixes;
  }

  async function fix(file, kind, row) {
    const line = row.querySelector(".told");
    const producer = byId("producer");
    const needed = kind !== "mark" && !producer.value.trim();
    producer.setAttribute("aria-invalid", needed);
    line.classList.toggle("bad", needed);
    line.replaceChildren(sentence(needed ? "needed" : "working"));
    if (needed) return producer.focus();
    const asked = kind === "mark" ? {} : { producer: producer.value.trim(), produce_id: byId("produce_id").value.trim() };
    const bar = row.querySelector(".going");
    draw(bar, 0);
    try {
      const taken = await send("/v1/jobs", file, { do: kind, ...asked });
      if (!taken.ok) return fail(line, told(await taken.json()));
      const { id } = await taken.json();
      const job = await followed(id, (percent) => draw(bar, percent));
      if (job.state === "failed") fail(line, told(job.answer));
      else await deliver(new File([await (await at("/result", id)).blob()], file.name), job.answer, row);
      at("", id, "DELETE");
    } catch {
      fail(line, sentence("lost"));
    } finally {
      bar.hidden = true;
    }
  }

  const at = (path, id, method = "GET") => fetch(`/v1/jobs${path}?${new URLSearchParams({ id })}`, { method, headers: headers() });

  // Reads a job's events to their end; gives the last. (An EventSource could not send the key.)
  async function followed(id, tell) {
    const lines = (await at("/events", id)).body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let job = null;
    for (;;) {
      const { done, value } = await lines.read();
      if (done) return job;
      const whole = (text + value).split("\n\n");
      text = whole.pop();
      for (const event of whole) job = JSON.parse(event.slice("data: ".length));
      if (job) tell(job.percent);
    }
  }

  function draw(bar, percent) {
    bar.hidden = false;
    const progress = bar.querySelector("progress");
    if (percent) progress.value = percent;
    else progress.removeAttribute("value");
    bar.querySelector(".percent").textContent = percent ? `${percent}%` : "";
  }

  function fail(line, words) {
    line.classList.add("bad");
    line.replaceChildren(words);
  }

  async function deliver(file, outcome, row) {
    const shown = await look(file, row);
    if (!shown) return;
    const link = shown.querySelector(".download");
    link.href = URL.createObjectURL(file);
    link.download = file.name;
    link.hidden = false;
    shown.querySelector(".told").textContent = [outcome.mark && outcome.mark.way, ...outcome.warnings].filter(Boolean).join(" ");
    link.focus();
  }

  byId("asked").addEventListener("submit", (event) => event.preventDefault());
  byId("choose").addEventListener("change", (event) => { take(event.target.files); event.target.value = ""; });
  addEventListener("dragover", (event) => { event.preventDefault(); byId("drop").classList.add("over"); });
  addEventListener("dragleave", () => byId("drop").classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    byId("drop").classList.remove("over");
    take(event.dataTransfer.files);
  });
})();

// A notice that stays on screen beside generated content (GB 45438-2025, 5.6), as a web component without dependencies.
//
//   import "./aigc-notice.js"            (or a script element of type module)
//   <aigc-notice place="top" languages="zh en" for="chat"></aigc-notice>
//   <main id="chat">...</main>
//
// place      top (default), bottom: at an edge of the window, always in view; near: where the element stands, for a notice
//            close to the content it speaks of.
// languages  zh (default), or "zh en". The Chinese words are always there: they hold the two elements of 5.6 b.
// words      words of your own; they need 人工智能 or AI, and 生成 or 合成, else the default is shown.
// for        the id of the element with generated text: what a user copies from it carries the words along.
//
// An export button of yours calls `labelled(text)` or `labelledHtml(html)`, so that the file carries them too.

export const WORDS = "本内容由人工智能生成";
export const ENGLISH = "AI-generated content";

export function complies(words) {
  return /人工智能|(?<![A-Za-z])AI(?![A-Za-z])/.test(words) && /生成|合成/.test(words);
}

export function labelled(text, words = WORDS) {
  return `【${words}】\n\n${text}`;
}

export function labelledHtml(html, words = WORDS) {
  const note = document.createElement("div");
  note.setAttribute("role", "note");
  note.lang = "zh-CN";
  note.textContent = `【${words}】`;
  return note.outerHTML + html;
}

const STYLE = `
  :host { display: block !important; visibility: visible !important; opacity: 1 !important; }
  :host([place="top"]), :host(:not([place])) { position: fixed !important; inset: 0 0 auto 0 !important; z-index: 2147483647 !important; }
  :host([place="bottom"]) { position: fixed !important; inset: auto 0 0 0 !important; z-index: 2147483647 !important; }
  div { box-sizing: border-box; padding: 6px 16px; background: #fff; color: #111; border: 1px solid #111; text-align: center;
        font: 600 14px/1.5 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
  span + span::before { content: " · "; }
  @media (prefers-color-scheme: dark) { div { background: #111; color: #fff; border-color: #fff; } }
  @media (forced-colors: active) { div { background: Canvas; color: CanvasText; border-color: CanvasText; } }
`;

export class AigcNotice extends HTMLElement {
  static observedAttributes = ["words", "languages", "for"];

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this.copied = (event) => this.carryAlong(event);
  }

  get words() {
    const own = this.getAttribute("words") ?? "";
    return complies(own) ? own : WORDS;
  }

  connectedCallback() {
    this.show();
    document.addEventListener("copy", this.copied);
    if (this.getAttribute("place") !== "near") this.makeRoom();
  }

  disconnectedCallback() {
    document.removeEventListener("copy", this.copied);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.show();
  }

  show() {
    const style = document.createElement("style");
    style.textContent = STYLE;
    const note = document.createElement("div");
    note.setAttribute("role", "note");
    note.append(spoken(this.words, "zh-CN"));
    if ((this.getAttribute("languages") ?? "").split(/\s+/).includes("en")) note.append(spoken(ENGLISH, "en"));
    this.shadowRoot.replaceChildren(style, note);
  }

  // the page moves aside, so that nothing of it lies under the notice
  makeRoom() {
    const side = this.getAttribute("place") === "bottom" ? "paddingBottom" : "paddingTop";
    const before = parseFloat(getComputedStyle(document.body)[side]) || 0;
    new ResizeObserver(() => {
      document.body.style[side] = `${before + this.getBoundingClientRect().height}px`;
    }).observe(this);
  }

  carryAlong(event) {
    const content = document.getElementById(this.getAttribute("for") ?? "");
    const selection = document.getSelection();
    if (!content || !selection || selection.isCollapsed || !event.clipboardData) return;
    if (!selection.containsNode(content, true) && !content.contains(selection.anchorNode)) return;
    const copy = document.createElement("div");
    for (let number = 0; number < selection.rangeCount; number++) copy.append(selection.getRangeAt(number).cloneContents());
    event.clipboardData.setData("text/plain", labelled(selection.toString(), this.words));
    event.clipboardData.setData("text/html", labelledHtml(copy.innerHTML, this.words));
    event.preventDefault();
  }
}

function spoken(words, lang) {
  const part = document.createElement("span");
  part.lang = lang;
  part.textContent = words;
  return part;
}

customElements.define("aigc-notice", AigcNotice);

// A text with line numbers. [data-line] leads to a place in it, [data-insert] puts a path where it belongs.
//   <policy-editor>… <a data-line="3" data-column="1">…</a> <button data-insert="rules.replicas.max" data-value="">…</policy-editor>
const depth = (line) => line.length - line.trimStart().length;
const says = (line) => /^\s*[^\s#]/.test(line);

customElements.define("policy-editor", class extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector("textarea");
    this.addEventListener("input", ({ target }) => {
      if (target === this.text) this.number();
      if (target.type === "search") for (const each of this.querySelectorAll("details")) each.open = target.value !== "";
    });
    this.addEventListener("click", (event) => {
      const { line, column, insert, value } = event.target.dataset;
      if (line || insert) event.preventDefault();
      if (line) this.go(line - 1, column - 1);
      if (insert) this.insert(insert.split("."), value);
    });
    this.text.form.addEventListener("submit", ({ submitter }) => { this.sent = submitter?.value !== "download"; });
    const unsaved = () => "unsaved" in this.dataset || this.text.value !== this.text.defaultValue;
    addEventListener("beforeunload", (event) => !this.sent && unsaved() && event.preventDefault());
    this.number();
  }
  number() {
    const [list, lines] = [this.querySelector("ol"), Math.max(this.text.value.split("\n").length, 24)];
    const count = Math.min(lines, 2000);
    while (list.children.length > count) list.lastChild.remove();
    for (let n = list.children.length; n < count; n += 1) list.append(Object.assign(document.createElement("li"), { textContent: n + 1 }));
    this.text.rows = lines;
  }
  go(line, column) {
    const lines = this.text.value.split("\n");
    const at = lines.slice(0, line).join("\n").length + (line ? 1 : 0) + Math.min(column, lines[line].length);
    this.text.focus();
    this.text.setSelectionRange(at, at);
    this.querySelectorAll("ol li")[line]?.scrollIntoView({ block: "nearest" });
  }
  insert(path, value) {
    const lines = this.text.value.split("\n");
    let [from, to, inner] = [0, lines.length, 0];
    for (const [step, name] of path.entries()) {
      const at = lines.findIndex((line, n) => n >= from && n < to && depth(line) === inner && line.trim().startsWith(`${name}:`));
      if (at < 0) return this.put(lines, from, to, path.slice(step), inner, value);
      if (step === path.length - 1 || says(lines[at].trim().slice(name.length + 1))) return this.go(at, Infinity);
      from = at + 1;
      const end = lines.findIndex((line, n) => n >= from && n < to && says(line) && depth(line) <= inner);
      to = end < 0 ? to : end;
      const first = lines.slice(from, to).find(says);
      inner = first ? depth(first) : inner + 2;
    }
  }
  put(lines, from, to, path, inner, value) {
    while (to > from && lines[to - 1].trim() === "") to -= 1;
    const rows = path.map((name, n) => `${" ".repeat(inner + 2 * n)}${name}:`).join("\n");
    this.go(Math.max(to - 1, 0), Infinity);
    document.execCommand("insertText", false, `${to ? "\n" : ""}${rows} ${value}`);
    this.go(to + path.length - 1, Infinity);
  }
});

// Copies what a button names, and says so. Once a page, for all buttons.
//   <copy-text></copy-text> … <button data-copy="text">  <button data-copy-from="id of an element">
customElements.define("copy-text", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("click", async ({ target }) => {
      const button = target.closest?.("[data-copy], [data-copy-from]");
      if (!button) return;
      const { copy, copyFrom } = button.dataset;
      await this.write(copy ?? document.getElementById(copyFrom).textContent);
      document.getElementById("announcement").textContent = "Copied";
      button.classList.add("is-copied");
      setTimeout(() => button.classList.remove("is-copied"), 1500);
    });
  }
  async write(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
});

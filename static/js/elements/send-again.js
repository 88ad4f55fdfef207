// Sends the form in it by itself: what was typed when the session had ended.
//   <send-again><form method="post" action="/drafts/…/">…</form></send-again>
customElements.define("send-again", class extends HTMLElement {
  connectedCallback() {
    this.querySelector("form").submit();
  }
});

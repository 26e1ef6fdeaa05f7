// Helps while writing: what is typed is handed over before a key leads elsewhere and after a pause, and what
// was asked for is brought into view. Fixed text of the program only.
(function () {
  var PAUSE_MS = 4000;
  window.bcpKitLead = function (key) {
    var tries = 0;
    (function look() {
      var box = key ? document.querySelector(".st-key-" + key) : document.querySelector("h1");
      if (!box) { if (tries++ < 40) { setTimeout(look, 100); } return; }
      box.scrollIntoView({ block: key ? "start" : "end" });
      if (!key) { return; }
      var field = box.querySelector("textarea, input:not([type=checkbox]), input");
      if (field) { field.focus({ preventScroll: true }); }
    })();
  };
  if (window.bcpKitWriting) { return; }
  window.bcpKitWriting = true;
  function isText(element) {
    return element && (element.tagName === "TEXTAREA" || (element.tagName === "INPUT" && element.type === "text"))
      && element.closest('[data-testid="stTextArea"], [data-testid="stTextInput"]')
      && !element.closest('[data-testid="stForm"]');
  }
  // A shortcut does not leave the field by itself; leaving it hands over what was typed.
  window.addEventListener("keydown", function (event) {
    if (event.altKey && (event.key === "PageDown" || event.key === "PageUp") && isText(document.activeElement)) {
      document.activeElement.blur();
    }
  }, true);
  // A pause in writing hands over too (Ctrl+Enter is the framework's own key for it), so that a closed window
  // or a cut of power takes little. Not while an input method still composes.
  var timer = null, composing = false;
  document.addEventListener("compositionstart", function () { composing = true; }, true);
  document.addEventListener("compositionend", function () { composing = false; }, true);
  document.addEventListener("input", function (event) {
    if (!isText(event.target) || event.target.tagName !== "TEXTAREA") { return; }
    var field = event.target;
    clearTimeout(timer);
    timer = setTimeout(function hand() {
      if (composing) { timer = setTimeout(hand, PAUSE_MS); return; }
      if (document.activeElement !== field) { return; }
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true }));
    }, PAUSE_MS);
  }, true);
})();

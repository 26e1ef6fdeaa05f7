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
  // The sheet's own reader of plain text loses letters after one beyond U+FFFF (𠮷); its reader of HTML does not.
  function asTable(text) {
    var rows = [[]], cell = "", quoted = false;
    function end() { rows[rows.length - 1].push(cell); cell = ""; }
    for (var i = 0; i < text.length; i++) {
      var sign = text[i];
      if (quoted) {
        if (sign !== '"') { cell += sign; } else if (text[i + 1] === '"') { cell += '"'; i++; } else { quoted = false; }
      } else if (sign === '"' && cell === "") { quoted = true;
      } else if (sign === "\t") { end();
      } else if (sign === "\n") { end(); rows.push([]);
      } else if (sign !== "\r") { cell += sign; }
    }
    end();
    var body = document.createElement("table");
    rows.filter(function (row) { return row.join("") !== ""; }).forEach(function (row) {
      var line = body.insertRow();
      row.forEach(function (words) {
        var place = line.insertCell();
        words.split("\n").forEach(function (part, n) {
          if (n) { place.appendChild(document.createElement("br")); }
          place.appendChild(document.createTextNode(part));
        });
      });
    });
    return body.outerHTML;
  }
  var board = navigator.clipboard, read = board && board.read && board.read.bind(board);
  if (read) {
    board.read = function () {
      return read().then(function (items) {
        return Promise.all(items.map(function (item) {
          if (item.types.includes("text/html") || !item.types.includes("text/plain")) { return item; }
          return item.getType("text/plain").then(function (blob) { return blob.text(); }).then(function (text) {
            if (!/[\uD800-\uDBFF]/.test(text)) { return item; }
            var made = { "text/plain": text, "text/html": asTable(text) };
            return {
              types: Object.keys(made),
              getType: function (type) { return Promise.resolve(new Blob([made[type]], { type: type })); }
            };
          });
        }));
      });
    };
  }
})();

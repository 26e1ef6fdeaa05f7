// Sets the page's language for screen readers and swaps the words that the framework keeps in English.
// `language` and `words` stand before this text; only fixed texts of the program are in them.
(function () {
  document.documentElement.lang = language;
  window.bcpKitWords = words;
  var names = ["aria-label", "title", "placeholder"];
  // "#" stands for the numbers of a sentence; they are put back in their order.
  function translated(value) {
    var numbers = value.match(/\d+/g) || [];
    var word = window.bcpKitWords[value.trim().replace(/\d+/g, "#")];
    return word && word.replace(/#/g, function () { return numbers.shift(); });
  }
  function swapText(node) {
    var word = translated(node.nodeValue);
    if (word) { node.nodeValue = word; }
  }
  function swapMarks(element) {
    names.forEach(function (name) {
      var word = translated(element.getAttribute(name) || "");
      if (word) { element.setAttribute(name, word); }
    });
  }
  function swap(root) {
    if (root.nodeType === Node.TEXT_NODE) { swapText(root); return; }
    if (root.nodeType !== Node.ELEMENT_NODE) { return; }
    var walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) { swapText(walker.currentNode); }
    swapMarks(root);
    root.querySelectorAll("[aria-label],[title],[placeholder]").forEach(swapMarks);
  }
  swap(document.body);
  if (window.bcpKitWatcher) { return; }
  window.bcpKitWatcher = new MutationObserver(function (changes) {
    changes.forEach(function (change) { swap(change.target); });
  });
  window.bcpKitWatcher.observe(document.body, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: names
  });
})();

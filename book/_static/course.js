/* What the course's pages do beside their panels: predictions are answered, what gives them away is veiled, the score is
   kept in this browser alone, and tabs are tabs. */
"use strict";
(() => {
  document.documentElement.classList.add("course-js");
  const KEY = "course-predictions";

  // The choices so far, by the prediction's name. A browser may refuse to keep anything.
  function kept() {
    try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; }
  }
  function keep(choices) {
    try { localStorage.setItem(KEY, JSON.stringify(choices)); } catch { /* then it counts until the page is left */ }
  }
  const choices = kept();

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  /* Predictions. Kept as "B+" or "A-": the letter, and whether it was right. */

  function counted(prefix) {
    const made = Object.entries(choices).filter(([name]) => name.startsWith(prefix) && !name.startsWith("back."));
    return {made: made.length, right: made.filter(([, choice]) => choice.endsWith("+")).length};
  }

  function ask(root) {
    const {prediction, answer} = root.dataset, verdict = root.querySelector(".course-verdict");
    const items = [...root.querySelectorAll("li[data-letter]")];
    function settle(letter) {
      for (const item of items) {
        const button = item.firstChild, right = item.dataset.letter === answer, mine = item.dataset.letter === letter;
        button.setAttribute("aria-disabled", "true");
        button.setAttribute("aria-pressed", String(mine));
        item.classList.toggle("course-right", right);
        item.classList.toggle("course-wrong", mine && !right);
        button.querySelector(".course-mark").textContent = right ? "\u2713" : mine ? "\u2717" : "";
        if (mine) verdict.replaceChildren(element("strong", {textContent: item.dataset.verdict}), " ",
          root.querySelector(".course-because").textContent);
      }
      root.classList.add("course-answered");
      unveil(prediction);
    }
    for (const item of items) {
      const words = element("span", {});
      words.append(...item.childNodes);
      const letter = element("span", {className: "course-letter", textContent: item.dataset.letter});
      const mark = element("span", {className: "course-mark"});
      mark.setAttribute("aria-hidden", "true");
      const button = element("button", {type: "button", className: "course-option"}, letter, words, mark);
      button.addEventListener("click", () => {
        if (root.classList.contains("course-answered")) return;
        choices[prediction] = item.dataset.letter + (item.dataset.letter === answer ? "+" : "-");
        keep(choices);
        settle(item.dataset.letter);
        if (prediction.startsWith("back.")) return;
        const {made, right} = counted("");
        verdict.append(" ", element("small", {textContent: `(Score: ${right} of ${made}, kept in this browser alone.)`}));
      });
      item.append(button);
    }
    if (choices[prediction]) settle(choices[prediction][0]);
  }

  /* Veils: what gives a prediction away waits for the choice, or for who only reads: figures, and what is said of them. */

  // Puts the words that follow a veiled figure, up to the next cell or question, into a box that is veiled with it.
  function gatherWords(root) {
    const words = [], starts = one => one.matches("p") && one.firstElementChild?.matches("strong")
      ? one.firstElementChild.textContent : "";
    let next = root.closest(".cell")?.nextElementSibling;
    if (!next || starts(next) !== "What you see.") return;
    for (; next?.matches("p, ul, ol, table, .math, .pst-scrollable-table-container"); next = next.nextElementSibling) {
      if (words.length && starts(next)) break;
      words.push(next);
    }
    const box = element("div", {className: "course-veil course-veil-words"});
    box.dataset.veil = root.dataset.veil;
    words[0].before(box);
    box.append(...words);
  }

  function veil(root) {
    if (choices[root.dataset.veil]) return;
    const inside = element("div", {className: "course-veiled", inert: true});
    inside.append(...root.childNodes);
    root.append(inside);
    // The button of the figure stands above the words, too.
    if (root.matches(".course-veil-words")) return;
    const button = element("button", {type: "button", className: "course-show"},
      "Predict first, or ", element("span", {textContent: "show me"}));
    button.addEventListener("click", () => {
      unveil(root.dataset.veil);
      root.tabIndex = -1;
      root.focus({preventScroll: true});
    });
    root.append(button);
  }

  function unveil(name) {
    for (const root of document.querySelectorAll(`[data-veil="${CSS.escape(name)}"]`)) {
      const inside = root.querySelector(".course-veiled");
      if (!inside) continue;
      inside.inert = false;
      inside.classList.remove("course-veiled");
      root.querySelector(".course-show")?.remove();
    }
  }

  /* Progress over the notebooks, on the landing page */

  function progress(root) {
    const all = counted("");
    root.hidden = !all.made;
    if (!all.made) return;
    const body = root.querySelector("tbody");
    body.replaceChildren(...JSON.parse(root.dataset.notebooks).map(({number, title, predictions}) => {
      const {made, right} = counted(`${number}.`);
      const bar = element("progress", {max: predictions, value: made});
      bar.setAttribute("aria-label", `${title}: ${made} of ${predictions} predictions`);
      const cells = [title, bar, `${made} of ${predictions}`, made ? String(right) : ""];
      return element("tr", {}, ...cells.map(content => element("td", {}, content)));
    }));
    root.querySelector("caption").textContent = `Your predictions: ${all.right} of ${all.made} right`;
    root.querySelector("[data-do=print]").onclick = () => {
      document.documentElement.classList.add("course-print-progress");
      window.print();
      document.documentElement.classList.remove("course-print-progress");
    };
    root.querySelector("[data-do=reset]").onclick = () => {
      for (const name of Object.keys(choices)) delete choices[name];
      keep(choices);
      root.hidden = true;
      document.querySelector("h1").focus?.();
    };
  }

  /* Tabs */

  function tabs(root, number) {
    const panes = [...root.querySelectorAll("section")], list = element("div", {className: "course-tablist"});
    list.setAttribute("role", "tablist");
    const buttons = panes.map((pane, i) => {
      const title = pane.querySelector("p"), button = element("button", {type: "button", textContent: title.textContent});
      title.remove();
      pane.id = `tab-${number}-${i}`;
      pane.setAttribute("role", "tabpanel");
      pane.setAttribute("aria-label", button.textContent);
      pane.tabIndex = 0;
      button.setAttribute("role", "tab");
      button.setAttribute("aria-controls", pane.id);
      button.addEventListener("click", () => choose(i));
      return button;
    });
    const choose = (chosen, focus) => panes.forEach((pane, i) => {
      pane.hidden = i !== chosen;
      buttons[i].setAttribute("aria-selected", String(i === chosen));
      buttons[i].tabIndex = i === chosen ? 0 : -1;
      if (focus && i === chosen) buttons[i].focus();
    });
    list.addEventListener("keydown", event => {
      const now = buttons.indexOf(document.activeElement), last = buttons.length - 1;
      const next = {ArrowRight: now < last ? now + 1 : 0, ArrowLeft: now ? now - 1 : last, Home: 0, End: last}[event.key];
      if (next === undefined) return;
      event.preventDefault();
      choose(next, true);
    });
    list.append(...buttons);
    root.prepend(list);
    choose(0);
  }

  // Nothing is folded on paper.
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll(".bd-article details:not([open])")) {
      fold.open = true;
      addEventListener("afterprint", () => { fold.open = false; }, {once: true});
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-veil]").forEach(gatherWords);
    document.querySelectorAll("[data-veil]").forEach(veil);
    document.querySelectorAll("[data-prediction]").forEach(ask);
    document.querySelectorAll(".course-progress").forEach(progress);
    document.querySelectorAll(".course-tabs").forEach(tabs);
  });
})();

"""Contrast on a long page: axe-core judges one of all texts that look alike, which is many times as fast."""

from __future__ import annotations

from browser_tools import load_axe

# Two texts look alike if all that axe-core reads of them is the same, and of everything around them. Where a picture or
# something with a colour of its own lies under or over a text without being around it, the text is looked at by itself;
# so is every text of a kind of which axe-core could not judge the first.
_JUDGE = """async () => {
  const place = e => e.getBoundingClientRect();
  const visible = e => place(e).width > 0 && place(e).height > 0 && e.checkVisibility();
  const numbers = new Map(), chains = new Map(), kinds = new Map();
  const number = text => numbers.get(text) ?? numbers.set(text, numbers.size + 1).get(text);
  const chain = e => {
    if (!e) return 0;
    if (!chains.has(e)) {
      const s = getComputedStyle(e);
      chains.set(e, number([chain(e.parentElement), e.tagName, e.getAttribute('class'), e.inert, s.color, s.fontSize,
        s.fontWeight, s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode, s.textShadow,
        s.visibility, s.position].join('|')));
    }
    return chains.get(e);
  };
  const inked = [...document.querySelectorAll('body *')].filter(visible).filter(e => {
    const s = getComputedStyle(e);
    return ['IMG', 'CANVAS', 'svg', 'VIDEO'].includes(e.tagName) || s.backgroundImage !== 'none'
      || !/^(transparent|rgba\\(.*, 0\\))$/.test(s.backgroundColor);
  }).map(e => [e, place(e)]);
  for (const e of document.querySelectorAll('article *')) {
    const text = [...e.childNodes].filter(node => node.nodeType === 3).map(node => node.data).join('').trim();
    // A text without letters is never judged, and one of a single letter otherwise.
    if (!/[\\p{L}\\p{N}]/u.test(text) || !visible(e)) continue;
    const r = place(e);
    if (inked.some(([other, o]) => o.left < r.right && o.right > r.left && o.top < r.bottom && o.bottom > r.top
      && !other.contains(e) && !e.contains(other))) continue;
    const kind = chain(e) + (text.length === 1 ? '|letter' : '');
    kinds.get(kind)?.push(e) ?? kinds.set(kind, [e]);
  }
  for (const [, ...others] of kinds.values()) for (const e of others) e.setAttribute('data-alike', '');
  axe.configure({rules: [{id: 'color-contrast', selector: '*:not([data-alike])'}]});
  const options = {runOnly: ['color-contrast'], elementRef: true, selectors: false};
  const run = where => axe.run(where, options);
  const first = await run(document);
  const judged = new Set([...first.violations, ...first.passes].flatMap(rule => rule.nodes).map(node => node.element));
  const open = [...kinds.values()].filter(([one]) => !judged.has(one)).flatMap(([, ...others]) => others);
  for (const e of document.querySelectorAll('[data-alike]')) e.removeAttribute('data-alike');
  const second = open.length ? await run({include: open}) : {violations: []};
  return [...first.violations, ...second.violations].flatMap(rule => rule.nodes).map(node => node.html.slice(0, 200));
}"""


def low_contrast(page) -> list[str]:
    """Texts of a page that are hard to tell from what is behind them.

    Args:
        page: of Playwright.

    Returns:
        The beginning of one element of each look.
    """
    load_axe(page)
    return page.evaluate(_JUDGE)

// A slider's handle has no name of its own, and says the bare number (of a logarithmic one the exponent). Neither can be
// changed from Python. The controls may be drawn after this has run, so it looks again until they are there.
(function name(attempts) {
  const panel = element.closest('.widget-vbox');
  const words = panel && panel.querySelector('[role=status]');
  if (!words || panel.querySelectorAll('[role=slider]').length < SLIDERS) {
    if (attempts) setTimeout(name, 100, attempts - 1);
    return;
  }
  // The sentence is exchanged as a whole, and only what surrounds it is there to be listened to.
  words.parentElement.setAttribute('aria-live', 'polite');
  const film = ['Play or pause', 'Stop', 'Repeat'];
  panel.querySelectorAll('.widget-play button').forEach((button, n) => button.setAttribute('aria-label', film[n]));
  panel.querySelectorAll('.widget-slider').forEach(row => {
    const handle = row.querySelector('[role=slider]'), number = row.querySelector('.widget-readout');
    const label = row.querySelector('.widget-label').textContent;
    const say = () => {
      if (handle.getAttribute('aria-valuetext') !== number.textContent)
        handle.setAttribute('aria-valuetext', number.textContent);
    };
    for (const part of [handle, number]) part.setAttribute('aria-label', label);
    number.setAttribute('role', 'textbox');
    new MutationObserver(say).observe(
      row, {subtree: true, childList: true, characterData: true, attributeFilter: ['aria-valuetext']});
    say();
  });
})(100);

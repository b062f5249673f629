/* Sounds that a page makes itself (utils/datasets/stereo.py says what they are), played when asked: the sound of a panel
   whose sliders are its own, and ten sounds to be placed by ear. */
"use strict";
(() => {
  const START = "Play the sound", FREQUENCY = 20;
  // Degrees of error: what the scale shows, and the mean error of who always says 0.
  const SPAN = 90, GUESS = 45;

  // Both ears: noise whose loudness swings, the right ear's ahead by the phase difference, in degrees.
  function ears({rate, seconds, level, ramp, noise}, ipd, frequency) {
    const n = Math.round(rate * seconds), signs = Uint8Array.from(atob(noise), letter => letter.charCodeAt(0));
    return [0, ipd * Math.PI / 180].map(phase => Float32Array.from({length: n}, (_, i) => {
      const end = Math.min(1, Math.min(i, n - 1 - i) / rate / ramp), sign = signs[i >> 3] >> (7 - i % 8) & 1 ? 1 : -1;
      const swing = 0.5 * (1 + Math.sin(2 * Math.PI * frequency * i / rate + phase));
      return sign * level * swing * (0.5 - 0.5 * Math.cos(Math.PI * end));
    }));
  }

  // A button and a volume; `samples` gives what is to be heard, or nothing yet.
  function player(row, rate, samples) {
    const [button, volume] = row.querySelectorAll("button, input");
    let context, source;
    const stop = () => { source?.stop(); source = null; button.textContent = START; };

    function start() {
      const sides = samples();
      if (!sides) return;
      context ??= new AudioContext();
      context.resume();
      const buffer = context.createBuffer(2, sides[0].length, rate), loudness = context.createGain();
      sides.forEach((ear, side) => buffer.copyToChannel(ear, side));
      source = context.createBufferSource();
      source.buffer = buffer;
      loudness.gain.value = volume.value / 100;
      volume.oninput = () => { loudness.gain.value = volume.value / 100; };
      source.connect(loudness).connect(context.destination);
      const mine = source;
      source.onended = () => { if (source === mine) stop(); };
      source.start();
      button.textContent = "Stop";
    }

    button.addEventListener("click", () => { if (source) stop(); else start(); });
    return stop;
  }

  function panelSound(row) {
    const about = JSON.parse(row.dataset.sound), root = row.closest("[data-panel]");
    // Where a control stands, as a number.
    const value = name => {
      const {record, numbers} = root.coursePanel, place = record.controls.findIndex(control => control.name === name);
      return +record.controls[place].stops[numbers[place]];
    };
    root.courseSound = () => root.coursePanel && ears(about, value("ipd"), value("frequency"));
    player(row, about.rate, root.courseSound);
  }

  /* You against the network */

  const mean = numbers => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

  function spread(numbers) {
    const middle = mean(numbers);
    return Math.sqrt(numbers.reduce((sum, number) => sum + (number - middle) ** 2, 0) / (numbers.length - 1));
  }

  function said(name, errors) {
    const sd = errors.length > 1 ? ` (sd ${spread(errors).toFixed(1)}\u00b0)` : "";
    return `${name} ${mean(errors).toFixed(1)}\u00b0${sd}`;
  }

  // Everybody's errors on one scale: a dot for each sound, a mark at the mean.
  function scale(everybody, words) {
    const names = Object.keys(everybody), left = 10, width = 340, row = 52, height = names.length * row + 62;
    const x = error => left + width * Math.min(error, SPAN) / SPAN, parts = [];
    for (let error = 0; error <= SPAN; error += 15) {
      const place = x(error), guess = error === GUESS;
      parts.push(`<path class="${guess ? "guess" : "grid"}" d="M${place} ${guess ? 18 : 24}V${height - 38}"/>`,
        `<text x="${place}" y="${height - 22}">${error}</text>`);
    }
    parts.push(`<text x="${x(GUESS)}" y="13">always saying 0\u00b0</text>`,
      `<text x="${left + width / 2}" y="${height - 4}">error (\u00b0); line: mean</text>`);
    names.forEach((name, place) => {
      const y = 58 + place * row, errors = everybody[name];
      parts.push(`<g class="listener-${place}"><text class="name" x="${left}" y="${y - 16}">${name}</text>`);
      if (errors.length) parts.push(`<path d="M${x(mean(errors))} ${y - 11}V${y + 11}"/>`);
      parts.push(...errors.map(error => `<circle cx="${x(error)}" cy="${y}" r="5"/>`), "</g>");
    });
    return `<svg viewBox="0 0 ${width + 2 * left} ${height}" role="img" aria-label="${words}">${parts.join("")}</svg>`;
  }

  function listeningTest(root) {
    const about = JSON.parse(root.dataset.listening), {directions} = about, listeners = Object.fromEntries(about.listeners);
    const pointer = root.querySelector("[data-control]"), shown = root.querySelector("output");
    const [answer, again] = root.querySelectorAll("[data-button]"), words = root.querySelector("[role=status]");
    const picture = root.querySelector("[data-scale]");
    let mine = [];
    root.courseSound = () => mine.length < directions.length ? ears(about, directions[mine.length], FREQUENCY) : null;
    const stop = player(root.querySelector(".course-sound"), about.rate, root.courseSound);

    const next = () => mine.length < directions.length ? `Sound ${mine.length + 1} of ${directions.length}: where is it?` : "That was the last sound.";
    function point() { shown.textContent = pointer.value; pointer.ariaValueText = `${pointer.value} degrees`; }
    function tell(first) {
      const over = mine.length ? directions.slice(0, mine.length) : directions;
      const everybody = {you: mine, ...listeners}, errors = {};
      for (const [name, angles] of Object.entries(everybody)) {
        errors[name] = over.slice(0, angles.length).map((came, i) => Math.abs(angles[i] - came));
      }
      const means = Object.entries(errors).filter(([, some]) => some.length).map(([name, some]) => said(name, some));
      const summary = `Mean error over ${over.length} ${over.length === 1 ? "sound" : "sounds"}: ${means.join(", ")}.`;
      words.textContent = `${first}${mine.length ? summary : "Not answered yet."} ${next()}`;
      picture.innerHTML = scale(errors, summary);
      answer.disabled = mine.length === directions.length;
      again.disabled = !mine.length;
    }
    pointer.addEventListener("input", point);
    answer.addEventListener("click", () => {
      stop();
      const number = mine.length, came = directions[number];
      mine.push(+pointer.value);
      const others = Object.entries(listeners).map(([name, angles]) => `the ${name} ${angles[number]}\u00b0`).join(", ");
      tell(`Sound ${number + 1} came from ${came}\u00b0. You said ${pointer.value}\u00b0, ${others}. `);
    });
    again.addEventListener("click", () => { stop(); mine = []; pointer.value = 0; point(); tell(""); });
    point();
    tell("");
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-sound]").forEach(panelSound);
    document.querySelectorAll("[data-listening]").forEach(listeningTest);
  });
})();

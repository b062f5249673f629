/* The sound of a panel, made where its sliders stand (utils/datasets/stereo.py says what it is) and played when asked. */
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  for (const row of document.querySelectorAll("[data-sound]")) {
    const {rate, seconds, level, ramp, noise} = JSON.parse(row.dataset.sound), n = Math.round(rate * seconds);
    const root = row.closest("[data-panel]"), [button, volume] = row.querySelectorAll("button, input");
    const signs = Uint8Array.from(atob(noise), letter => letter.charCodeAt(0));
    let player, source;

    // Where a control stands, as a number.
    const value = name => {
      const {record, numbers} = root.coursePanel, place = record.controls.findIndex(control => control.name === name);
      return +record.controls[place].stops[numbers[place]];
    };

    // Both ears: noise whose loudness swings, the right ear's ahead by the phase difference.
    const samples = () => [0, value("ipd") * Math.PI / 180].map(phase => Float32Array.from({length: n}, (_, i) => {
      const end = Math.min(1, Math.min(i, n - 1 - i) / rate / ramp), sign = signs[i >> 3] >> (7 - i % 8) & 1 ? 1 : -1;
      const swing = 0.5 * (1 + Math.sin(2 * Math.PI * value("frequency") * i / rate + phase));
      return sign * level * swing * (0.5 - 0.5 * Math.cos(Math.PI * end));
    }));

    const stop = () => { source?.stop(); source = null; button.textContent = "Play the sound"; };

    function start() {
      player ??= new AudioContext();
      player.resume();
      const buffer = player.createBuffer(2, n, rate), loudness = player.createGain();
      samples().forEach((ear, side) => buffer.copyToChannel(ear, side));
      source = player.createBufferSource();
      source.buffer = buffer;
      loudness.gain.value = volume.value / 100;
      volume.oninput = () => { loudness.gain.value = volume.value / 100; };
      source.connect(loudness).connect(player.destination);
      const mine = source;
      source.onended = () => { if (source === mine) stop(); };
      source.start();
      button.textContent = "Stop";
    }

    button.addEventListener("click", () => { if (source) stop(); else if (root.coursePanel) start(); });
    root.courseSound = samples;
  }
});

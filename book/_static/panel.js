/* Slider panels without a kernel: draws the states that Python recorded (utils/panels/recording.py says how they are
   kept) on a canvas, and moves the sentence and the alternative text along. */
"use strict";
(() => {
  const [PATH, RECTILINEAR, MARKERS, TEXT, IMAGE] = [0, 1, 2, 3, 4];
  const LINE_PARTS = 4, SIZE_PARTS = 64, CAPS = ["butt", "round", "square"], JOINS = ["miter", "round", "bevel"], EM = 1000;
  const MARKERS_AT_ONCE = 16;
  const OPAQUE = /^#(...|.{6})$/;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  /* Reading */

  class Bytes {
    constructor(data, at = 0) { this.data = data; this.at = at; }
    byte() { return this.data[this.at++]; }
    count() {
      let number = 0, factor = 1, byte;
      do { byte = this.data[this.at++]; number += (byte & 127) * factor; factor *= 128; } while (byte > 127);
      return number;
    }
    whole() { const number = this.count(); return number % 2 ? -(number + 1) / 2 : number / 2; }
    points(n) {
      const flat = new Float64Array(2 * n);
      for (const axis of [0, 1]) for (let i = 0, sum = 0; i < n; i++) flat[2 * i + axis] = sum += this.whole();
      return flat;
    }
  }

  // Pieces of bytes, each behind its length.
  class Chain {
    constructor(data) {
      this.data = data; this.starts = []; this.ends = [];
      for (const bytes = new Bytes(data); bytes.at < data.length;) {
        const length = bytes.count();
        this.starts.push(bytes.at);
        this.ends.push(bytes.at += length);
      }
    }
    piece(number) { return new Bytes(this.data, this.starts[number]); }
    // The numbers of which a piece is made, from here to its end.
    rest(number, bytes = this.piece(number)) {
      const numbers = [];
      while (bytes.at < this.ends[number]) numbers.push(bytes.count());
      return numbers;
    }
  }

  async function read(text) {
    const squeezed = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const stream = new Blob([squeezed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const all = new Uint8Array(await new Response(stream).arrayBuffer()), parts = [];
    const view = new DataView(all.buffer);
    for (let at = 0; at < all.length;) {
      const length = view.getUint32(at, true);
      parts.push(all.subarray(at + 4, at += 4 + length));
    }
    const utf8 = new TextDecoder(), record = JSON.parse(utf8.decode(parts[0]));
    ["operations", "runs", "backgrounds", "states"].forEach((name, i) => {
      record[name] = new Chain(parts[i + 1]);
    });
    record.sentences = utf8.decode(parts[5]).split("\n");
    record.pixels = parts[6];
    record.paths = record.shapes.map(() => null);
    record.lines = [];
    let first = 0;
    await Promise.all(record.images.map(async image => {
      const data = record.pixels.subarray(first, first += image.bytes ?? image.width * image.height);
      if (image.bytes) image.canvas = await createImageBitmap(new Blob([data], {type: "image/webp"}));
      else image.pixels = data;
    }));
    return record;
  }

  /* Drawing */

  function shape(record, number) {
    return record.paths[number] ??= new Path2D(record.shapes[number]);
  }

  // All glyphs of a text as one path, in thousandths of its size.
  function run(record, number) {
    if (record.lines[number]) return record.lines[number];
    const bytes = record.runs.piece(number), head = bytes.count(), path = new Path2D();
    for (let i = 0, x = 0; i < head >> 1; i++) {
      const glyph = shape(record, bytes.count());
      x += bytes.whole();
      const y = head % 2 ? 0 : bytes.whole(), size = head % 2 ? 1 : bytes.count() / EM;
      path.addPath(glyph, new DOMMatrix([size, 0, 0, size, x, -y]));
    }
    return record.lines[number] = path;
  }

  function picture(image) {
    if (image.canvas) return image.canvas;
    const canvas = image.canvas = document.createElement("canvas");
    canvas.width = image.width; canvas.height = image.height;
    const context = canvas.getContext("2d"), pixels = context.createImageData(image.width, image.height);
    const colours = Uint32Array.from(image.colours, c => new DataView(Uint8Array.from(
      c.match(/../g), part => parseInt(part, 16)).buffer).getUint32(0, true));
    const target = new Uint32Array(pixels.data.buffer);
    for (let i = 0; i < target.length; i++) target[i] = colours[image.pixels[i]];
    context.putImageData(pixels, 0, 0);
    return canvas;
  }

  class Pen {
    constructor(record, context, scale) {
      this.record = record; this.context = context; this.scale = scale; this.clip = null;
      context.save();
    }
    end() { this.context.restore(); }
    within(number) {
      if (number === this.clip) return;
      const {context, scale} = this, clip = this.record.clips[number];
      context.restore(); context.save();
      this.clip = number;
      if (number === null) return;
      const path = new Path2D();
      path.addPath(typeof clip === "string" ? new Path2D(clip) : box(clip), new DOMMatrix([scale, 0, 0, scale, 0, 0]));
      context.clip(path);
    }
    // Prepare for a style; gives back what is to be filled and what is to be stroked.
    dip(number, scale) {
      const [fill, stroke, width, offset, dashes, cap, join, clip] = this.record.styles[number], {context} = this;
      this.within(clip);
      if (fill) context.fillStyle = fill;
      if (stroke) {
        context.strokeStyle = stroke; context.lineWidth = width * scale;
        context.lineCap = CAPS[cap]; context.lineJoin = JOINS[join];
        context.setLineDash(dashes.map(part => part * scale)); context.lineDashOffset = offset * scale;
      }
      return {fill, stroke, width};
    }
    draw(operations) {
      for (const number of operations) {
        const bytes = this.record.operations.piece(number), kind = bytes.byte();
        if (kind === IMAGE) this.image(bytes);
        else if (kind === TEXT) this.text(bytes);
        else if (kind === MARKERS) this.markers(bytes);
        else this.path(bytes, kind === RECTILINEAR);
      }
    }
    path(bytes, rectilinear) {
      const {context, scale} = this, ink = this.dip(bytes.count(), this.scale), head = bytes.count();
      const codes = head % 2 ? null : bytes.data.subarray(bytes.at, bytes.at += head >> 1);
      const wide = [1, 1, 2, 3, 0], n = codes ? codes.reduce((sum, code) => sum + wide[code], 0) : head >> 1;
      const p = bytes.points(n);
      // Lines along the axes stand on whole pixels of the screen, where they are sharp.
      const half = ink.stroke && Math.max(1, Math.round(ink.width * scale)) % 2 ? 0.5 : 0;
      const fine = scale / LINE_PARTS;
      for (let i = 0; i < p.length; i++) p[i] = rectilinear ? Math.round(p[i] * scale - half) + half : p[i] * fine;
      context.beginPath();
      for (let i = 0, at = 0; i < head >> 1; i++) {
        const code = codes ? codes[i] : i ? 1 : 0;
        if (code === 0) context.moveTo(p[at], p[at + 1]);
        else if (code === 1) context.lineTo(p[at], p[at + 1]);
        else if (code === 2) context.quadraticCurveTo(p[at], p[at + 1], p[at + 2], p[at + 3]);
        else if (code === 3) context.bezierCurveTo(p[at], p[at + 1], p[at + 2], p[at + 3], p[at + 4], p[at + 5]);
        else context.closePath();
        at += 2 * wide[code];
      }
      if (ink.fill) context.fill();
      if (ink.stroke) context.stroke();
    }
    markers(bytes) {
      const {context, scale} = this, ink = this.dip(bytes.count(), 1), one = shape(this.record, bytes.count());
      const p = bytes.points(bytes.count());
      // Where one layer of opaque ink covers another of the same, several can be one path, which is many times as fast
      // as one by one; hundreds in one path take twice as long as a few.
      const oneInk = ink.fill === ink.stroke || !ink.fill || !ink.stroke;
      if (oneInk && OPAQUE.test(ink.fill || ink.stroke)) {
        context.setTransform(scale, 0, 0, scale, 0, 0);
        for (let first = 0; first < p.length; first += 2 * MARKERS_AT_ONCE) {
          const some = new Path2D(), end = Math.min(p.length, first + 2 * MARKERS_AT_ONCE);
          for (let i = first; i < end; i += 2) some.addPath(one, new DOMMatrix([1, 0, 0, 1, p[i], p[i + 1]]));
          if (ink.fill) context.fill(some);
          if (ink.stroke) context.stroke(some);
        }
        context.setTransform(1, 0, 0, 1, 0, 0);
        return;
      }
      for (let i = 0; i < p.length; i += 2) {
        context.setTransform(scale, 0, 0, scale, p[i] * scale, p[i + 1] * scale);
        if (ink.fill) context.fill(one);
        if (ink.stroke) context.stroke(one);
      }
      context.setTransform(1, 0, 0, 1, 0, 0);
    }
    text(bytes) {
      const {context, scale} = this;
      this.dip(bytes.count(), 1);
      const [x, y, angle, size] = [bytes.whole(), bytes.whole(), bytes.whole(), bytes.whole()];
      context.setTransform(scale, 0, 0, scale, x * scale, y * scale);
      context.rotate(-angle * Math.PI / 1800);
      context.scale(size / SIZE_PARTS / EM, size / SIZE_PARTS / EM);
      context.fill(run(this.record, bytes.count()));
      context.setTransform(1, 0, 0, 1, 0, 0);
    }
    image(bytes) {
      const {context, scale} = this, image = picture(this.record.images[bytes.count()]);
      const clip = bytes.count();
      this.within(clip ? clip - 1 : null);
      context.imageSmoothingEnabled = bytes.count() === 1;
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.transform(...Array.from({length: 6}, () => bytes.whole() / 1000));
      context.drawImage(image, 0, 0);
      context.setTransform(1, 0, 0, 1, 0, 0);
    }
  }

  function box([x, y, width, height]) { const path = new Path2D(); path.rect(x, y, width, height); return path; }

  /* A panel */

  class Panel {
    constructor(root, record) {
      this.root = root; this.record = record;
      this.numbers = record.controls.map(control => control.start);
      this.inputs = [...root.querySelectorAll("[data-control]")];
      this.words = root.querySelector(".course-panel-words");
      this.canvas = document.createElement("canvas");
      this.canvas.setAttribute("role", "img");
      this.ground = document.createElement("canvas");
      const old = root.querySelector("a.course-figure, img");
      const frame = document.createElement("div");
      frame.className = "course-panel-picture";
      frame.append(this.canvas);
      frame.style.maxWidth = record.width / record.unit + "px";
      // Its size on the page must not depend on how many pixels it holds.
      this.canvas.style.cssText = "display:block;width:100%";
      this.canvas.style.aspectRatio = `${record.width} / ${record.height}`;
      old.replaceWith(frame);
      this.inputs.forEach((input, i) => {
        input.disabled = false;
        input.addEventListener("input", () => { this.pause(); this.move(i, +input.value); });
      });
      this.button("reset", () => this.reset());
      this.runner = this.button("play", () => this.timer ? this.pause() : this.play());
      // Sharp at every size of the page and every magnification of it.
      new ResizeObserver(() => this.draw()).observe(this.canvas);
      this.show(this.find(this.numbers));
      root.classList.add("course-panel-live");
      root.coursePanel = this;
    }

    button(name, pressed) {
      const button = this.root.querySelector(`[data-button=${name}]`);
      if (button) { button.disabled = false; button.addEventListener("click", pressed); }
      return button;
    }

    // The number of the state at these stops, or null.
    find(numbers) {
      for (const grid of this.record.grids) {
        let at = 0;
        const there = numbers.every((number, control) => {
          const axis = grid.controls.indexOf(control);
          return axis < 0 ? number === this.record.controls[control].start : grid.stops[axis].includes(number);
        });
        if (!there) continue;
        grid.controls.forEach((control, axis) => {
          at = at * grid.stops[axis].length + grid.stops[axis].indexOf(numbers[control]);
        });
        return grid.first + at;
      }
      return null;
    }

    // Move one control. Where the others were recorded at fewer stops, all go to the nearest state there is.
    move(moved, number) {
      const {controls, grids} = this.record, before = this.numbers;
      const up = number > before[moved], wanted = before.map((old, i) => i === moved ? number : old);
      let best = null, least = Infinity;
      for (const grid of grids) {
        if (!grid.controls.includes(moved)) continue;
        let cost = 0;
        const near = wanted.map((want, i) => {
          const axis = grid.controls.indexOf(i);
          let stop = controls[i].start;
          if (axis >= 0) {
            const stops = grid.stops[axis];
            const ahead = i !== moved ? stops : stops.filter(s => up ? s >= want : s <= want);
            const from = ahead.length ? ahead : stops;
            stop = from.reduce((a, b) => Math.abs(b - want) < Math.abs(a - want) ? b : a);
          }
          cost += Math.abs(stop - want) / controls[i].stops.length * (i === moved ? 0.5 : 1);
          return stop;
        });
        if (cost < least) { best = near; least = cost; }
      }
      this.numbers = best;
      this.show(this.find(best));
    }

    reset() {
      this.pause();
      this.numbers = this.record.controls.map(control => control.start);
      this.show(this.find(this.numbers));
    }

    show(number) {
      const {states, sentences} = this.record, bytes = states.piece(number);
      const background = bytes.count(), head = bytes.count(), sentence = sentences[head >> 1], warning = head % 2 === 1;
      this.state = number;
      // Where the values are not allowed, the last good picture stays.
      if (!warning) {
        this.background = background;
        this.operations = states.rest(number, bytes);
        this.canvas.setAttribute("aria-label", sentence);
      }
      this.words.textContent = (warning ? "\u26a0 " : "") + sentence;
      this.inputs.forEach((input, i) => {
        const control = this.record.controls[i], text = control.stops[this.numbers[i]];
        input.value = this.numbers[i];
        if (control.kind !== "slider" || control.stops.length < 2) return;
        input.setAttribute("aria-valuetext", control.unit ? `${text} ${control.unit}` : text);
        input.parentElement.querySelector("output").textContent = text;
      });
      if (this.runner && !this.timer) this.runner.disabled = !this.record.play && !this.film();
      this.draw();
    }

    draw() {
      const {record, canvas, ground} = this, {width, height} = canvas.getBoundingClientRect();
      if (!width || !this.operations) return;
      const wide = Math.round(width * devicePixelRatio), high = Math.round(height * devicePixelRatio);
      const scale = wide / record.width, key = [this.background, wide, high].join();
      if (this.key !== key) {
        this.key = key;
        for (const one of [canvas, ground]) { one.width = wide; one.height = high; }
        this.paint(ground, record.backgrounds.rest(this.background), scale);
      }
      canvas.getContext("2d").drawImage(ground, 0, 0);
      this.paint(canvas, this.operations, scale);
    }

    paint(canvas, operations, scale) {
      const pen = new Pen(this.record, canvas.getContext("2d"), scale);
      pen.draw(operations);
      pen.end();
    }

    /* What runs by itself: a film along its slider, or recorded work */

    film() { return this.record.films.find(film => film.at.every((number, i) => number === this.numbers[i])); }

    play() {
      const {play, controls} = this.record, film = play ? null : this.film();
      if (!play && !film) return;
      const count = play ? controls[0].stops.length : film.count;
      const first = play && this.numbers[0] < count - 1 ? this.numbers[0] : 0;
      // Who asked for little motion gets few pictures, one after the other.
      const step = still.matches ? Math.ceil(count / 8) : 1;
      const pause = still.matches ? 1000 : play ? 1000 * play / count : 100;
      const begin = performance.now();
      this.say("Stop");
      const turn = now => {
        const number = Math.min(count - 1, first + step * Math.floor(Math.max(0, now - begin) / pause));
        if (number !== this.shown) {
          this.shown = number;
          if (play) this.move(0, number); else this.show(film.first + number);
        }
        if (number >= count - 1) this.pause(); else this.timer = requestAnimationFrame(turn);
      };
      this.shown = null;
      this.timer = requestAnimationFrame(turn);
    }

    pause() {
      if (!this.timer) return;
      cancelAnimationFrame(this.timer);
      this.timer = null;
      this.say(this.record.play ? "Play" : this.record.action);
    }

    say(text) { this.runner.textContent = text; }
  }

  /* Loading */

  const waiting = new Map();
  window.coursePanel = async (name, text) => {
    const record = await read(text);
    for (const root of waiting.get(name) ?? []) new Panel(root, record);
  };

  function load(root) {
    const {panel, source} = root.dataset;
    if (waiting.has(panel)) { waiting.get(panel).push(root); return; }
    waiting.set(panel, [root]);
    const script = document.createElement("script");
    script.src = source;
    script.onerror = () => root.classList.add("course-panel-failed");
    document.head.append(script);
  }

  function begin() {
    const near = new IntersectionObserver(entries => {
      for (const {isIntersecting, target} of entries) if (isIntersecting) { near.unobserve(target); load(target); }
    }, {rootMargin: "900px"});
    for (const root of document.querySelectorAll("[data-panel]")) near.observe(root);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();

// The page of a trained autoencoder: a decoder in plain JavaScript, and a plane of codes to move over.
//
// Read it from the top: how numbers come out of the file, how a decoder turns a code into pixels layer by layer, then
// how the plane, the pictures and the sliders follow one another. Nothing is loaded, and no library is used.

"use strict";
(() => {

const text = (id) => document.getElementById(id).textContent;
const data = JSON.parse(text("data"));

// ---- Numbers ----------------------------------------------------------------------------------------------------

// Base64 to bytes. Browsers of today are all little-endian, as the file is, so the bytes can be seen as numbers.
function bytes(id) {
  const letters = atob(text(id));
  const array = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) array[i] = letters.charCodeAt(i);
  return array;
}

const singles = (id) => new Float32Array(bytes(id).buffer);

// A number of 16 bits: sign, five bits of exponent, ten of fraction. Not every browser knows them by itself.
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24; // too small for a leading one
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

// There are only 65,536 of them, and a million to read: a table is faster.
const HALVES = Float32Array.from({ length: 1 << 16 }, (_, bits) => half(bits));

// An array of them that is read as if it were of common numbers.
function halves(id) {
  const bits = new Uint16Array(bytes(id).buffer);
  return (start, n) => Float32Array.from({ length: n }, (_, i) => HALVES[bits[start + i]]);
}

// ---- The decoder ------------------------------------------------------------------------------------------------

// Values lie in one row. Of maps, first all of the first channel, row by row, then the second: so flatten and reshape
// have nothing to do.

const ACTIVATIONS = {
  linear: (z) => z,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  tanh: Math.tanh,
  relu: (z) => Math.max(0, z),
  leaky_relu: (z) => Math.max(0.01 * z, z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  gelu: (z) => 0.5 * z * (1 + erf(z / Math.SQRT2)),
};

// The error function to seven digits, by Abramowitz & Stegun 1964, 7.1.26.
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

const LAYERS = {
  // Each unit adds up all values, weighted, and its bias.
  dense({ units, weights, biases }, values) {
    const made = new Float32Array(units);
    const n = values.length;
    for (let unit = 0; unit < units; unit++) {
      let sum = biases[unit];
      for (let i = 0; i < n; i++) sum += weights[unit * n + i] * values[i];
      made[unit] = sum;
    }
    return made;
  },

  // A kernel for each pair of maps slides over the map that comes in, on a border of zeros.
  convolution({ from, to, kernel, stride, padding, weights, biases }, values) {
    const [inputs, height, width] = from;
    const [channels, rows, columns] = to;
    const made = new Float32Array(channels * rows * columns);
    for (let channel = 0; channel < channels; channel++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          let sum = biases[channel];
          for (let input = 0; input < inputs; input++)
            for (let ky = 0; ky < kernel; ky++) {
              const y = row * stride + ky - padding;
              if (y < 0 || y >= height) continue; // the border adds nothing
              for (let kx = 0; kx < kernel; kx++) {
                const x = column * stride + kx - padding;
                if (x < 0 || x >= width) continue;
                const weight = weights[((channel * inputs + input) * kernel + ky) * kernel + kx];
                sum += weight * values[(input * height + y) * width + x];
              }
            }
          made[(channel * rows + row) * columns + column] = sum;
        }
    return made;
  },

  // The largest of each 2 × 2 values; the last row or column of an odd side by itself.
  pool({ from, to }, values) {
    const [, height, width] = from;
    return fill(to, (channel, row, column) => {
      let largest = -Infinity;
      for (let y = 2 * row; y < Math.min(2 * row + 2, height); y++)
        for (let x = 2 * column; x < Math.min(2 * column + 2, width); x++)
          largest = Math.max(largest, values[(channel * height + y) * width + x]);
      return largest;
    });
  },

  // Each value becomes 2 × 2; what is more than the size wanted is cut.
  upsample({ from, to }, values) {
    const [, height, width] = from;
    return fill(to, (channel, row, column) => values[(channel * height + (row >> 1)) * width + (column >> 1)]);
  },

  flatten: (_, values) => values,
  reshape: (_, values) => values,
  activation: ({ function: name }, values) => values.map(ACTIVATIONS[name]),
};

function fill([channels, height, width], value) {
  const made = new Float32Array(channels * height * width);
  let i = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) made[i++] = value(channel, row, column);
  return made;
}

const weights = halves("weights");
const decoder = data.decoder.map((layer) => ({ ...layer, weights: weights(...layer.weights), biases: weights(...layer.biases) }));

// A code becomes the pixels of an image: [code] → [channels · height · width], mostly 0 to 1.
function decode(code) {
  return decoder.reduce((values, layer) => LAYERS[layer.kind](layer, values), Float32Array.from(code));
}

// ---- Codes and places -------------------------------------------------------------------------------------------

const points = singles("points"); // x and y of each
const samples = new Uint32Array(bytes("samples").buffer); // its number in the test split
const labels = bytes("labels");
const errors = singles("errors");
const n = labels.length;
const { size, isSingle, mean } = data.code;
const { origin, across, up } = data.plane;

const codeOf = (() => {
  if (!isSingle) {
    const codes = halves("codes");
    return (idx) => codes(idx * size, size);
  }
  const codes = singles("codes");
  return (idx) => codes.slice(idx * size, (idx + 1) * size);
})();

// The plane is flat: a step to the right adds `across` to the code, a step up adds `up`.
const codeAt = ([x, y]) => Float32Array.from(origin, (start, i) => start + x * across[i] + y * up[i]);

// Where a code stands in the plane, seen from straight above. A single unit is both coordinates.
function placeOf(code) {
  const along = (direction) => {
    let sum = 0, length = 0;
    direction.forEach((step, i) => { sum += step * (code[i] - origin[i]); length += step * step; });
    return length > 0 ? sum / length : 0;
  };
  const [x, y] = [along(across), along(up)];
  return [size === 1 ? y : x, y];
}

// ---- Pictures ---------------------------------------------------------------------------------------------------

const $ = (id) => document.getElementById(id);
const { height, width, channels } = data.image;
const style = getComputedStyle(document.documentElement);
let isPrinting = false;
const isDark = () => !isPrinting && style.getPropertyValue("--is-dark").trim() === "1";
const theme = () => data.themes[isDark() ? "dark" : "light"];

for (const id of ["original", "decoded"]) {
  $(id).width = width;
  $(id).height = height;
}

// Values 0 to 1 as pixels. A grey image is ink on paper, or light on dark, as in the program.
function paint(canvas, values) {
  const context = canvas.getContext("2d");
  if (!values) return context.clearRect(0, 0, width, height);
  const [paper, ink] = theme().image;
  const picture = context.createImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) {
      const value = values[channels === 3 ? c * width * height + pixel : pixel];
      const share = Math.min(1, Math.max(0, value));
      picture.data[4 * pixel + c] =
        channels === 3 ? Math.round(255 * share) : Math.floor(paper[c] + share * (ink[c] - paper[c]) + 0.5);
    }
    picture.data[4 * pixel + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

// The test images stand below one another on some sheets, each unpacked when it is first needed.
const sheets = [];
async function sheetOf(idx) {
  const number = Math.floor(idx / data.perSheet);
  sheets[number] ??= (() => {
    const image = new Image();
    image.src = "data:image/png;base64," + text("sheet-" + number);
    return image.decode().then(() => image);
  })();
  return sheets[number];
}

// Values of a test image: [channels · height · width], 0 to 1.
async function imageOf(idx) {
  const sheet = await sheetOf(idx);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(sheet, 0, (idx % data.perSheet) * height, width, height, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height).data;
  return Float32Array.from({ length: channels * width * height }, (_, i) =>
    pixels[4 * (i % (width * height)) + Math.floor(i / (width * height))] / 255);
}

// ---- What is shown ----------------------------------------------------------------------------------------------

// A place that is kept, and one under the pointer that comes before it. Each has a code, a place in the plane and, where
// it is a test image, its position among the points.
const atPoint = (idx) => ({ code: codeOf(idx), at: [points[2 * idx], points[2 * idx + 1]], idx });
const atPlace = (at) => ({ code: codeAt(at), at, idx: null });
const atCode = (code) => ({ code, at: placeOf(code), idx: null });

let kept = atCode(Float32Array.from(mean));
let hovered = null;

// Two decimals, and more where all values lie close together.
const digitsOf = (range) => (range > 0 ? Math.min(6, Math.max(2, 2 - Math.floor(Math.log10(range)))) : 2);
function signed(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  return (value < 0 && Number(text) > 0 ? "−" : "") + text;
}
const placeText = ([x, y]) => `${signed(x, digitsOf(extent.reach))}, ${signed(y, digitsOf(extent.reach))}`;
const count = (value) => value.toLocaleString("en-US");
const className = (label) => data.classes[label]?.name ?? String(label);

function show() {
  const { code, at, idx } = hovered ?? kept;
  paint($("decoded"), decode(code));
  const isSample = idx !== null;
  $("drawn").textContent = isSample ? "reconstruction" : "decoder, at this place";
  $("at").textContent = placeText(at);
  $("class").textContent = isSample ? className(labels[idx]) : "–";
  $("sample").textContent = isSample ? "no. " + count(samples[idx]) : "–";
  $("error").textContent = isSample ? errors[idx].toFixed(4) + " MSE per pixel" : "–";
  if (!isSample) paint($("original"), null);
  else imageOf(idx).then((values) => {
    if ((hovered ?? kept).idx === idx) paint($("original"), values); // the pointer may have moved on
  });
  drawPointer();
  say();
}

// Said once the reader rests: a screen reader would otherwise never end.
let saying = 0;
function say() {
  clearTimeout(saying);
  saying = setTimeout(() => {
    const { at, idx } = hovered ?? kept;
    const place = `Place ${placeText(at)}. `;
    $("said").textContent = idx === null ? place + "Drawn by the decoder." :
      place + `Test image ${count(samples[idx])}, class ${className(labels[idx])}, error ${errors[idx].toFixed(4)} MSE per pixel.`;
  }, 500);
}

function keep(state) {
  kept = state;
  hovered = null;
  setSliders();
  show();
}

// ---- The plane --------------------------------------------------------------------------------------------------

const plot = $("plot");
const isHidden = data.classes.map((shape) => shape.hidden);
const MARGIN = { left: 64, right: 8, top: 8, bottom: 42 };

// Points in a mixed order: of a data set that is sorted, no class covers the others. The step shares no divisor with
// their number, so each comes once.
const order = (() => {
  const gcd = (a, b) => (b ? gcd(b, a % b) : a);
  let step = Math.max(1, Math.floor(n * 0.618));
  while (gcd(step, n) > 1) step++;
  return Array.from({ length: n }, (_, i) => (i * step) % n);
})();

// The middle of what there is to see, and how far it reaches, the outline of the prior included.
const extent = (() => {
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  const take = (x, axis) => {
    if (!Number.isFinite(x)) return;
    low[axis] = Math.min(low[axis], x);
    high[axis] = Math.max(high[axis], x);
  };
  points.forEach((x, i) => take(x, i % 2));
  for (const line of data.prior) for (const at of line) at.forEach(take);
  const middle = low.map((x, axis) => (Number.isFinite(x) ? (x + high[axis]) / 2 : 0));
  const reach = Math.max(high[0] - low[0], high[1] - low[1]);
  return { middle, reach: reach > 0 ? 1.06 * reach : 2 };
})();

// From places to pixels of the plot and back; a unit is as long up as across, so that distances are true.
let view = null;
function layOut() {
  const side = plot.clientWidth;
  const ratio = window.devicePixelRatio || 1;
  for (const id of ["marks", "pointer"]) {
    $(id).width = Math.round(side * ratio);
    $(id).height = Math.round(side * ratio);
  }
  const room = [side - MARGIN.left - MARGIN.right, side - MARGIN.top - MARGIN.bottom];
  const scale = Math.min(...room) / extent.reach;
  const centre = [MARGIN.left + room[0] / 2, MARGIN.top + room[1] / 2];
  view = {
    side, ratio, scale,
    area: { left: MARGIN.left, top: MARGIN.top, right: side - MARGIN.right, bottom: side - MARGIN.bottom },
    toPixel: ([x, y]) => [centre[0] + (x - extent.middle[0]) * scale, centre[1] - (y - extent.middle[1]) * scale],
    toPlace: ([x, y]) => [extent.middle[0] + (x - centre[0]) / scale, extent.middle[1] - (y - centre[1]) / scale],
  };
  drawPoints();
  drawPointer();
}

function contextOf(id) {
  const context = $(id).getContext("2d");
  context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  context.clearRect(0, 0, view.side, view.side);
  return context;
}

// The mark of a class around the origin.
function mark(context, label, radius) {
  const shape = data.classes[label] ?? data.classes[0];
  const ink = shape[isDark() ? "dark" : "light"];
  context.scale(radius / data.radius, radius / data.radius);
  context.fillStyle = context.strokeStyle = ink;
  const path = new Path2D(shape.path);
  if (shape.path.endsWith("h0")) {
    context.arc(0, 0, shape.line / 2, 0, 2 * Math.PI); // a line without length and with round ends: not every canvas draws it
    context.fill();
  } else if (shape.line === null) {
    context.fill(path);
  } else {
    context.lineWidth = shape.line;
    context.stroke(path);
  }
}

// Round numbers along an axis, about one for each 60 pixels.
function ticks(low, high) {
  const rough = (high - low) / Math.max(2, view.side / 60);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return found.map((at) => [at, (at < -1e-12 ? "−" : "") + Math.abs(at).toFixed(digits)]);
}

function drawPoints() {
  const context = contextOf("marks");
  const { area, toPixel, toPlace, ratio, side } = view;
  const [low, high] = [toPlace([area.left, area.bottom]), toPlace([area.right, area.top])];
  context.font = `12px ${style.fontFamily}`;
  context.lineWidth = 1;
  context.strokeStyle = theme().grid;
  context.fillStyle = theme().textDim;
  context.textAlign = "center";
  for (const [at, name] of ticks(low[0], high[0])) {
    const x = Math.round(toPixel([at, 0])[0]) + 0.5;
    line(context, [[x, area.top], [x, area.bottom]]);
    context.fillText(name, x, area.bottom + 16);
  }
  context.fillText(data.axes[0], (area.left + area.right) / 2, side - 6);
  context.textAlign = "right";
  for (const [at, name] of ticks(low[1], high[1])) {
    const y = Math.round(toPixel([0, at])[1]) + 0.5;
    line(context, [[area.left, y], [area.right, y]]);
    context.fillText(name, area.left - 6, y + 4);
  }
  context.save();
  context.translate(12, (area.top + area.bottom) / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.fillText(data.axes[1], 0, 0);
  context.restore();

  // Each mark is drawn once and copied to its points.
  const radius = Math.min(4, Math.max(1.4, 0.3 * (area.right - area.left) / Math.sqrt(n)));
  const half = Math.ceil(1.4 * radius * ratio);
  const marks = data.classes.map((_, label) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 2 * half;
    const context = canvas.getContext("2d");
    context.translate(half, half);
    mark(context, label, radius * ratio);
    return canvas;
  });
  context.setTransform(1, 0, 0, 1, 0, 0);
  for (const idx of order) {
    if (isHidden[labels[idx]] || !Number.isFinite(points[2 * idx])) continue;
    const [x, y] = toPixel([points[2 * idx], points[2 * idx + 1]]);
    context.drawImage(marks[labels[idx]] ?? marks[0], Math.round(x * ratio) - half, Math.round(y * ratio) - half);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.strokeStyle = theme().text;
  context.globalAlpha = 0.7;
  for (const outline of data.prior) line(context, outline.map(toPixel));
  context.globalAlpha = 1;
}

function line(context, places) {
  context.beginPath();
  for (const [x, y] of places) context.lineTo(x, y);
  context.stroke();
}

// A ring at the place that is kept, and a smaller one where the pointer is.
function drawPointer() {
  if (!view || isPrinting) return;
  const context = contextOf("pointer");
  const ring = ([x, y], radius) => {
    for (const [width, ink] of [[4, theme().background], [2, theme().text]]) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.lineWidth = width;
      context.strokeStyle = ink;
      context.stroke();
    }
  };
  ring(view.toPixel(kept.at), 7);
  if (hovered) ring(view.toPixel(hovered.at), hovered.idx === null ? 3 : 6);
}

// The point near a place of the plot; pixels are divided into cells, so that few points have to be looked at.
const CELL = 16;
let cells = new Map();
function fillCells() {
  cells = new Map();
  for (let idx = 0; idx < n; idx++) {
    if (isHidden[labels[idx]]) continue;
    const [x, y] = view.toPixel([points[2 * idx], points[2 * idx + 1]]);
    const key = Math.floor(x / CELL) + "," + Math.floor(y / CELL);
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push([x, y, idx]);
  }
}

function near([x, y], reach) {
  let best = null, least = reach * reach;
  for (let i = Math.floor((x - reach) / CELL); i <= Math.floor((x + reach) / CELL); i++)
    for (let j = Math.floor((y - reach) / CELL); j <= Math.floor((y + reach) / CELL); j++)
      for (const [px, py, idx] of cells.get(i + "," + j) ?? []) {
        const squared = (px - x) ** 2 + (py - y) ** 2;
        if (squared <= least) [least, best] = [squared, idx];
      }
  return best;
}

function under(event) {
  const box = plot.getBoundingClientRect();
  const at = [event.clientX - box.left, event.clientY - box.top];
  const { left, right, top, bottom } = view.area;
  if (at[0] < left || at[0] > right || at[1] < top || at[1] > bottom) return null;
  const idx = near(at, event.pointerType === "touch" ? 10 : 4);
  return idx === null ? atPlace(view.toPlace(at)) : atPoint(idx);
}

// A pointer sends more moves than there are frames: only the last before each is drawn.
let waiting = null;
function hover(event) {
  const isFirst = waiting === null;
  waiting = event;
  if (isFirst) requestAnimationFrame(() => {
    hovered = waiting && waiting.type !== "pointerleave" ? under(waiting) : null;
    waiting = null;
    show();
  });
}

plot.addEventListener("pointermove", hover);
plot.addEventListener("pointerleave", hover);
plot.addEventListener("click", (event) => {
  const state = under(event);
  if (state) keep(state);
});
plot.addEventListener("keydown", (event) => {
  const step = extent.reach / (event.shiftKey ? 400 : 50);
  const steps = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
  if (event.key === "Home") keep(atCode(Float32Array.from(mean)));
  else if (steps[event.key]) {
    const [dx, dy] = steps[event.key];
    // A single unit is both coordinates, so either key moves both.
    const [x, y] = kept.at;
    keep(atPlace(size === 1 ? [x + dx + dy, y + dx + dy] : [x + dx, y + dy]));
  } else return;
  event.preventDefault(); // the page would scroll
});

// ---- Classes ----------------------------------------------------------------------------------------------------

data.classes.forEach(({ name }, label) => {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", String(!isHidden[label]));
  button.title = "Shows or hides this class";
  button.append(document.createElement("canvas"), name);
  button.addEventListener("click", () => {
    isHidden[label] = !isHidden[label];
    button.setAttribute("aria-pressed", String(!isHidden[label]));
    drawPoints();
    fillCells();
  });
  $("legend").append(button);
});

function drawLegend() {
  document.querySelectorAll("#legend canvas").forEach((canvas, label) => {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.height = 14 * ratio;
    const context = canvas.getContext("2d");
    context.translate(7 * ratio, 7 * ratio);
    mark(context, label, 5 * ratio);
  });
}

// ---- Sliders ----------------------------------------------------------------------------------------------------

// One for each unit; of a wide code for those of largest variance. It reaches as far as all but 1 % of the test images
// at each end, and further where a place lies outside.
const unitDigits = digitsOf(Math.max(...data.units.map(({ low, high }) => high - low)));
const rows = data.units.map(({ unit, mean, deviation, low, high }) => {
  const label = document.createElement("label");
  const slider = document.createElement("input");
  const value = document.createElement("output");
  const shown = (number) => signed(number, unitDigits);
  label.title = `mean ${shown(mean)}, standard deviation ${shown(deviation)}, from ${shown(low)} to ${shown(high)} over the middle 98 % of the test images`;
  slider.type = "range";
  slider.step = "any";
  label.append(`unit ${unit + 1}`, slider, value);
  slider.addEventListener("input", () => {
    const code = Float32Array.from(kept.code);
    code[unit] = slider.valueAsNumber;
    kept = atCode(code);
    hovered = null;
    value.textContent = shown(code[unit]);
    slider.setAttribute("aria-valuetext", shown(code[unit]));
    show();
  });
  // With “any” as the step, arrow keys would move by as much as the browser likes.
  slider.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!by) return;
    event.preventDefault();
    slider.valueAsNumber += by * (slider.max - slider.min) / 100;
    slider.dispatchEvent(new Event("input"));
  });
  $("sliders").append(label);
  return { unit, low, high, slider, value, shown };
});
if (rows.length < size) $("code-title").textContent = `Code: the ${rows.length} of ${count(size)} units that vary most`;

function setSliders() {
  for (const { unit, low, high, slider, value, shown } of rows) {
    const now = kept.code[unit];
    const reach = high - low > 1e-6 ? 0 : 1; // a unit that never moves can be moved here
    slider.min = Math.min(low - reach, now);
    slider.max = Math.max(high + reach, now);
    slider.valueAsNumber = now;
    value.textContent = shown(now);
    slider.setAttribute("aria-valuetext", shown(now));
  }
}
$("mean").addEventListener("click", () => keep(atCode(Float32Array.from(mean))));

// ---- Light and dark ---------------------------------------------------------------------------------------------

function drawAll() {
  $("theme").textContent = isDark() ? "Light" : "Dark";
  $("theme").setAttribute("aria-label", isDark() ? "Light theme" : "Dark theme");
  layOut();
  fillCells();
  drawLegend();
  show();
}

$("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  drawAll();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
addEventListener("beforeprint", () => { isPrinting = true; drawAll(); });
addEventListener("afterprint", () => { isPrinting = false; drawAll(); });

$("theme").hidden = false;
$("latent").hidden = false;
setSliders();
new ResizeObserver(() => {
  if (plot.clientWidth !== view?.side) drawAll();
}).observe(plot);
drawAll();

// For the console, and for tests.
window.hourglass = {
  data, samples, decode, codeAt, codeOf, imageOf,
  keep: (code) => keep(atCode(Float32Array.from(code))),
  keepPoint: (idx) => keep(atPoint(idx)),
  pixelOf: (idx) => view.toPixel([points[2 * idx], points[2 * idx + 1]]),
};
})();

// OPS: [row, process, from, to, type, text], types as 1 ok, 2 fail, 3 info; FAULTS: [name, colour, from, to].
const canvas = document.getElementById('t'), said = document.getElementById('said');
const COLOURS = ['#d9920f', '#2f8f6b', '#c8463d', '#d9920f'];
const LEFT = 46, TOP = 26, ROW = 22, names = [...new Set(FAULTS.map(f => f[0]))];
const faultRows = names.length, height = TOP + (CLIENTS + faultRows) * ROW + 10;
let from = 0, to = END, drag = null;

function x(t) { return LEFT + (canvas.clientWidth - LEFT - 8) * (t - from) / (to - from); }
function time(px) { return from + (px - LEFT) * (to - from) / (canvas.clientWidth - LEFT - 8); }

function draw() {
  const scale = window.devicePixelRatio || 1, width = canvas.clientWidth;
  canvas.width = width * scale; canvas.height = height * scale; canvas.style.height = height + 'px';
  const g = canvas.getContext('2d');
  g.scale(scale, scale); g.clearRect(0, 0, width, height);
  g.font = '11px system-ui, sans-serif'; g.textBaseline = 'middle';
  const rough = (to - from) / 8, power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 5, 10].map(f => f * power).find(s => s >= rough);
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
    g.fillStyle = '#e4e4dc'; g.fillRect(x(t), TOP - 6, 1, height);
    g.fillStyle = '#6b6b64'; g.textAlign = 'center'; g.fillText(+t.toFixed(6) + ' s', x(t), 11);
  }
  g.textAlign = 'left';
  for (const [name, colour, f, t] of FAULTS) {
    if (t < from || f > to) continue;
    const left = Math.max(LEFT, x(f)), right = Math.max(left + 2, x(t)), y = TOP + names.indexOf(name) * ROW;
    g.globalAlpha = .09; g.fillStyle = colour; g.fillRect(left, TOP, right - left, height);
    g.globalAlpha = 1; g.fillRect(left, y + 3, right - left, ROW - 7);
    g.fillStyle = '#fff'; if (right - left > 7 * name.length) g.fillText(name, left + 4, y + ROW / 2);
  }
  for (const [row, , f, t, type, text] of OPS) {
    if (t < from || f > to) continue;
    const left = Math.max(LEFT, x(f)), w = Math.max(1.2, x(t) - left), y = TOP + (faultRows + row) * ROW;
    g.fillStyle = COLOURS[type]; g.fillRect(left, y + 3, w, ROW - 6);
    if (w > 70) { g.fillStyle = '#fff'; g.fillText(text.slice(0, Math.floor(w / 6.2)), left + 4, y + ROW / 2); }
  }
  g.fillStyle = '#6b6b64'; g.textAlign = 'right';
  for (let i = 0; i < CLIENTS; i++) g.fillText(i, LEFT - 8, TOP + (faultRows + i) * ROW + ROW / 2);
}

canvas.addEventListener('wheel', e => {
  e.preventDefault();
  const at = time(e.offsetX), k = Math.exp(e.deltaY * .0015);
  from = Math.max(0, at - (at - from) * k); to = Math.min(END, at + (to - at) * k);
  if (to - from < 1e-4) to = from + 1e-4;
  draw();
}, { passive: false });
canvas.addEventListener('mousedown', e => { drag = [e.offsetX, from, to]; });
window.addEventListener('mouseup', () => { drag = null; });
canvas.addEventListener('mousemove', e => {
  if (drag) {
    const by = (e.offsetX - drag[0]) * (drag[2] - drag[1]) / (canvas.clientWidth - LEFT - 8);
    const move = Math.max(-drag[1], Math.min(END - drag[2], -by));
    from = drag[1] + move; to = drag[2] + move; draw();
    return;
  }
  const at = time(e.offsetX), near = (to - from) * .002;
  const row = Math.floor((e.offsetY - TOP) / ROW) - faultRows;
  const op = OPS.find(o => o[0] === row && o[2] - near <= at && at <= o[3] + near);
  said.textContent = op ? `process ${op[1]}, ${op[2].toFixed(4)} s, ${((op[3] - op[2]) * 1e3).toFixed(1)} ms, ` +
    `${['', 'ok', 'fail', 'info'][op[4]]}: ${op[5]}` : '\u00a0';
});
window.addEventListener('resize', draw);
draw();

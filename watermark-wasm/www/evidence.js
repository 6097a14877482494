// The evidence map: cells over the picture, coloured where the mark was read.

/** A cell at or above this many standard deviations has the full colour. */
export const FULL_Z = 4;
/** From here a cell counts as one in which the mark stands out: chance gives one in 1,000 cells this much. */
const STANDS_OUT_Z = 3.1;
const FULL_SHARE = 0.46;
const COLOUR = '0 190 110';
const LINE = 'rgb(255 255 255 / 45%)';

/** Draws a map over the whole canvas, the picture's own size. */
export function drawMap(canvas, map) {
  const context = canvas.getContext('2d');
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  const edge = (length, index, count) => Math.floor((length * index) / count);
  map.z.forEach((z, index) => {
    const [column, row] = [index % map.columns, Math.floor(index / map.columns)];
    const [left, right] = [edge(width, column, map.columns), edge(width, column + 1, map.columns)];
    const [top, bottom] = [edge(height, row, map.rows), edge(height, row + 1, map.rows)];
    context.fillStyle = `rgb(${COLOUR} / ${share(z) * 100}%)`;
    context.fillRect(left, top, right - left, bottom - top);
    context.fillStyle = LINE;
    if (column > 0) context.fillRect(left, top, 1, bottom - top);
    if (row > 0) context.fillRect(left, top, right - left, 1);
  });
}

function share(z) {
  return z > 0 ? Math.min(1, z / FULL_Z) * FULL_SHARE : 0;
}

/** Cells in which the mark stands out, and all. */
export function counted(map) {
  return { strong: map.z.filter((z) => z >= STANDS_OUT_Z).length, all: map.z.length };
}

// The geometry of a picture in a frame: moved, made larger, turned. A frame is drawn
// on the stage, and what is cut out of it is `output` pixels wide.
export const STAGE = 288;
export const LARGEST = 4;
export const SQUARE = { width: STAGE, height: STAGE, output: 1024 };
export const PHOTO = { width: 300, height: 200, output: 1440 };
const STEP = 16;

export const uncut = { zoom: 1, x: 0, y: 0, turn: 0 };

// How large the picture is drawn so that it covers the frame, before zooming.
export function cover(image, turn, frame = SQUARE) {
  const sideways = turn % 180 !== 0;
  const width = sideways ? image.naturalHeight : image.naturalWidth;
  const height = sideways ? image.naturalWidth : image.naturalHeight;
  return { scale: Math.max(frame.width / width, frame.height / height), width, height };
}

// The crop that is nearest and leaves no part of the frame empty.
export function within(image, crop, frame = SQUARE) {
  const { scale, width, height } = cover(image, crop.turn, frame);
  const zoom = Math.min(LARGEST, Math.max(1, crop.zoom));
  const roomX = Math.max(0, (width * scale * zoom - frame.width) / 2);
  const roomY = Math.max(0, (height * scale * zoom - frame.height) / 2);
  return {
    ...crop,
    zoom,
    x: Math.min(roomX, Math.max(-roomX, crop.x)),
    y: Math.min(roomY, Math.max(-roomY, crop.y)),
  };
}

// How the frame is drawn: its size, where the picture's middle lies, and how it is
// turned (radians) and scaled.
export function drawing(image, crop, frame = SQUARE) {
  const factor = frame.output / frame.width;
  const height = Math.round(frame.height * factor);
  return {
    width: frame.output,
    height,
    x: frame.output / 2 + crop.x * factor,
    y: height / 2 + crop.y * factor,
    angle: (crop.turn * Math.PI) / 180,
    scale: cover(image, crop.turn, frame).scale * crop.zoom * factor,
  };
}

export const turned = (crop, by) => ({
  ...crop,
  turn: (crop.turn + by + 360) % 360,
  x: 0,
  y: 0,
});

export const zoomed = (crop, by) => ({ ...crop, zoom: crop.zoom + by });

// After a key, or null for one that does nothing; with the shift key in small steps.
export function pressed(crop, key, shift) {
  const step = shift ? STEP / 4 : STEP;
  const by = {
    ArrowLeft: { x: crop.x - step },
    ArrowRight: { x: crop.x + step },
    ArrowUp: { y: crop.y - step },
    ArrowDown: { y: crop.y + step },
    "+": { zoom: crop.zoom + 0.1 },
    "-": { zoom: crop.zoom - 0.1 },
  }[key];
  return by ? { ...crop, ...by } : null;
}

const middle = (points) => ({
  x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
  y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
});
const spread = ([a, b]) => (b ? Math.hypot(a.x - b.x, a.y - b.y) : 0);

// After the fingers went from these points to those: one moves the picture, two make
// it larger and smaller.
export function dragged(crop, before, now) {
  const from = middle(before);
  const to = middle(now);
  const larger = spread(before) ? spread(now) / spread(before) : 1;
  return {
    ...crop,
    x: crop.x + to.x - from.x,
    y: crop.y + to.y - from.y,
    zoom: crop.zoom * larger,
  };
}

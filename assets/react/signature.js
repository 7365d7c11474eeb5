export const WIDTH = 600;
export const HEIGHT = 200;

// Where on the canvas a pointer is, of which the page shows this rectangle.
export const pointOn = ({ left, top, width, height }, { clientX, clientY }) => [
  ((clientX - left) / width) * WIDTH,
  ((clientY - top) / height) * HEIGHT,
];

// How a signature is given at first: one that is there is kept.
export function firstMethod({ value, text }) {
  if (!value) return "draw";
  return text ? "kept" : "type";
}

// What the form sends: `typed:NAME`, `file:ID`, or nothing.
export const asTyped = (name) => (name ? `typed:${name}` : "");
export const asDrawn = (file) => (file ? `file:${file}` : "");
export const typedName = (value) => (value.startsWith("typed:") ? value.slice(6) : "");
export const isDrawn = (value) => value.startsWith("file:");

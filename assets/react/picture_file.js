// In millions; as the server takes them.
export const MOST_PIXELS = 65;
const KINDS = [
  ["jpg", (text) => text.startsWith("\xff\xd8\xff")],
  ["png", (text) => text.startsWith("\x89PNG\r\n")],
  ["webp", (text) => text.startsWith("RIFF") && text.slice(8, 12) === "WEBP"],
  ["heic", (text) => /^....ftyp(he[imv][csx]|hei[cx]|m[is]f1)/s.test(text)],
];

// The kind of picture that begins with these bytes, or undefined.
export function kindOf(bytes) {
  const text = String.fromCharCode(...bytes);
  return KINDS.find(([, fits]) => fits(text))?.[0];
}

export const isTooBig = ({ naturalWidth, naturalHeight }) =>
  naturalWidth * naturalHeight > MOST_PIXELS * 1_000_000;

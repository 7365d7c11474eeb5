import { TAKES, sendFile, tooLarge } from "./upload.jsx";

// A picture somebody chose, made ready to be cut: read by this browser where it can,
// else by the server, which reads HEIC as well and says what is wrong with a broken
// one. What is refused here is refused in the server's words.
const MOST_PIXELS = 50_000_000;
const { words } = TAKES.picture;

const kinds = [
  ["jpg", (text) => text.startsWith("\xff\xd8\xff")],
  ["png", (text) => text.startsWith("\x89PNG\r\n")],
  ["webp", (text) => text.startsWith("RIFF") && text.slice(8, 12) === "WEBP"],
  ["heic", (text) => /^....ftyp(he[imv][csx]|hei[cx]|m[is]f1)/s.test(text)],
];

async function kindOf(file) {
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...head);
  return kinds.find(([, fits]) => fits(text))?.[0];
}

function load(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("This picture cannot be shown."));
    image.src = url;
  });
}

const big = ({ naturalWidth, naturalHeight }) =>
  naturalWidth * naturalHeight > MOST_PIXELS;

async function readHere(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = await load(url);
    // An <img> shows the upper half of a picture that was cut off; this does not.
    if (!big(image))
      (await createImageBitmap(file, { resizeWidth: 1, resizeHeight: 1 })).close();
    return { image, url };
  } catch {
    URL.revokeObjectURL(url);
    return null;
  }
}

function readThere(file, name, { progress, stopper }) {
  progress(0);
  return new Promise((done, fail) => {
    const refuse = (sentence) => fail(new Error(sentence));
    stopper(sendFile("picture", file, { name, progress, done, fail: refuse }));
  });
}

// Answers `{image, url}`, or throws with a sentence. `progress` hears how much of it
// is with the server, if that reads it, and `stopper` gets what stops that.
export async function readPicture(file, way) {
  if (!file.size) throw new Error("This file is empty. Please choose another one.");
  if (file.size > TAKES.picture.most * 1_000_000) throw new Error(tooLarge(TAKES.picture));
  const kind = await kindOf(file);
  if (!kind)
    throw new Error(`We cannot take this file. Please choose a ${words} picture.`);
  const here = await readHere(file);
  if (here && big(here.image)) {
    URL.revokeObjectURL(here.url);
    throw new Error(
      "This picture has more than 50 million pixels. Please choose a smaller one.",
    );
  }
  if (here) return here;
  const { url } = await readThere(file, `picture.${kind}`, way);
  return { image: await load(url), url };
}

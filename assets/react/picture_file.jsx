import { MOST_PIXELS, isTooBig, kindOf } from "./picture_file.js";
import { TAKES, sizeProblem } from "./uploads.js";
import { sendFile } from "./upload.jsx";

// A picture somebody chose, made ready to be cut: read by this browser where it can,
// else by the server, which reads HEIC as well and says what is wrong with a broken
// one. What is refused here is refused in the server's words.
const { words } = TAKES.picture;

const headOf = async (file) => new Uint8Array(await file.slice(0, 16).arrayBuffer());

function load(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("This picture cannot be shown."));
    image.src = url;
  });
}

async function readHere(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = await load(url);
    // An <img> shows the upper half of a picture that was cut off; this does not.
    if (!isTooBig(image))
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
  const problem = sizeProblem("picture", file.size);
  if (problem) throw new Error(problem);
  const kind = kindOf(await headOf(file));
  if (!kind)
    throw new Error(`We cannot take this file. Please choose a ${words} picture.`);
  const here = await readHere(file);
  if (here && isTooBig(here.image)) {
    URL.revokeObjectURL(here.url);
    throw new Error(
      `This picture has more than ${MOST_PIXELS} million pixels. ` +
        "Please choose a smaller one.",
    );
  }
  if (here) return here;
  const { url } = await readThere(file, `picture.${kind}`, way);
  return { image: await load(url), url };
}

import assert from "node:assert/strict";
import { test } from "node:test";
import * as crop from "../../assets/react/picture_crop.js";
import { isTooBig, kindOf } from "../../assets/react/picture_file.js";
import * as signature from "../../assets/react/signature.js";
import { fileOf, sizeProblem, uploadResult } from "../../assets/react/uploads.js";

const WIDE = { naturalWidth: 1152, naturalHeight: 576 };
const { STAGE, uncut } = crop;

test("a picture covers the square with its shorter side, turned as well", () => {
  assert.equal(crop.cover(WIDE, 0).scale, STAGE / 576);
  assert.deepEqual(crop.cover(WIDE, 90), { scale: 0.5, width: 576, height: 1152 });
});

test("a crop stays within the picture", () => {
  const far = crop.within(WIDE, { ...uncut, x: 999, y: 999 });
  assert.deepEqual([far.x, far.y], [144, 0]);
  assert.equal(crop.within(WIDE, { ...uncut, x: -999 }).x, -144);
  const turned = crop.within(WIDE, { ...uncut, turn: 90, x: 999, y: -999 });
  assert.deepEqual([turned.x, turned.y], [0, -144]);
});

test("a crop is neither smaller than the square nor larger than four times", () => {
  assert.equal(crop.within(WIDE, { ...uncut, zoom: 0.2 }).zoom, 1);
  assert.equal(crop.within(WIDE, { ...uncut, zoom: 9 }).zoom, crop.LARGEST);
});

test("the square is drawn from the middle, larger than on the stage", () => {
  const cut = crop.drawing(WIDE, { zoom: 2, x: 144, y: 0, turn: 180 });
  const { width, height, x, y, angle, scale } = cut;
  assert.deepEqual([width, height, x, y], [1024, 1024, 1024, 512]);
  assert.equal(angle, Math.PI);
  assert.ok(Math.abs(scale - 2 * (1024 / 576)) < 1e-9);
});

test("a frame need not be square", () => {
  assert.equal(crop.cover(WIDE, 0, crop.PHOTO).scale, 200 / 576);
  const { width, height } = crop.drawing(WIDE, uncut, crop.PHOTO);
  assert.deepEqual([width, height], [1440, 960]);
  const far = crop.within(WIDE, { ...uncut, x: 999, y: 9 }, crop.PHOTO);
  assert.deepEqual([far.x, far.y], [50, 0]);
});

test("turning goes round, and begins in the middle again", () => {
  assert.deepEqual(crop.turned({ zoom: 2, x: 5, y: 6, turn: 270 }, 90), {
    ...{ zoom: 2, x: 0, y: 0, turn: 0 },
  });
  assert.equal(crop.turned(uncut, -90).turn, 270);
});

test("arrow keys move, plus and minus zoom, others do nothing", () => {
  assert.equal(crop.pressed(uncut, "ArrowLeft").x, -16);
  assert.equal(crop.pressed(uncut, "ArrowDown", true).y, 4);
  assert.equal(crop.pressed(uncut, "+").zoom, 1.1);
  assert.equal(crop.zoomed(crop.pressed(uncut, "-"), 0.1).zoom, 1);
  assert.equal(crop.pressed(uncut, "a"), null);
});

test("one finger moves the picture", () => {
  const moved = crop.dragged(uncut, [{ x: 10, y: 10 }], [{ x: 14, y: 7 }]);
  assert.deepEqual(moved, { ...uncut, x: 4, y: -3 });
});

test("two fingers make it larger about their middle", () => {
  const before = [{ x: 0, y: 0 }, { x: 10, y: 0 }];
  const now = [{ x: -5, y: 2 }, { x: 15, y: 2 }];
  assert.deepEqual(crop.dragged(uncut, before, now), { ...uncut, y: 2, zoom: 2 });
  const same = [{ x: 3, y: 3 }, { x: 3, y: 3 }];
  assert.equal(crop.dragged(uncut, same, before).zoom, 1);
});

test("the kind of a picture is told by how it begins", () => {
  const bytes = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  assert.equal(kindOf(bytes("\xff\xd8\xff\xe0")), "jpg");
  assert.equal(kindOf(bytes("\x89PNG\r\n\x1a\n")), "png");
  assert.equal(kindOf(bytes("RIFF\x00\x01\x02\x03WEBPVP8 ")), "webp");
  assert.equal(kindOf(bytes("RIFF\x00\x01\x02\x03WAVE")), undefined);
  assert.equal(kindOf(bytes("\x00\x00\x00\x18ftypheic")), "heic");
  assert.equal(kindOf(bytes("\x00\x00\x00\x0aftypmif1")), "heic");
  assert.equal(kindOf(bytes("\x00\x00\x00\x18ftypmp42")), undefined);
  assert.equal(kindOf(bytes("<svg>")), undefined);
});

test("the pixels of a phone are not too many", () => {
  assert.equal(isTooBig({ naturalWidth: 8160, naturalHeight: 6144 }), false);
  assert.equal(isTooBig({ naturalWidth: 10_000, naturalHeight: 6500 }), false);
  assert.equal(isTooBig({ naturalWidth: 10_000, naturalHeight: 6501 }), true);
});

test("a stroke is on the canvas where the pointer is on the page", () => {
  const box = { left: 10, top: 20, width: 300, height: 100 };
  assert.deepEqual(signature.pointOn(box, { clientX: 10, clientY: 20 }), [0, 0]);
  assert.deepEqual(signature.pointOn(box, { clientX: 160, clientY: 45 }), [300, 50]);
});

test("a signature that is there is kept, else drawn or typed", () => {
  assert.equal(signature.firstMethod({ value: "" }), "draw");
  assert.equal(signature.firstMethod({ value: "file:1", text: "Signed" }), "kept");
  assert.equal(signature.firstMethod({ value: "typed:Maya" }), "type");
});

test("a signature is sent as what it is", () => {
  assert.equal(signature.asTyped("Maya"), "typed:Maya");
  assert.equal(signature.asTyped(""), "");
  assert.equal(signature.typedName("typed:Maya"), "Maya");
  assert.equal(signature.typedName("file:1"), "");
  assert.equal(signature.isDrawn(signature.asDrawn("1")), true);
  assert.equal(signature.isDrawn(signature.asDrawn("")), false);
});

test("a file may be exactly as large as is said", () => {
  assert.equal(sizeProblem("picture", 10_000_000), "");
  assert.match(sizeProblem("picture", 10_000_001), /larger than 10 MB/);
  assert.match(sizeProblem("signature", 1_000_001), /larger than 1 MB/);
});

test("only a stored file counts as handed in", () => {
  assert.deepEqual(uploadResult(201, { id: "7" }), { view: { id: "7" } });
  assert.deepEqual(uploadResult(422, { message: "No." }), { problem: "No." });
  assert.match(uploadResult(201, null).problem, /connection was lost/);
  assert.match(uploadResult(0).problem, /connection was lost/);
  assert.equal(fileOf("7").url, "/api/files/7");
});

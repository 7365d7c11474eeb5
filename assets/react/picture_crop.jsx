import { useEffect, useRef } from "react";
import { svgIcon } from "./field_parts.jsx";
import {
  LARGEST,
  SQUARE,
  cover,
  dragged,
  drawing,
  pressed,
  turned,
  within,
  zoomed,
} from "./picture_crop.js";

// A picture in a frame: moved, made larger, turned; and what is cut out of it.
const LEFT = "M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8M3 3v5h5";
const RIGHT = "M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8M21 3v5h-5";

export function cut(image, crop, frame = SQUARE) {
  const canvas = document.createElement("canvas");
  const { width, height, x, y, angle, scale } = drawing(image, crop, frame);
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = "high";
  pen.translate(x, y);
  pen.rotate(angle);
  pen.scale(scale, scale);
  pen.drawImage(image, -image.naturalWidth / 2, -image.naturalHeight / 2);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
}

export function CropStage({ image, url, crop, setCrop, round, frame = SQUARE }) {
  const stage = useRef(null);
  const fingers = useRef(new Map());
  useEffect(() => stage.current.focus(), [image]);

  const move = (change) => setCrop((now) => within(image, change(now), frame));
  const turn = (by) => move((now) => turned(now, by));
  const keys = (event) => {
    if (!pressed(crop, event.key)) return;
    event.preventDefault();
    move((now) => pressed(now, event.key, event.shiftKey));
  };
  const drag = (event) => {
    if (!fingers.current.has(event.pointerId)) return;
    const before = [...fingers.current.values()];
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = [...fingers.current.values()];
    move((now) => dragged(now, before, after));
  };
  const drop = (event) => fingers.current.delete(event.pointerId);
  const { scale } = cover(image, crop.turn, frame);

  return (
    <>
      <div
        ref={stage}
        role="img"
        tabIndex={0}
        aria-label="The picture in its frame. Arrow keys move it, plus and minus make it larger and smaller."
        className={`picture-stage ${round ? "picture-round" : ""}`}
        style={{ width: frame.width, height: frame.height }}
        onKeyDown={keys}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
        }}
        onPointerMove={drag}
        onPointerUp={drop}
        onPointerCancel={drop}
        onWheel={({ deltaY }) =>
          move((now) => zoomed(now, deltaY < 0 ? 0.1 : -0.1))
        }
      >
        <img
          src={url}
          alt=""
          draggable={false}
          style={{
            width: image.naturalWidth * scale,
            height: image.naturalHeight * scale,
            transform: `translate(-50%, -50%) translate(${crop.x}px, ${crop.y}px) rotate(${crop.turn}deg) scale(${crop.zoom})`,
          }}
        />
      </div>
      <p className="field-help -mt-2">Drag the picture into place.</p>
      <label className="flex w-full max-w-72 items-center gap-3">
        <span className="field-label">Size</span>
        <input
          type="range"
          min="1"
          max={LARGEST}
          step="0.05"
          value={crop.zoom}
          aria-valuetext={`${Math.round(crop.zoom * 100)} %`}
          className="picture-zoom"
          onChange={({ target }) => move((now) => ({ ...now, zoom: Number(target.value) }))}
        />
      </label>
      <div className="flex flex-wrap justify-center gap-2.5">
        <button type="button" className="btn btn-secondary" onClick={() => turn(-90)}>
          {svgIcon(LEFT)}
          <span>Turn left</span>
        </button>
        <button type="button" className="btn btn-secondary" onClick={() => turn(90)}>
          {svgIcon(RIGHT)}
          <span>Turn right</span>
        </button>
      </div>
    </>
  );
}
